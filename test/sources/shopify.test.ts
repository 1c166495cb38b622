import { describe, expect, test } from '@jest/globals';
import { shopify } from '../../lib/sources/shopify/shopify.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only, shopifyCustomer, shopifyOrder, types } from './fixtures.ts';

const read = (topic: string, body: unknown, headers: Record<string, string> = {}) =>
  readOurs(
    shopify,
    deliver(body, { 'x-shopify-topic': topic, 'x-shopify-event-id': 'ev-1', ...headers }),
  );

test('a paid order, whole', () => {
  expect(only(read('orders/paid', shopifyOrder))).toEqual({
    source: 'shopify',
    id: 'orders/paid:ev-1',
    type: 'order.paid',
    topic: 'orders/paid',
    occurredAt: '2026-11-21T11:59:00.000Z',
    test: false,
    contact: {
      email: 'Maya.Okafor@example.com',
      phone: '+1 555 0100',
      firstName: 'Maya',
      lastName: 'Okafor',
    },
    tags: ['loyal', 'eu'],
    order: {
      id: '5550001112223',
      number: '1042',
      total: 249.5,
      currency: 'USD',
      items: [
        {
          title: 'Walnut desk',
          sku: 'DESK-1',
          productId: '900',
          variantId: '901',
          quantity: 2,
          price: 99.75,
        },
        { title: 'MAT', sku: 'MAT', productId: '902', quantity: 1, price: 50 },
      ],
      tags: ['wholesale', 'spring'],
    },
    data: shopifyOrder,
  });
});

describe('topics', () => {
  const order = (changes: object) => ({ ...shopifyOrder, ...changes });
  const { financial_status: _, ...noStatus } = shopifyOrder;

  test.each([
    ['orders/create', order({ financial_status: 'pending' }), 'order.created'],
    ['orders/paid', order({ financial_status: 'partially_refunded' }), 'order.paid'],
    ['orders/paid', noStatus, 'order.paid'],
    ['orders/fulfilled', order({ fulfillment_status: 'fulfilled' }), 'order.fulfilled'],
    ['orders/cancelled', order({ cancelled_at: '2026-11-21T11:00:00Z' }), 'order.canceled'],
    ['orders/updated', order({ financial_status: 'refunded' }), 'order.refunded'],
    [
      'orders/updated',
      order({ financial_status: 'partially_refunded' }),
      'order.partially_refunded',
    ],
    ['orders/updated', shopifyOrder, 'custom'],
    ['customers/create', shopifyCustomer, 'customer.created'],
    ['customers/update', shopifyCustomer, 'customer.updated'],
    ['refunds/create', { id: 1, order_id: 2 }, 'ignored'],
    ['customers/data_request', {}, 'ignored'],
    ['customers/redact', {}, 'ignored'],
    ['shop/redact', {}, 'ignored'],
    ['products/update', {}, 'ignored'],
    ['constructor', {}, 'ignored'],
  ])('%s → %3$s', (topic, body, type) => {
    expect(types(read(topic, body))).toEqual([type]);
  });

  test.each(['authorized', 'pending', 'partially_paid', 'voided', 'expired', 'unpaid', 'refunded'])(
    'orders/paid over an order that is %s contradicts itself',
    (financial_status) => {
      expect(read('orders/paid', order({ financial_status }))).toEqual({
        kind: 'unreadable',
        reason:
          'the topic is orders/paid, but the signed body has a financial_status that is not paid',
      });
    },
  );

  test.each([
    ['orders/cancelled', shopifyOrder],
    ['orders/fulfilled', order({ fulfillment_status: 'partial' })],
    ['orders/fulfilled', order({ fulfillment_status: null })],
    ['orders/paid', shopifyCustomer],
    ['customers/create', shopifyOrder],
    ['customers/create', { id: 1, title: 'a product' }],
    ['orders/paid', { id: 9, order_id: 5, email: 'a@b.example', line_items: [] }],
    ['orders/paid', { ...noStatus, abandoned_checkout_url: 'https://shop.example/c/1' }],
    ['orders/paid', { ...noStatus, invoice_url: 'https://shop.example/i/1' }],
    ['orders/create', { id: 'c1', token: 'c1', note: null, line_items: [{ title: 'In a cart' }] }],
  ])('%s over a body that says otherwise is unreadable (%#)', (topic, body) => {
    expect(read(topic, body)).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining(`the topic is ${topic}, but`),
    });
  });

  test('a refund without a name says what to subscribe to', () => {
    expect(read('refunds/create', {})).toMatchObject({
      reason: expect.stringContaining('orders/updated'),
    });
  });
});

describe('the id of the event', () => {
  const id = (headers: Record<string, string>) =>
    only(readOurs(shopify, deliver(shopifyOrder, { 'x-shopify-topic': 'orders/paid', ...headers })))
      .id;

  test('is the event id before the webhook id, with the topic', () => {
    expect(id({ 'x-shopify-event-id': 'e', 'x-shopify-webhook-id': 'w' })).toBe('orders/paid:e');
    expect(id({ 'x-shopify-webhook-id': 'w' })).toBe('orders/paid:w');
  });

  test('comes of the body where no header says it', () => {
    expect(id({})).toMatch(/^orders\/paid:[0-9a-f]{64}$/);
    expect(id({})).toBe(id({}));
  });
});

test('the headers of Shopify Events win where their signature is there', () => {
  const reading = read('orders/create', shopifyOrder, {
    'shopify-hmac-sha256': 'x',
    'shopify-topic': 'orders/paid',
    'shopify-event-id': 'ev-2',
  });
  expect(only(reading)).toMatchObject({ type: 'order.paid', id: 'orders/paid:ev-2' });
});

test('an order of Shopify Events, which holds no order, is ignored', () => {
  const headers = { 'shopify-hmac-sha256': 'x', 'shopify-topic': 'Order' };
  expect(read('', { topic: 'Order', action: 'update' }, headers)).toMatchObject({
    kind: 'ignored',
  });
});

test('ids beyond 2^53 survive', () => {
  const body = JSON.stringify(shopifyOrder)
    .replace('5550001112223', '820982911946154508')
    .replace('"product_id":900', '"product_id":9007199254740993');
  const event = only(read('orders/paid', body));
  expect(event.order).toMatchObject({
    id: '820982911946154508',
    items: [{ productId: '9007199254740993' }, {}],
  });
  expect(event.data.id).toBe('820982911946154508');
});

test('an order that names nobody is an event', () => {
  const nobody = { email: null, customer: null, billing_address: null };
  const body = { id: 1, line_items: [], total_price: null, ...nobody };
  expect(only(read('orders/create', body))).toMatchObject({
    contact: {},
    order: { id: '1', items: [] },
  });
});

test('contact details fall back to the next place that has them', () => {
  const body = {
    ...shopifyOrder,
    email: '',
    contact_email: null,
    phone: '  ',
    customer: { email: 'c@example.com', phone: null },
    billing_address: { first_name: 'Bea', last_name: 'Lim', phone: '+44 1' },
  };
  expect(only(read('orders/create', body)).contact).toEqual({
    email: 'c@example.com',
    phone: '+44 1',
    firstName: 'Bea',
    lastName: 'Lim',
  });
});

test('who a gift is sent to is not the buyer', () => {
  const body = {
    ...shopifyOrder,
    customer: { first_name: 'Maya', last_name: null },
    billing_address: { first_name: 'Bea', last_name: 'Lim', phone: null },
    shipping_address: { first_name: 'Theo', last_name: 'Roy', phone: '+44 1' },
  };
  expect(only(read('orders/create', body)).contact).toEqual({
    email: 'Maya.Okafor@example.com',
    firstName: 'Maya',
  });
});

test('the currency is that of the total, which is the shop\u2019s, and no other', () => {
  const { currency: _, ...body } = { ...shopifyOrder, presentment_currency: 'EUR' };
  expect(Object.keys(only(read('orders/paid', body)).order ?? {})).not.toContain('currency');
});

describe('an update of a refunded order', () => {
  const update = (updated_at: string, refunds: unknown, financial_status = 'refunded') =>
    types(read('orders/updated', { ...shopifyOrder, financial_status, updated_at, refunds }));
  const refund = (created_at: string, ...processed: string[]) => ({
    created_at,
    transactions: processed.map((processed_at) => ({ processed_at })),
  });

  test.each([
    ['at once', '2026-11-21T10:00:05Z', [refund('2026-11-21T10:00:00Z')], 'order.refunded'],
    ['within the hour', '2026-11-21T11:00:00Z', [refund('2026-11-21T10:00:00Z')], 'order.refunded'],
    ['after the hour', '2026-11-21T11:00:01Z', [refund('2026-11-21T10:00:00Z')], 'custom'],
    [
      'in another zone',
      '2026-11-21T11:00:01+02:00',
      [refund('2026-11-21T10:00:00+01:00')],
      'order.refunded',
    ],
    [
      'after the last of several refunds',
      '2026-11-21T10:00:05Z',
      [refund('2026-11-21T10:00:00Z'), refund('2026-03-01T10:00:00Z')],
      'order.refunded',
    ],
    [
      'when the money went days later',
      '2026-11-21T10:00:05Z',
      [refund('2026-11-18T10:00:00Z', '2026-11-21T10:00:00Z')],
      'order.refunded',
    ],
    ['without a list of refunds', '2026-11-21T10:00:00Z', undefined, 'order.refunded'],
    ['with an empty list', '2026-11-21T10:00:00Z', [], 'order.refunded'],
    ['with a refund without a time', '2026-11-21T10:00:00Z', [{ id: 1 }], 'order.refunded'],
    ['with no time of its own', '', [refund('2026-03-01T10:00:00Z')], 'order.refunded'],
  ])('%s (%#)', (_name, updatedAt, refunds, type) => {
    expect(update(updatedAt, refunds)).toEqual([type]);
  });

  test('the same goes for a part of it', () => {
    const refunds = [refund('2026-03-01T10:00:00Z')];
    expect(update('2026-11-21T10:00:00Z', refunds, 'partially_refunded')).toEqual(['custom']);
  });
});

test('a test order says so', () => {
  expect(only(read('orders/create', { ...shopifyOrder, test: true })).test).toBe(true);
});

test.each([
  ['no topic', readOurs(shopify, deliver(shopifyOrder)), 'X-Shopify-Topic'],
  ['no JSON', read('orders/paid', '{'), 'not a JSON object'],
  ['a list', read('orders/paid', '[]'), 'not a JSON object'],
  ['no UTF-8', read('orders/paid', Buffer.from([0x7b, 0xff, 0x7d])), 'not a JSON object'],
  ['no order id', read('orders/paid', { ...shopifyOrder, id: null }), 'order.id'],
])('%s is unreadable and says why', (_name, reading, reason) => {
  expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});
