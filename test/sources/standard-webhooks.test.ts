import { expect, test } from '@jest/globals';
import { standardWebhooks } from '../../lib/sources/standard-webhooks.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only } from './fixtures.ts';

const headers = { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,x' };
const read = (body: unknown, given: Record<string, string> = headers) =>
  readOurs(standardWebhooks, deliver(body, given));

const payload = {
  type: 'order.paid',
  timestamp: '2026-11-21T09:00:00Z',
  data: { email: 'ola@example.com', order_id: 7, total: 12.5, currency: 'NOK', products: ['Ski'] },
};

test('an event of a type of Earmark, whole', () => {
  expect(only(read(payload))).toEqual({
    source: 'standard-webhooks',
    id: 'msg_1',
    type: 'order.paid',
    topic: 'order.paid',
    occurredAt: '2026-11-21T09:00:00.000Z',
    test: false,
    contact: { email: 'ola@example.com' },
    tags: [],
    order: { id: '7', total: 12.5, currency: 'NOK', items: [{ title: 'Ski' }], tags: [] },
    data: payload,
  });
});

test('any other type is custom and keeps its name', () => {
  expect(only(read({ ...payload, type: 'invoice.paid' }))).toMatchObject({
    type: 'custom',
    topic: 'invoice.paid',
  });
});

test('an id in the data does not stand against the signed one', () => {
  expect(only(read({ ...payload, data: { ...payload.data, event_id: 'mine' } })).id).toBe('msg_1');
});

test('the id is of the family that was verified', () => {
  const svix = { 'svix-id': 'msg_2', 'svix-signature': 'v1,x', 'webhook-id': 'forged' };
  expect(only(read(payload, svix)).id).toBe('msg_2');
});

test('an order is known by the id of the data where it has none of its own', () => {
  const { order_id: _, ...data } = payload.data;

  expect(only(read({ ...payload, data: { ...data, id: 'pay_1' } })).order?.id).toBe('pay_1');
  expect(only(read({ ...payload, data })).order?.id).toBe('msg_1');
});

test('a payload without data is read as it is', () => {
  expect(only(read({ event_type: 'custom', email: 'a@b.example' })).contact).toEqual({
    email: 'a@b.example',
  });
});

test.each([
  ['no JSON', read('x'), 'not a JSON object'],
  ['a wrong contact id', read({ ...payload, data: { contact_id: '1' } }), 'contact_id'],
])('%s is unreadable and says why', (_name, reading, reason) => {
  expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});
