import { describe, expect, test } from '@jest/globals';
import { wix } from '../../lib/sources/wix/wix.ts';
import { readOurs } from '../support/read-ours.ts';
import {
  CONTACT_ID,
  deliver,
  INSTANCE_ID,
  jwt,
  MEMBER_ID,
  NOW_SECONDS,
  only,
  rsa,
  types,
  wixBody,
  wixContact,
  wixOrder,
} from './fixtures.ts';

const read = (eventType: string, event: Record<string, unknown>, identity?: unknown) =>
  readOurs(wix, deliver(wixBody(eventType, event, identity)));

const action = (body: unknown) => ({ actionEvent: { body } });

test('an approved and paid order, whole', () => {
  const body = wixBody('wix.ecom.v1.order_approved', action({ order: wixOrder }));
  expect(wix.verify(deliver(body), [rsa.publicKey])).toMatchObject({ ok: true });
  expect(only(readOurs(wix, deliver(body)))).toEqual({
    source: 'wix',
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    type: 'order.paid',
    topic: 'wix.ecom.v1.order_approved',
    occurredAt: '2026-11-21T11:59:58.123Z',
    site: INSTANCE_ID,
    test: false,
    contact: {
      contactId: CONTACT_ID,
      memberId: MEMBER_ID,
      email: 'ines@example.com',
      phone: '+351900',
      firstName: 'Inês',
    },
    tags: [],
    order: {
      id: wixOrder.id,
      number: '10077',
      total: 18.4,
      currency: 'GBP',
      items: [
        {
          title: 'Candle',
          sku: 'CND',
          productId: 'p-1',
          variantId: 'v-1',
          quantity: 2,
          price: 9.2,
        },
      ],
      tags: ['gift', 'web'],
    },
    data: expect.objectContaining({ actionEvent: { body: { order: wixOrder } } }),
  });
});

describe('the three layers', () => {
  const event = { id: 'ev', createdEvent: { entity: wixContact } };
  const topic = 'wix.contacts.v4.contact_created';
  const envelope = (data: unknown) => ({ eventType: topic, instanceId: INSTANCE_ID, data });

  test.each([
    ['as JSON text', { data: JSON.stringify(envelope(JSON.stringify(event))) }],
    ['as objects', { data: envelope(event) }],
    [
      'the entity as JSON text',
      { data: envelope({ id: 'ev', createdEvent: { entityAsJson: JSON.stringify(wixContact) } }) },
    ],
    [
      'the entity as object under the older name',
      { data: envelope({ id: 'ev', createdEvent: { entityAsJson: wixContact } }) },
    ],
    [
      'the type from the event itself',
      {
        data: {
          instanceId: INSTANCE_ID,
          data: { ...event, entityFqdn: 'wix.contacts.v4.contact', slug: 'created' },
        },
      },
    ],
  ])('%s', (_name, claims) => {
    expect(only(readOurs(wix, deliver(jwt(claims))))).toMatchObject({
      id: 'ev',
      type: 'customer.created',
      topic,
      site: INSTANCE_ID,
      contact: { contactId: CONTACT_ID, email: 'ines@example.com' },
      tags: ['custom.customer'],
    });
  });

  test('an action with bodyAsJson', () => {
    const event = { actionEvent: { bodyAsJson: JSON.stringify({ order: wixOrder }) } };
    expect(types(read('wix.ecom.v1.order_approved', event))).toEqual(['order.paid']);
  });

  test('an update with currentEntityAsJson', () => {
    const currentEntityAsJson = JSON.stringify({
      contactId: CONTACT_ID,
      loginEmail: 'a@b.example',
    });
    const reading = read('wix.members.v1.member_updated', {
      updatedEvent: { currentEntityAsJson },
    });
    expect(only(reading)).toMatchObject({
      type: 'customer.updated',
      contact: { contactId: CONTACT_ID, email: 'a@b.example' },
    });
  });
});

describe('orders', () => {
  const order = (paymentStatus: string) => action({ order: { ...wixOrder, paymentStatus } });
  test.each([
    ['order_approved', order('NOT_PAID'), 'order.created'],
    ['order_approved', order('PARTIALLY_PAID'), 'order.created'],
    ['order_approved', order('PAID'), 'order.paid'],
    ['order_created', { createdEvent: { entity: wixOrder } }, 'order.created'],
    ['order_payment_status_updated', order('PAID'), 'order.paid'],
    ['order_payment_status_updated', order('FULLY_REFUNDED'), 'order.refunded'],
    ['order_payment_status_updated', order('PARTIALLY_REFUNDED'), 'order.partially_refunded'],
    ['order_payment_status_updated', order('DECLINED'), 'payment.failed'],
    ['order_payment_status_updated', order('PENDING'), 'custom'],
    ['order_canceled', order('PAID'), 'order.canceled'],
    ['order_updated', { updatedEvent: { currentEntity: wixOrder } }, 'custom'],
    [
      'order_updated',
      { updatedEvent: { currentEntity: { ...wixOrder, fulfillmentStatus: 'FULFILLED' } } },
      'custom',
    ],
    ['order_transactions_refund_completed', action({ orderId: 'x' }), 'ignored'],
  ])('%s → %3$s', (name, event, type) => {
    expect(types(read(`wix.ecom.v1.${name}`, event))).toEqual([type]);
  });

  test('a refund without a name says what to subscribe to', () => {
    expect(read('wix.ecom.v1.order_transactions_refund_completed', {})).toMatchObject({
      reason: expect.stringContaining('order_payment_status_updated'),
    });
  });

  test('who a gift is sent to lends a name where there is no other, and never a phone', () => {
    const gift = {
      ...wixOrder,
      billingInfo: {},
      recipientInfo: { contactDetails: { phone: '+44 1' } },
      shippingInfo: {
        logistics: {
          shippingDestination: {
            contactDetails: { firstName: 'Rita', lastName: 'Melo', phone: '+44 2' },
          },
        },
      },
    };
    const event = only(read('wix.ecom.v1.order_created', { createdEvent: { entity: gift } }));
    expect(event.contact).toEqual({
      contactId: CONTACT_ID,
      memberId: MEMBER_ID,
      email: 'ines@example.com',
      firstName: 'Rita',
      lastName: 'Melo',
    });
  });

  test('the older total', () => {
    const priceSummary = { totalPrice: { amount: '7.10' } };
    const event = only(
      read('wix.ecom.v1.order_created', {
        createdEvent: { entity: { ...wixOrder, priceSummary } },
      }),
    );
    expect(event.order?.total).toBe(7.1);
  });
});

describe('pricing plans', () => {
  const order = {
    id: 'po-1',
    planId: 'plan-1',
    planName: 'Gold',
    status: 'ACTIVE',
    buyer: { contactId: CONTACT_ID, memberId: MEMBER_ID },
    currentCycle: { index: 1 },
  };
  test.each([
    ['order_purchased', { order }, 'subscription.started'],
    ['order_started', { order }, 'subscription.started'],
    ['order_cycle_started', { cycleNumber: 1, order }, 'custom'],
    ['order_cycle_started', { order }, 'custom'],
    ['order_cycle_started', { cycleNumber: 2, order }, 'subscription.renewed'],
    [
      'order_cycle_started',
      { order: { ...order, currentCycle: undefined } },
      'subscription.renewed',
    ],
    ['order_canceled', { order }, 'subscription.canceled'],
    ['order_ended', { order }, 'subscription.canceled'],
    ['order_auto_renew_canceled', { order }, 'subscription.will_end'],
    ['order_paused', { order }, 'subscription.paused'],
    ['order_resumed', { order }, 'subscription.resumed'],
    ['order_marked_as_paid', { order }, 'custom'],
  ])('%s → %3$s (%#)', (name, body, type) => {
    expect(types(read(`wix.pricing_plans.v2.${name}`, action(body)))).toEqual([type]);
  });

  test('name the contact and the plan', () => {
    expect(only(read('wix.pricing_plans.v2.order_started', action({ order })))).toMatchObject({
      contact: { contactId: CONTACT_ID, memberId: MEMBER_ID },
      subscription: { id: 'po-1', planId: 'plan-1', planName: 'Gold', status: 'ACTIVE' },
    });
  });
});

describe('forms', () => {
  const submission = {
    formId: 'f-1',
    contactId: CONTACT_ID,
    submissions: {
      first_name: 'Ana',
      email_9d1: 'ana@example.com',
      size: 4,
      days: ['mon', 'tue'],
      none: null,
    },
  };
  const created = (changes: object) =>
    read('wix.forms.v4.submission_created', {
      createdEvent: { entity: { ...submission, ...changes } },
    });

  test('a submission with its contact', () => {
    expect(only(created({}))).toMatchObject({
      type: 'form.submitted',
      contact: { contactId: CONTACT_ID, email: 'ana@example.com', firstName: 'Ana' },
      form: {
        id: 'f-1',
        fields: {
          first_name: 'Ana',
          email_9d1: 'ana@example.com',
          size: '4',
          days: '["mon","tue"]',
        },
      },
    });
  });

  test('a submission without a contact goes by its e-mail', () => {
    expect(only(created({ contactId: null })).contact).toEqual({
      email: 'ana@example.com',
      firstName: 'Ana',
    });
  });

  test('of two addresses the one under a key of e-mail is the sender\u2019s', () => {
    const submissions = { friend_email: 'theo@example.com', email_1: ' ana@example.com ' };
    expect(only(created({ contactId: null, submissions })).contact).toEqual({
      email: 'ana@example.com',
    });
  });

  test('a submission that names nobody says what to subscribe to', () => {
    expect(created({ contactId: null, submissions: { size: 4 } })).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('submission_contact_mapped'),
    });
  });

  test('the event that maps it to a contact', () => {
    const event = action({ contactId: CONTACT_ID, namespace: 'wix.form_app.form' });
    expect(only(read('wix.forms.v4.submission_submission_contact_mapped', event))).toMatchObject({
      type: 'form.submitted',
      contact: { contactId: CONTACT_ID },
      form: { fields: {} },
    });
  });
});

test.each([
  'wix.contacts.v4.contact_merged',
  'wix.contacts.v4.contact_deleted',
  'wix.contacts.v4.label_created',
  'wix.bookings.v2.booking_declined',
  'AppInstalled',
  '__proto__',
])('%s is ignored', (eventType) => {
  expect(read(eventType, {})).toMatchObject({ kind: 'ignored', topic: eventType });
});

test.each([
  ['no token', readOurs(wix, deliver('{}')), 'envelope'],
  ['no envelope', readOurs(wix, deliver(jwt({ exp: NOW_SECONDS }))), 'envelope'],
  ['an envelope that is no JSON', readOurs(wix, deliver(jwt({ data: '{' }))), 'envelope'],
  ['no type', readOurs(wix, deliver(jwt({ data: {} }))), 'eventType'],
  [
    'no event',
    readOurs(wix, deliver(jwt({ data: { eventType: 'wix.ecom.v1.order_created' } }))),
    'no event',
  ],
  ['no entity', read('wix.ecom.v1.order_created', {}), 'no entity'],
  [
    'no event id',
    read('wix.ecom.v1.order_created', { id: '', createdEvent: { entity: wixOrder } }),
    'id',
  ],
  [
    'a contact id that is no GUID',
    read('wix.contacts.v4.contact_created', {
      createdEvent: { entity: { ...wixContact, id: '../x' } },
    }),
    'contact.contactId',
  ],
])('%s is unreadable and says why', (_name, reading, reason) => {
  expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});
