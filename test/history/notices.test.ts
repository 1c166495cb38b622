import { describe, expect, test } from '@jest/globals';
import { noticeOf } from '../../lib/history/notices.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { CONTACT_ID, deliver, INSTANCE_ID, NOW, wixBody } from '../sources/fixtures.ts';

const OLD = 'b0000000-0000-4000-8000-00000000000b';
const OLDER = 'b0000000-0000-4000-8000-00000000000c';
const merge = { targetContactId: CONTACT_ID, sourceContactIds: [OLD, OLDER] };

const inWix = (topic: string, event: Record<string, unknown>) =>
  noticeOf('wix', asVerified(codeSources.wix, deliver(wixBody(topic, event))));
const inShopify = (topic: string, body: object, source = 'shopify') =>
  noticeOf(source, asVerified(codeSources.shopify, deliver(body, { 'x-shopify-topic': topic })));

describe('contacts that were merged at Wix', () => {
  test.each([
    ['as documented', 'wix.contacts.v4.contact_merge', { actionEvent: { body: merge } }],
    ['as typed', 'wix.contacts.v4.contact_merged', { actionEvent: { body: merge } }],
    [
      'as text in an older event',
      'wix.contacts.v4.contact_merged',
      { actionEvent: { bodyAsJson: JSON.stringify(merge) } },
    ],
    [
      'all of the action as text',
      'wix.contacts.v4.contact_merged',
      { actionEvent: JSON.stringify({ body: JSON.stringify(merge) }) },
    ],
    [
      'the target as the entity alone',
      'wix.contacts.v4.contact_merged',
      { entityId: CONTACT_ID, actionEvent: { body: { sourceContactIds: [OLD, OLDER] } } },
    ],
  ])('are the contact that is left and those that are gone: %s', (_how, topic, event) => {
    expect(inWix(topic, event)).toMatchObject({
      merged: [OLD, OLDER],
      event: { source: 'wix', topic, site: INSTANCE_ID, contact: { contactId: CONTACT_ID } },
    });
  });

  test.each([
    ['nobody', { actionEvent: { body: { targetContactId: CONTACT_ID } } }],
    ['into nobody', { actionEvent: { body: { sourceContactIds: [OLD] } } }],
    ['into what is no id', { actionEvent: { body: { ...merge, targetContactId: '../x' } } }],
  ])('are no notice where they are %s', (_what, event) => {
    expect(inWix('wix.contacts.v4.contact_merged', event)).toBeUndefined();
  });
});

describe('a contact that is deleted at Wix', () => {
  test('is erased where a privacy request set it off', () => {
    const event = { entityId: CONTACT_ID, deletedEvent: {}, triggeredByAnonymizeRequest: true };

    expect(inWix('wix.contacts.v4.contact_deleted', event)).toMatchObject({
      erase: 'person',
      event: { contact: { contactId: CONTACT_ID } },
    });
  });

  test.each([
    ['by hand', 'wix.contacts.v4.contact_deleted', {}],
    ['by a merge', 'wix.contacts.v4.contact_deleted', { originatedFrom: 'merge' }],
    [
      'not itself, but an order',
      'wix.ecom.v1.order_updated',
      { triggeredByAnonymizeRequest: true },
    ],
  ])('is not where it was deleted %s', (_how, topic, event) => {
    expect(inWix(topic, { entityId: CONTACT_ID, ...event })).toBeUndefined();
  });
});

const shop = { shop_id: 1, shop_domain: 'shop.example.com' };
const customer = { id: 2, email: 'kim@example.com', phone: '+12025550142' };

describe("Shopify's privacy webhooks", () => {
  test('name the customer who is to be erased', () => {
    expect(
      inShopify('customers/redact', { ...shop, customer, orders_to_redact: [3] }),
    ).toMatchObject({
      erase: 'person',
      event: {
        source: 'shopify',
        topic: 'customers/redact',
        occurredAt: new Date(NOW).toISOString(),
        contact: { email: 'kim@example.com', phone: '+12025550142' },
      },
    });
  });

  test('name the shop that wants all erased that it sent', () => {
    expect(inShopify('shop/redact', shop)).toMatchObject({
      erase: 'source',
      event: { contact: {} },
    });
  });

  test.each([
    ['with the topic of another body', 'shop/redact', { ...shop, customer }, 'shopify'],
    ['with a body of nobody', 'customers/redact', shop, 'shopify'],
    ['without a shop', 'shop/redact', {}, 'shopify'],
    ['of another source', 'shop/redact', shop, 'stripe'],
    ['that ask for data', 'customers/data_request', { ...shop, customer }, 'shopify'],
  ])('are no notice %s', (_what, topic, body, source) => {
    expect(inShopify(topic, body, source)).toBeUndefined();
  });
});
