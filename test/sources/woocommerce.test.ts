import { describe, expect, test } from '@jest/globals';
import { woocommerce } from '../../lib/sources/woocommerce/woocommerce.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only, types, wooOrder } from './fixtures.ts';

const read = (topic: string, body: unknown) =>
  readOurs(woocommerce, deliver(body, { 'x-wc-webhook-topic': topic }));

const customer = {
  id: 25,
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: '',
  date_created_gmt: '2026-11-20T10:00:00',
  date_modified_gmt: '2026-11-21T10:00:00',
  billing: { last_name: 'King', phone: '07' },
};

test('a paid order, whole', () => {
  expect(only(read('order.updated', wooOrder))).toEqual({
    source: 'woocommerce',
    id: 'order.updated:812:2026-11-21T10:05:00',
    type: 'order.paid',
    topic: 'order.updated',
    occurredAt: '2026-11-21T10:05:00.000Z',
    test: false,
    contact: {
      email: 'jose@example.com',
      phone: '0611',
      firstName: 'José',
      lastName: 'O’Neil',
    },
    tags: [],
    order: {
      id: '812',
      number: '812',
      total: 64.2,
      currency: 'EUR',
      items: [{ title: 'Mug – blue & white', productId: '33', quantity: 3, price: 21.4 }],
      tags: [],
      refundedTotal: 0,
    },
    data: wooOrder,
  });
});

describe('the status of an order', () => {
  test.each([
    ['order.created', { status: 'pending' }, ['order.created']],
    ['order.created', { status: 'on-hold' }, ['order.created']],
    ['order.created', { status: 'processing' }, ['order.created', 'order.paid']],
    ['order.created', { status: 'completed' }, ['order.created', 'order.paid', 'order.fulfilled']],
    ['order.created', { status: 'cancelled' }, ['order.created', 'order.canceled']],
    ['order.updated', { status: 'completed' }, ['order.paid', 'order.fulfilled']],
    ['order.updated', { status: 'refunded', refunds: [{ id: 1 }] }, ['order.refunded']],
    [
      'order.updated',
      { status: 'processing', refunds: [{ id: 1 }] },
      ['order.paid', 'order.partially_refunded'],
    ],
    ['order.updated', { status: 'cancelled' }, ['order.canceled']],
    ['order.updated', { status: 'pending' }, ['custom']],
    ['order.updated', { status: 'on-hold' }, ['custom']],
    ['order.updated', { status: 'failed' }, ['payment.failed']],
    ['order.updated', { status: 'checkout-draft' }, ['ignored']],
    ['order.updated', { status: 'a plugin of theirs' }, ['custom']],
    ['order.deleted', {}, ['custom']],
    ['order.restored', {}, ['custom']],
    ['product.updated', {}, ['custom']],
    ['action.woocommerce_add_to_cart', {}, ['custom']],
    ['subscription.created', { status: 'active' }, ['subscription.started']],
    ['subscription.updated', { status: 'cancelled' }, ['subscription.canceled']],
    ['subscription.updated', { status: 'pending-cancel' }, ['subscription.will_end']],
  ])('%s %j → %j', (topic, changes, expected) => {
    expect(types(read(topic, { ...wooOrder, ...changes }))).toEqual(expected);
  });
});

test('all events of a delivery have its id', () => {
  const reading = read('order.created', { ...wooOrder, status: 'completed' });
  const ids = reading.kind === 'events' ? reading.events.map(({ id }) => id) : [];
  expect(new Set(ids)).toEqual(new Set(['order.created:812:2026-11-21T10:05:00']));
});

test('customers', () => {
  expect(only(read('customer.created', customer))).toMatchObject({
    type: 'customer.created',
    occurredAt: '2026-11-20T10:00:00.000Z',
    contact: { email: 'ada@example.com', phone: '07', firstName: 'Ada', lastName: 'King' },
  });
  expect(only(read('customer.updated', customer))).toMatchObject({
    type: 'customer.updated',
    occurredAt: '2026-11-21T10:00:00.000Z',
  });
});

test('a subscription names its plan and its customer', () => {
  expect(only(read('subscription.created', { ...wooOrder, status: 'active' }))).toMatchObject({
    contact: { email: 'jose@example.com' },
    subscription: { id: '812', planId: '33', planName: 'Mug – blue & white', status: 'active' },
  });
});

test.each([
  ['the topic of a customer over an order', read('customer.created', wooOrder), 'another kind'],
  ['the topic of an order over a customer', read('order.created', customer), 'another kind'],
  ['no topic', readOurs(woocommerce, deliver(wooOrder)), 'X-WC-Webhook-Topic'],
  ['no id', read('order.created', { ...wooOrder, id: null }), 'no id'],
  ['no JSON', read('order.created', 'webhook_id=5'), 'not a JSON object'],
])('%s is unreadable and says why', (_name, reading, reason) => {
  expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

test.each([
  ['webhook_id=5', true],
  ['webhook_id=', false],
  ['webhook_id=5&x=1', false],
  ['webhook_id=5\n', false],
  [`webhook_id=${'1'.repeat(40)}`, false],
  ['{"webhook_id":5}', false],
  ['', false],
])('%s is a ping: %s', (body, ping) => {
  expect(woocommerce.isPing?.(deliver(body))).toBe(ping);
});
