import { describe, expect, test } from '@jest/globals';
import { wix } from '../../lib/sources/wix/wix.ts';
import { readOurs } from '../support/read-ours.ts';
import { CONTACT_ID, deliver, jwt, only, types, wixBody, wixContact } from './fixtures.ts';

const read = (eventType: string, event: Record<string, unknown>, identity?: unknown) =>
  readOurs(wix, deliver(wixBody(eventType, event, identity)));

describe('contact_updated, which labelling sets off', () => {
  const updated = (modifiedFields?: unknown, identity?: unknown) =>
    read(
      'wix.contacts.v4.contact_updated',
      { entityId: CONTACT_ID, updatedEvent: { currentEntity: wixContact, modifiedFields } },
      identity,
    );

  test.each([
    ['labels, by path', { 'info.labelKeys': null }],
    [
      'labels, by path into the list',
      { 'info.labelKeys.items[0]': null, 'info.labelKeys.items': [] },
    ],
    ['labels, nested', { info: { labelKeys: { items: [] } } }],
    [
      'labels and bookkeeping',
      { 'info.labelKeys.items': [], revision: 6, updatedDate: 'x', lastActivity: {} },
    ],
    ['bookkeeping by path', { 'lastActivity.activityDate': 'x', revision: '6' }],
    ['a field that holds what it held', { 'info.labelKeys': [], 'info.name.first': 'Inês' }],
    [
      'a nested field that holds what it held',
      { info: { labelKeys: [], name: { first: 'Inês', last: 'Melo' } } },
    ],
  ])('is own work when it names %s', (_name, fields) => {
    for (const identityType of ['APP', 'WIX_USER', 'MEMBER']) {
      expect(updated(fields, { identityType })).toMatchObject({
        kind: 'ignored',
        reason: expect.stringContaining('own-work'),
      });
    }
  });

  test.each([
    ['a name, by path', { 'info.name.first': 'Ines' }],
    ['a name beside labels', { 'info.labelKeys.items': [], 'info.name.last': 'Mello' }],
    [
      'a name, nested beside labels',
      { info: { labelKeys: { items: [] }, name: { first: 'Ines' } } },
    ],
    ['an e-mail', { 'primaryInfo.email': 'old@example.com' }],
    ['a field whose name begins like ours', { revisionNote: 'x' }],
    ['everything, as null', { info: null }],
    ['a field that held an empty object', { 'info.extendedFields': {} }],
  ])('is an event when it names %s', (_name, fields) => {
    expect(only(updated(fields, { identityType: 'APP' }))).toMatchObject({
      type: 'customer.updated',
      contact: {
        contactId: CONTACT_ID,
        email: 'ines@example.com',
        firstName: 'Inês',
        lastName: 'Melo',
      },
    });
  });

  test.each([
    ['APP', 'ignored'],
    ['WIX_USER', 'ignored'],
    ['UNKNOWN', 'ignored'],
    [undefined, 'ignored'],
    ['MEMBER', 'customer.updated'],
    ['ANONYMOUS_VISITOR', 'customer.updated'],
  ])('goes by the identity %s where it names nothing: %s', (identityType, expected) => {
    for (const fields of [undefined, {}, null]) {
      expect(types(updated(fields, { identityType }))).toEqual([expected]);
    }
  });

  test('nesting deep enough to overflow a comparison is unreadable', () => {
    const deep = (depth: number) => {
      const list = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const event = `{"id":"e","updatedEvent":{"currentEntity":{"picture":${list}},"modifiedFields":{"picture":${list}}}}`;
      return readOurs(
        wix,
        deliver(jwt({ data: { eventType: 'wix.contacts.v4.contact_updated', data: event } })),
      );
    };
    expect(deep(2_000)).toMatchObject({ kind: 'unreadable' });
    expect(deep(50)).toMatchObject({ kind: 'ignored' });
  });

  test('the identity may be JSON text or an object', () => {
    const event = { id: 'e', updatedEvent: { currentEntity: wixContact } };
    const envelope = { eventType: 'wix.contacts.v4.contact_updated', data: event };
    for (const identity of [{ identityType: 'MEMBER' }, '{"identityType":"MEMBER"}']) {
      const body = jwt({ data: { ...envelope, identity } });
      expect(types(readOurs(wix, deliver(body)))).toEqual(['customer.updated']);
    }
    expect(readOurs(wix, deliver(jwt({ data: envelope })))).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('change-not-named'),
    });
  });
});
