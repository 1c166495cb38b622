import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { shopify } from '../../lib/sources/shopify/shopify.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, shopifyCustomer, shopifyOrder, types } from './fixtures.ts';

const read = (topic: string, body: unknown, headers: Record<string, string> = {}) =>
  readOurs(
    shopify,
    deliver(body, { 'x-shopify-topic': topic, 'x-shopify-event-id': 'ev-1', ...headers }),
  );
const event = (topic: string, changes: object, base: object = shopifyOrder): CustomerEvent => {
  const reading = read(topic, { ...base, ...changes });
  if (reading.kind !== 'events') throw new Error(`it is ${reading.kind}: ${reading.reason}`);
  return reading.events[0];
};
const TEST = {
  kind: 'ignored',
  reason: "Shopify's test notification: the signature is right",
};

describe('a test notification', () => {
  const sample = {
    ...shopifyOrder,
    id: 820982911946154508n,
    email: 'jon@example.com',
    test: true,
    financial_status: 'voided',
    fulfillment_status: 'pending',
    cancelled_at: '2021-12-31T19:00:00-05:00',
  };
  const written = (body: object) =>
    JSON.stringify(body, (_key, value) =>
      typeof value === 'bigint' ? `#${value}#` : value,
    ).replace(/"#(\d+)#"/g, '$1');
  const header = { 'x-shopify-test': 'true' };

  test.each([
    'orders/create',
    'orders/paid',
    'orders/fulfilled',
    'orders/cancelled',
    'orders/updated',
    'orders/edited',
    'draft_orders/create',
  ])('with the header is answered as a test under %s', (topic) =>
    expect(read(topic, written(sample), header)).toMatchObject(TEST),
  );

  test('of a customer is one by its header alone', () => {
    expect(read('customers/create', shopifyCustomer, header)).toMatchObject(TEST);
    expect(types(read('customers/create', shopifyCustomer))).toEqual(['customer.created']);
  });

  test.each(['orders/paid', 'orders/fulfilled', 'orders/updated'])(
    'is read from the body alone where it contradicts %s',
    (topic) => {
      expect(read(topic, written(sample))).toMatchObject(TEST);
      expect(read(topic, { ...sample, id: '820982911946154500' })).toMatchObject(TEST);
    },
  );

  test('is no real order of a test gateway, which stays an event', () => {
    for (const [topic, changes, type] of [
      ['orders/create', { financial_status: 'pending' }, 'order.created'],
      ['orders/paid', {}, 'order.paid'],
      ['orders/fulfilled', { fulfillment_status: 'fulfilled' }, 'order.fulfilled'],
    ] as const) {
      expect(event(topic, { ...changes, test: true })).toMatchObject({ type, test: true });
    }
  });

  test('is not what a header makes of a signed body that says it is none', () => {
    expect(types(read('orders/paid', shopifyOrder, header))).toEqual(['order.paid']);
    const voided = { ...shopifyOrder, financial_status: 'voided' };
    expect(read('orders/paid', voided, header)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('an order that was edited or returned in part', () => {
  const line = (id: number, quantity: number, current_quantity: unknown) => ({
    id,
    title: `Product ${id}`,
    product_id: id,
    quantity,
    current_quantity,
    price: '10.00',
  });
  const edited = {
    total_price: '60.00',
    current_total_price: '30.00',
    line_items: [line(1, 3, 0), line(2, 2, 1), line(3, 1, 1), line(4, 1, null)],
  };
  const kept = [
    ['Product 2', 1],
    ['Product 3', 1],
    ['Product 4', 1],
  ];
  const bought = [
    ['Product 1', 3],
    ['Product 2', 2],
    ['Product 3', 1],
    ['Product 4', 1],
  ];
  const items = ({ order }: CustomerEvent) =>
    order?.items.map(({ title, quantity }) => [title, quantity]);

  test.each([
    ['orders/create', {}],
    ['orders/paid', {}],
    ['orders/paid', { financial_status: 'partially_refunded' }],
    ['orders/fulfilled', { fulfillment_status: 'fulfilled' }],
    ['orders/updated', {}],
  ])('%s: only what is kept counts, and what is owed now', (topic, changes) => {
    const found = event(topic, { ...edited, ...changes });
    expect(items(found)).toEqual(kept);
    expect(found.order?.total).toBe(30);
  });

  test.each([
    ['orders/cancelled', { cancelled_at: '2026-11-21T11:00:00Z' }],
    ['orders/updated', { financial_status: 'refunded' }],
    ['orders/updated', { financial_status: 'partially_refunded' }],
  ])('%s %j is about all that was bought', (topic, changes) => {
    const found = event(topic, { ...edited, ...changes });
    expect(items(found)).toEqual(bought);
    expect(found.order?.total).toBe(60);
  });

  test('a body without current_total_price has its total', () => {
    expect(event('orders/paid', { current_total_price: null }).order?.total).toBe(249.5);
  });
});

describe('what was paid back', () => {
  const paidBack = (amount: unknown, more: object = {}) => ({
    kind: 'refund',
    status: 'success',
    amount,
    ...more,
  });
  const total = (...transactions: object[]) =>
    event('orders/updated', { financial_status: 'partially_refunded', refunds: [{ transactions }] })
      .order?.refundedTotal;

  test.each([
    ['one', [paidBack('20.10')], 20.1],
    ['several', [paidBack('0.10'), paidBack('0.20', { currency: 'USD' })], 0.3],
    ['a failed one', [paidBack('5.00', { status: 'failure' }), paidBack('1.00')], 1],
    ['a void', [paidBack('5.00', { kind: 'void' })], 0],
    ['none, as of an item edited away', [], 0],
    ['without an amount', [paidBack(null)], undefined],
    ['in another currency', [paidBack('20.00', { currency: 'EUR' })], undefined],
  ])('%s', (_name, transactions, expected) => {
    expect(total(...transactions)).toBe(expected);
  });

  test('is 0 where the list is empty, and unknown where there is none', () => {
    expect(event('orders/paid', { refunds: [] }).order?.refundedTotal).toBe(0);
    expect(event('orders/paid', { refunds: [{}] }).order).not.toHaveProperty('refundedTotal');
    expect(event('orders/paid', { refunds: null }).order).not.toHaveProperty('refundedTotal');
  });

  test('names the items, by their own line or by that of the order', () => {
    const refunds = [
      {
        refund_line_items: [
          { line_item_id: 1, quantity: 1 },
          { line_item_id: 9, quantity: 1 },
        ],
      },
      {
        refund_line_items: [
          { line_item_id: 1, quantity: 1 },
          { line_item_id: 2, quantity: 0 },
        ],
      },
      {
        refund_line_items: [{ line_item_id: 8, quantity: 3, line_item: { title: 'Gone', id: 8 } }],
      },
    ];
    const found = event('orders/updated', { financial_status: 'partially_refunded', refunds });
    expect(found.order?.refundedItems).toEqual([
      {
        title: 'Walnut desk',
        sku: 'DESK-1',
        productId: '900',
        variantId: '901',
        quantity: 2,
        price: 99.75,
      },
      { title: 'Gone', quantity: 3 },
    ]);
  });

  test('2,001 items are too many', () => {
    const refund_line_items = Array.from({ length: 2_001 }, (_, n) => ({
      line_item_id: n + 1,
      quantity: 1,
      line_item: { title: 'A' },
    }));
    expect(read('orders/paid', { ...shopifyOrder, refunds: [{ refund_line_items }] })).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('more than 2000 items'),
    });
  });
});

test.each([
  [{ title: 'Tip', product_id: null, tip_payment_gateway: 'shopify_payments' }, false],
  [{ title: 'Trinkgeld', product_id: null, tip_payment_gateway: null }, false],
  [{ title: 'tip' }, false],
  [{ title: 'Tip', product_id: 5 }, true],
  [{ title: 'Gift wrap' }, true],
  [{ title: 'Tip jar' }, true],
])('%j is a product: %s', (line, expected) => {
  const { order } = event('orders/paid', { line_items: [{ ...line, quantity: 1, price: '5.00' }] });
  expect(order?.items).toHaveLength(expected ? 1 : 0);
});

describe('consent', () => {
  const of = (state: unknown) => ({
    customer_id: 77,
    email_address: 'maya.okafor@example.com',
    email_marketing_consent: {
      state,
      opt_in_level: null,
      consent_updated_at: '2026-11-21T09:00:00Z',
    },
  });
  const topic = 'customers_email_marketing_consent/update';

  test.each([
    ['subscribed', 'consent.given', true],
    ['SUBSCRIBED', 'consent.given', true],
    ['unsubscribed', 'consent.withdrawn', false],
    ['not_subscribed', 'custom', false],
    ['pending', 'custom', undefined],
    ['redacted', 'custom', undefined],
    ['invalid', 'custom', undefined],
    [null, 'custom', undefined],
  ])('%s is %s', (state, type, accepts) => {
    const found = event(topic, of(state), {});
    expect(found).toMatchObject({
      type,
      topic,
      contact: { email: 'maya.okafor@example.com' },
    });
    expect(found.contact.acceptsMarketing).toBe(accepts);
    if (type !== 'custom') expect(found.occurredAt).toBe('2026-11-21T09:00:00.000Z');
  });

  test('of a phone number names it, and says nothing of e-mail', () => {
    const body = { id: 77, phone: '+15550100200', sms_marketing_consent: { state: 'subscribed' } };
    const found = event('customers_marketing_consent/update', body, {});
    expect(found).toMatchObject({ type: 'consent.given', contact: { phone: '+15550100200' } });
    expect(found.contact).not.toHaveProperty('acceptsMarketing');
  });

  test('over another body is unreadable', () => {
    expect(read(topic, shopifyOrder)).toMatchObject({ kind: 'unreadable' });
    expect(read('orders/paid', of('subscribed'))).toMatchObject({ kind: 'unreadable' });
  });

  test.each([
    [{ buyer_accepts_marketing: true }, true],
    [{ buyer_accepts_marketing: false }, false],
    [
      {
        buyer_accepts_marketing: true,
        customer: { email_marketing_consent: { state: 'not_subscribed' } },
      },
      true,
    ],
    [
      {
        buyer_accepts_marketing: true,
        customer: { email_marketing_consent: { state: 'pending' } },
      },
      undefined,
    ],
    [{ customer: { email_marketing_consent: { state: 'subscribed' } } }, true],
    [{ customer: { email_marketing_consent: { state: 'unsubscribed' } } }, false],
    [{ customer: { email_marketing_consent: null, accepts_marketing: true } }, true],
    [{ customer: null, buyer_accepts_marketing: null }, undefined],
  ])('with an order: %j is %s', (changes, expected) => {
    expect(event('orders/paid', changes).contact.acceptsMarketing).toBe(expected);
  });
});

test('all that a rule may ask of an order', () => {
  const found = event('orders/paid', {
    customer_locale: 'pt_br',
    billing_address: { first_name: 'M', country_code: 'br', country: 'Brazil' },
    shipping_address: { country: 'PT' },
    payment_gateway_names: ['shopify_payments', 'gift_card'],
    source_name: 'pos',
    discount_codes: [{ code: 'SPRING', amount: '5.00' }, { code: null }],
    note_attributes: [
      { name: 'ref', value: 'kim' },
      { name: 'gift', value: true },
      { name: 'none', value: null },
    ],
    line_items: [
      {
        id: 1,
        title: 'Desk',
        quantity: 1,
        vendor: 'Acme',
        variant_title: 'Oak / Large',
        properties: [
          { name: 'Engraving', value: 'Kim' },
          { name: '_bundle', value: '7' },
        ],
      },
      { id: 2, title: 'Lamp', quantity: 1, variant_title: 'Default Title', properties: { a: 'b' } },
    ],
  });
  expect(found.contact).toMatchObject({ country: 'BR', language: 'pt-BR' });
  expect(found.order).toMatchObject({
    shippingCountry: 'PT',
    paymentMethod: 'shopify_payments',
    channel: 'pos',
    discountCodes: ['SPRING'],
    attributes: { ref: 'kim', gift: 'true' },
    items: [
      {
        title: 'Desk',
        quantity: 1,
        vendor: 'Acme',
        variant: 'Oak / Large',
        options: { Engraving: 'Kim' },
      },
      { title: 'Lamp', quantity: 1, options: { a: 'b' } },
    ],
  });
  expect(found.order?.items[1]).not.toHaveProperty('variant');
});

test('the country of a customer is that of the default address', () => {
  const changes = { default_address: { country_code: 'CA' }, accepts_marketing: false };
  expect(event('customers/update', changes, shopifyCustomer).contact).toMatchObject({
    country: 'CA',
    acceptsMarketing: false,
  });
  const customer = { default_address: { country_code: 'CA' } };
  expect(event('orders/paid', { customer, billing_address: null }).contact.country).toBe('CA');
});

test('an order of chosen fields is an order without items', () => {
  const body = { id: 5, email: 'a@b.example', financial_status: 'paid' };
  expect(event('orders/paid', body, {}).order).toEqual({ id: '5', items: [], tags: [] });
});

test('what is null is absent', () => {
  const nothing = {
    customer_locale: null,
    source_name: null,
    payment_gateway_names: null,
    discount_codes: null,
    note_attributes: null,
    shipping_address: null,
    billing_address: null,
    customer: null,
    refunds: null,
  };
  const { contact, order } = event('orders/paid', nothing);
  expect(Object.keys(contact)).toEqual(['email']);
  expect(Object.keys(order ?? {}).sort()).toEqual([
    'currency',
    'id',
    'items',
    'number',
    'tags',
    'total',
  ]);
});

describe('a topic that Earmark has no type for is heard by its name', () => {
  test('an order that is tagged later', () => {
    expect(event('orders/updated', { tags: 'vip, eu' })).toMatchObject({
      type: 'custom',
      topic: 'orders/updated',
      contact: { email: 'Maya.Okafor@example.com' },
      order: { tags: ['vip', 'eu'] },
    });
    expect(read('orders/updated', shopifyOrder)).toMatchObject({
      unheard: { kind: 'ignored', reason: expect.stringContaining('only refunds') },
    });
  });

  test('draft orders, checkouts and fulfilments', () => {
    const draft = { ...shopifyOrder, invoice_url: 'https://shop.example/i/1', name: '#D7' };
    expect(event('draft_orders/update', draft, {})).toMatchObject({
      type: 'custom',
      order: { id: '5550001112223', items: [{ title: 'Walnut desk' }, { title: 'MAT' }] },
    });
    const checkout = { id: 5, email: 'a@b.example', abandoned_checkout_url: 'https://x.example/c' };
    expect(event('checkouts/create', checkout, {})).toMatchObject({
      type: 'custom',
      contact: { email: 'a@b.example' },
    });
    const fulfilment = {
      id: 5,
      order_id: 9,
      email: 'a@b.example',
      line_items: [{ title: 'Lamp' }],
    };
    expect(event('fulfillments/create', fulfilment, {}).order).toMatchObject({ id: '9' });
  });

  test('customers that are disabled, by their own names', () => {
    expect(event('customers/disable', shopifyCustomer, {})).toMatchObject({
      type: 'custom',
      contact: { email: 'maya.okafor@example.com', firstName: 'Maya' },
      tags: ['loyal', 'eu'],
    });
  });

  test.each([
    ['carts/update', { id: 'c', line_items: [{ title: 'Lamp' }] }],
    ['subscription_contracts/create', { id: 5, customer_id: 6 }],
    ['customers/delete', { id: 5 }],
    ['refunds/create', { id: 5, order_id: 6 }],
    ['shop/update', { id: 5, email: 'owner@example.com' }],
    ['users/create', { id: 5, email: 'staff@example.com' }],
    ['customers/redact', { customer: { email: 'a@b.example' } }],
    ['customers/data_request', { customer: { email: 'a@b.example' } }],
  ])('%s names no customer and stays ignored', (topic, body) => {
    expect(read(topic, body)).toMatchObject({ kind: 'ignored' });
  });
});
