import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { woocommerce } from '../../lib/sources/woocommerce/woocommerce.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, types, wooOrder } from './fixtures.ts';

const read = (topic: string, body: unknown) =>
  readOurs(woocommerce, deliver(body, { 'x-wc-webhook-topic': topic }));
const order = (changes: object, topic = 'order.updated') =>
  read(topic, { ...wooOrder, ...changes });
const event = (changes: object, topic = 'order.updated'): CustomerEvent => {
  const reading = order(changes, topic);
  if (reading.kind !== 'events') throw new Error(`it is ${reading.kind}: ${reading.reason}`);
  return reading.events[0];
};

describe('cash on delivery', () => {
  const unpaid = { payment_method: 'cod', date_paid: null, date_paid_gmt: null };
  const { date_paid_gmt: _, ...untold } = wooOrder;

  test('is not paid when it is placed, and is when it is completed', () => {
    expect(types(order(unpaid, 'order.created'))).toEqual(['order.created']);
    expect(types(order(unpaid))).toEqual(['custom']);
    expect(types(order({ ...unpaid, status: 'completed' }))).toEqual([
      'order.paid',
      'order.fulfilled',
    ]);
  });

  test.each([
    ['both are null', { ...untold, date_paid: null, date_paid_gmt: null }, 'custom'],
    ['the older one alone is null', { ...untold, date_paid: null }, 'custom'],
    ['an empty text is no time', { ...untold, date_paid_gmt: '' }, 'custom'],
    [
      'one of them is there',
      { ...untold, date_paid: '2026-11-21T11:05:00', date_paid_gmt: null },
      'order.paid',
    ],
    ['a body without both contradicts nothing', untold, 'order.paid'],
  ])('%s', (_name, body, type) => {
    expect(types(read('order.updated', body))).toEqual([type]);
  });
});

describe('refunds', () => {
  const refunds = (...totals: unknown[]) => totals.map((total, id) => ({ id, reason: '', total }));

  test.each([
    ['all at once', { refunds: refunds('-64.20') }, ['order.refunded'], 64.2],
    ['all in parts', { refunds: refunds('-64.10', '-0.10') }, ['order.refunded'], 64.2],
    ['all, as numbers', { refunds: refunds(-21.4, -21.4, -21.4) }, ['order.refunded'], 64.2],
    [
      'all of a completed order',
      { status: 'completed', refunds: refunds('-64.20') },
      ['order.refunded'],
      64.2,
    ],
    ['a part', { refunds: refunds('-64.19') }, ['order.paid', 'order.partially_refunded'], 64.19],
    [
      'a part and a zero',
      { refunds: refunds('-10.00', '0.00') },
      ['order.paid', 'order.partially_refunded'],
      10,
    ],
    [
      'every amount is zero',
      { refunds: refunds('0.00') },
      ['order.paid', 'order.partially_refunded'],
      undefined,
    ],
    [
      'an amount is missing',
      { refunds: refunds('-64.20', null) },
      ['order.paid', 'order.partially_refunded'],
      undefined,
    ],
    [
      'nothing of an order that cost nothing',
      { total: '0.00', refunds: refunds('0.00') },
      ['order.paid', 'order.partially_refunded'],
      undefined,
    ],
    ['none', { refunds: [] }, ['order.paid'], 0],
    ['the status alone', { status: 'refunded', refunds: [] }, ['order.refunded'], undefined],
    ['no list', { refunds: undefined }, ['order.paid'], undefined],
  ])('%s (%#)', (_name, changes, expected, total) => {
    expect(types(order(changes))).toEqual(expected);
    expect(event(changes).order?.refundedTotal).toBe(total);
  });
});

describe('a renewal order', () => {
  const renewal = { meta_data: [{ id: 1, key: '_subscription_renewal', value: '801' }] };

  test.each([
    ['order.created', { status: 'pending' }, ['custom']],
    ['order.created', { status: 'processing' }, ['subscription.renewed']],
    ['order.updated', { status: 'processing' }, ['subscription.renewed']],
    ['order.updated', { status: 'completed' }, ['subscription.renewed', 'order.fulfilled']],
    ['order.updated', { status: 'failed' }, ['payment.failed']],
    ['order.updated', { status: 'refunded' }, ['order.refunded']],
  ])('%s %j → %j', (topic, changes, expected) => {
    expect(types(order({ ...renewal, ...changes }, topic))).toEqual(expected);
  });

  test('names the subscription and its plan, and has the order', () => {
    expect(event(renewal)).toMatchObject({
      subscription: { id: '801', planId: '33', planName: 'Mug – blue & white', price: 64.2 },
      order: { id: '812', total: 64.2 },
    });
  });

  test('a meta value of nothing makes none', () => {
    const meta_data = [{ key: '_subscription_renewal', value: '' }];
    expect(types(order({ meta_data }))).toEqual(['order.paid']);
  });
});

describe('a subscription', () => {
  const start = '2026-01-10T08:00:00';
  const cache = (value: unknown) => ({
    meta_data: [{ id: 3, key: '_subscription_renewal_order_ids_cache', value }],
  });
  const subscription = {
    status: 'active',
    billing_period: 'month',
    billing_interval: '1',
    start_date_gmt: start,
    last_payment_date_gmt: '2026-01-10T07:58:00',
    date_paid_gmt: '2026-01-10T08:01:00',
    date_modified_gmt: '2026-01-10T08:01:05',
  };
  const renewed = {
    ...subscription,
    last_payment_date_gmt: '2026-02-10T08:00:00',
    date_paid_gmt: '2026-02-10T08:00:10',
    date_modified_gmt: '2026-02-10T08:00:12',
  };
  const says = (changes: object, topic = 'subscription.updated') =>
    types(order({ ...subscription, ...changes }, topic));

  test.each([
    ['begins', {}, 'subscription.started'],
    ['begins, with an empty list of renewals', cache([]), 'subscription.started'],
    ['is paid again', renewed, 'subscription.renewed'],
    [
      'is paid again, by the list of renewals',
      { ...renewed, last_payment_date_gmt: '', ...cache([815]) },
      'subscription.renewed',
    ],
    [
      'is paid again, by a list with gaps',
      { ...renewed, last_payment_date_gmt: '', ...cache({ 1: 815 }) },
      'subscription.renewed',
    ],
    ['is edited in its first term', { date_modified_gmt: '2026-01-20T08:00:00' }, 'custom'],
    [
      'is edited after a renewal',
      { ...renewed, date_modified_gmt: '2026-02-20T08:00:00' },
      'custom',
    ],
    [
      'is edited, and has the last payment alone',
      { ...renewed, date_paid_gmt: undefined, date_modified_gmt: '2026-02-20T08:00:00' },
      'custom',
    ],
    [
      'begins by hand, never paid',
      { date_paid_gmt: null, date_modified_gmt: '2026-01-20T08:00:00' },
      'subscription.started',
    ],
    [
      'has no times',
      { start_date_gmt: '', last_payment_date_gmt: '', date_paid_gmt: null },
      'subscription.started',
    ],
    ['is cancelled, the term goes on', { status: 'pending-cancel' }, 'subscription.will_end'],
    ['is suspended', { status: 'on-hold' }, 'subscription.paused'],
    ['waits for its first payment', { status: 'on-hold', date_paid_gmt: null }, 'custom'],
    ['ended', { status: 'cancelled' }, 'subscription.canceled'],
    ['ran out', { status: 'expired' }, 'subscription.canceled'],
    ['was switched', { status: 'switched' }, 'custom'],
    ['is pending', { status: 'pending' }, 'custom'],
  ])('that %s', (_name, changes, type) => {
    expect(says(changes)).toEqual([type]);
  });

  test('that was just made has started', () => {
    expect(says(renewed, 'subscription.created')).toEqual(['subscription.started']);
  });

  test.each([
    ['month', '1', 'month'],
    ['month', 3, '3 month'],
    ['fortnight', '1', undefined],
    [null, '1', undefined],
  ])('of %s every %s costs its total', (billing_period, billing_interval, interval) => {
    const { subscription: found } = event(
      { ...subscription, billing_period, billing_interval },
      'subscription.updated',
    );
    expect(found).toEqual({
      id: '812',
      planId: '33',
      planName: 'Mug – blue & white',
      status: 'active',
      price: 64.2,
      ...(interval === undefined ? {} : { interval }),
    });
  });
});

test.each(['checkout-draft', 'auto-draft', 'draft', 'trash'])(
  'an order that is a %s is nothing',
  (status) => {
    for (const topic of ['order.created', 'order.updated']) {
      expect(order({ status }, topic)).toMatchObject({ kind: 'ignored' });
    }
  },
);

test('a payment that failed says so, and on the first delivery that it was placed', () => {
  expect(types(order({ status: 'failed' }))).toEqual(['payment.failed']);
  expect(types(order({ status: 'failed' }, 'order.created'))).toEqual([
    'order.created',
    'payment.failed',
  ]);
});

describe('what is sent in place of the order is named, with its remedy', () => {
  const error = (code: string, status: number) => ({ code, message: 'x', data: { status } });

  test.each([
    [
      'order.updated',
      error('woocommerce_rest_cannot_view', 401),
      ['(woocommerce_rest_cannot_view) in place of the order', 'as an administrator'],
    ],
    [
      'customer.created',
      error('rest_forbidden', 403),
      ['in place of the customer', 'as an administrator'],
    ],
    [
      'order.updated',
      error('woocommerce_rest_shop_order_invalid_id', 404),
      ['(woocommerce_rest_shop_order_invalid_id)', 'may be deleted'],
    ],
    [
      'order.updated',
      { ...error('Kim Lee <kim@example.com>', 500), data: null },
      ['an error in place of the order'],
    ],
    ['order.created', { order: { id: 5 } }, ['legacy API', 'WP REST API Integration v3']],
    ['customer.updated', { customer: { id: 5 } }, ['legacy API']],
  ])('%s %j', (topic, body, parts) => {
    const reading = read(topic, body);
    expect(reading.kind).toBe('unreadable');
    for (const part of parts)
      expect(reading).toMatchObject({ reason: expect.stringContaining(part) });
  });
});

test.each([
  ['_wcpay_mode', 'test', true],
  ['_wcpay_mode', 'prod', false],
  ['_ppcp_paypal_payment_mode', 'sandbox', true],
  ['_ppcp_paypal_payment_mode', 'live', false],
])('%s %s: a test is %s', (key, value, expected) => {
  expect(event({ meta_data: [{ key, value }] }).test).toBe(expected);
});

test('all that a rule may ask of an order', () => {
  const found = event({
    billing: { ...wooOrder.billing, country: 'pt' },
    shipping: { country: 'AR' },
    payment_method: 'ppcp-gateway',
    created_via: 'store-api',
    coupon_lines: [{ code: 'spring' }, { code: 'vip' }, { code: null }],
    meta_data: [
      { key: 'gift_note', value: 'Tom &amp; Kim' },
      { key: 'size', value: 42 },
      { key: '_wc_order_attribution_utm_source', value: 'newsletter' },
      { key: '_stripe_customer_id', value: 'cus_1' },
      { key: 'nested', value: { a: 1 } },
      { key: null, value: 'x' },
    ],
    line_items: [
      {
        id: 4,
        name: 'Hoodie - Blue, Large',
        parent_name: 'Hoodie',
        product_id: 33,
        variation_id: 34,
        quantity: 1,
        price: 20,
        meta_data: [
          { key: 'pa_color', value: 'blue', display_key: 'Colour', display_value: '<p>Blue</p>' },
          { key: 'topping', value: 'A' },
          { key: 'topping', value: 'B' },
          { key: '_reduced_stock', value: '1', display_key: '_reduced_stock', display_value: '1' },
        ],
      },
    ],
  });
  expect(found.contact.country).toBe('PT');
  expect(found.order).toMatchObject({
    shippingCountry: 'AR',
    paymentMethod: 'ppcp-gateway',
    channel: 'store-api',
    discountCodes: ['spring', 'vip'],
    attributes: {
      gift_note: 'Tom & Kim',
      size: '42',
      _wc_order_attribution_utm_source: 'newsletter',
    },
  });
  expect(found.order?.attributes).not.toHaveProperty('_stripe_customer_id');
  expect(found.order?.items).toEqual([
    {
      title: 'Hoodie - Blue, Large',
      productId: '33',
      variantId: '34',
      quantity: 1,
      price: 20,
      variant: 'Blue, Large',
      options: { Colour: 'Blue', topping: 'A, B' },
    },
  ]);
});

test('what an order leaves out, or holds as null, is absent and no error', () => {
  const nothing = { coupon_lines: null, meta_data: null, shipping: null, payment_method: '' };
  expect(
    event({ ...nothing, billing: { email: 'a@b.example', country: 'Portugal' } }),
  ).toMatchObject({
    contact: { email: 'a@b.example' },
  });
  expect(Object.keys(event(nothing).order ?? {}).sort()).toEqual(
    ['currency', 'id', 'items', 'number', 'refundedTotal', 'tags', 'total'].sort(),
  );
});

test('a topic that Earmark has no type for is heard by its name, where somebody is named', () => {
  expect(event({}, 'wc_booking.created')).toMatchObject({
    type: 'custom',
    topic: 'wc_booking.created',
    contact: { email: 'jose@example.com' },
  });
  expect(order({}, 'wc_booking.created')).toMatchObject({ unheard: { kind: 'ignored' } });
  expect(read('coupon.updated', { id: 5, code: 'spring' })).toMatchObject({ kind: 'ignored' });
  expect(read('order.deleted', { id: 5 })).toMatchObject({ kind: 'ignored' });
  expect(read('product.updated', 'no JSON')).toMatchObject({ kind: 'ignored' });
});
