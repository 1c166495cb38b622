import { describe, expect, test } from '@jest/globals';
import { stripe } from '../../lib/sources/stripe/stripe.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only, stripeEvent, stripeSession, types } from './fixtures.ts';

const read = (type: string, object: unknown) =>
  readOurs(stripe, deliver(stripeEvent(type, object)));

const invoice = {
  id: 'in_1',
  number: 'A-7',
  customer_email: 'lee@example.com',
  customer_name: 'Lee Berg',
  customer_phone: '+31',
  billing_reason: 'subscription_create',
  currency: 'usd',
  total: 1000,
  amount_paid: 900,
  parent: { subscription_details: { subscription: 'sub_1' } },
  lines: {
    data: [
      {
        description: '1 × Pro plan',
        quantity: 1,
        amount: 1000,
        pricing: {
          unit_amount_decimal: '1000',
          price_details: { price: 'price_1', product: 'prod_1' },
        },
      },
    ],
  },
};

const charge = {
  id: 'ch_1',
  payment_intent: 'pi_1',
  amount: 5000,
  amount_refunded: 5000,
  refunded: true,
  currency: 'eur',
  billing_details: { email: 'lee@example.com', name: 'Lee', phone: null },
};

const subscription = {
  id: 'sub_1',
  status: 'active',
  customer: 'cus_1',
  metadata: { email: 'lee@example.com' },
  items: { data: [{ price: { id: 'price_1', nickname: 'Pro' } }] },
};

test('a paid session, whole', () => {
  const body = stripeEvent('checkout.session.completed', stripeSession);
  expect(only(readOurs(stripe, deliver(body)))).toEqual({
    source: 'stripe',
    id: 'evt_1Qx',
    type: 'order.paid',
    topic: 'checkout.session.completed',
    occurredAt: '2026-11-21T11:59:55.000Z',
    test: false,
    contact: {
      email: 'lee@example.com',
      phone: '+3120',
      firstName: 'Lee',
      lastName: 'van den Berg',
    },
    tags: [],
    order: { id: 'cs_test_9fQ2', total: 19.99, currency: 'USD', items: [], tags: [] },
    data: body,
  });
});

describe('event types', () => {
  const session = (payment_status: string) => ({ ...stripeSession, payment_status });
  test.each([
    ['checkout.session.completed', session('no_payment_required'), 'order.paid'],
    ['checkout.session.completed', session('unpaid'), 'order.created'],
    ['checkout.session.async_payment_succeeded', stripeSession, 'order.paid'],
    ['checkout.session.async_payment_succeeded', session('unpaid'), 'order.paid'],
    ['checkout.session.async_payment_failed', session('unpaid'), 'payment.failed'],
    ['checkout.session.expired', session('unpaid'), 'checkout.abandoned'],
    ['checkout.session.expired', { ...session('unpaid'), customer_details: null }, 'ignored'],
    ['checkout.session.expired', { ...session('unpaid'), mode: 'setup' }, 'custom'],
    ['invoice.paid', invoice, 'subscription.started'],
    ['invoice.paid', { ...invoice, billing_reason: 'subscription_cycle' }, 'subscription.renewed'],
    ['invoice.paid', { ...invoice, billing_reason: 'manual' }, 'order.paid'],
    ['invoice.paid', { ...invoice, billing_reason: null }, 'order.paid'],
    ['invoice.paid', { ...invoice, billing_reason: 'subscription_update' }, 'subscription.changed'],
    ['invoice.payment_succeeded', invoice, 'subscription.started'],
    ['invoice.payment_succeeded', { ...invoice, status: 'open' }, 'custom'],
    ['invoice.payment_failed', invoice, 'payment.failed'],
    ['invoice.upcoming', invoice, 'custom'],
    ['charge.refunded', charge, 'order.refunded'],
    ['charge.refunded', { ...charge, refunded: false }, 'order.partially_refunded'],
    ['refund.created', {}, 'ignored'],
    ['customer.created', { id: 'cus_1', email: 'a@b.example' }, 'customer.created'],
    ['customer.updated', { id: 'cus_1', email: 'a@b.example' }, 'customer.updated'],
    ['customer.deleted', { id: 'cus_1' }, 'ignored'],
    ['customer.subscription.created', subscription, 'subscription.started'],
    ['customer.subscription.created', { ...subscription, metadata: {} }, 'ignored'],
    ['customer.subscription.created', { ...subscription, status: 'incomplete' }, 'custom'],
    ['customer.subscription.updated', subscription, 'custom'],
    ['customer.subscription.updated', { ...subscription, metadata: {} }, 'ignored'],
    ['customer.subscription.paused', subscription, 'subscription.paused'],
    ['customer.subscription.resumed', subscription, 'subscription.resumed'],
    ['customer.subscription.trial_will_end', subscription, 'custom'],
    ['customer.subscription.deleted', subscription, 'subscription.canceled'],
    ['toString', {}, 'ignored'],
  ])('%s → %3$s (%#)', (type, object, expected) => {
    expect(types(read(type, object))).toEqual([expected]);
  });
});

test('an invoice of a subscription', () => {
  expect(only(read('invoice.paid', invoice))).toMatchObject({
    contact: { email: 'lee@example.com', phone: '+31', firstName: 'Lee', lastName: 'Berg' },
    order: {
      id: 'in_1',
      number: 'A-7',
      total: 10,
      currency: 'USD',
      items: [
        {
          title: '1 × Pro plan',
          productId: 'prod_1',
          variantId: 'price_1',
          quantity: 1,
          price: 10,
        },
      ],
    },
    subscription: { id: 'sub_1', planId: 'price_1', planName: 'Pro plan' },
  });
});

describe('the plan of an invoice', () => {
  const line = (name: string, changes: object) => ({
    description: name,
    pricing: { price_details: { price: `price_${name}` } },
    ...changes,
  });
  const parent = (type: string, proration: boolean) => ({
    parent: { type, [type]: { proration } },
  });
  const pending = line('setup', parent('invoice_item_details', false));
  const unused = line('old', parent('subscription_item_details', true));
  const own = line('new', parent('subscription_item_details', false));
  const later = line('seats', parent('subscription_item_details', false));

  test.each([
    ['behind pending items and prorations', 3, [pending, unused, own, later], 'new'],
    ['alone', 1, [own], 'new'],
    ['of nothing but prorations is the first', 1, [unused, pending], 'old'],
    [
      'of older API versions',
      2,
      [
        line('setup', { type: 'invoiceitem', proration: false }),
        line('old', { type: 'subscription', proration: true }),
        line('new', { type: 'subscription', proration: false }),
      ],
      'new',
    ],
  ])('%s', (_name, bought, data, plan) => {
    const event = only(read('invoice.paid', { ...invoice, lines: { data } }));
    expect(event.subscription).toEqual({
      id: 'sub_1',
      planId: `price_${plan}`,
      planName: plan,
    });
    expect(event.order?.items).toHaveLength(bought);
  });
});

test('a session that saves a card is ignored: nothing was bought', () => {
  const setup = { ...stripeSession, mode: 'setup', payment_status: 'no_payment_required' };
  expect(read('checkout.session.completed', setup)).toMatchObject({
    events: [{ type: 'custom' }],
    unheard: {
      kind: 'ignored',
      reason: 'a session in setup mode saves a card: nothing was bought',
    },
  });
});

test('a free trial is paid, with a total of nothing', () => {
  const trial = { mode: 'subscription', payment_status: 'no_payment_required', amount_total: 0 };
  expect(only(read('checkout.session.completed', { ...stripeSession, ...trial }))).toMatchObject({
    type: 'order.paid',
    order: { total: 0 },
  });
});

test('an invoice of older API versions', () => {
  const line = {
    description: 'Pro',
    quantity: 2,
    price: { id: 'price_0', product: 'prod_0', unit_amount: 500 },
  };
  const old = { ...invoice, parent: null, subscription: 'sub_0', lines: { data: [line] } };
  expect(only(read('invoice.paid', old))).toMatchObject({
    order: { items: [{ productId: 'prod_0', variantId: 'price_0', price: 5 }] },
    subscription: { id: 'sub_0', planId: 'price_0' },
  });
});

test('a refund reaches the customer, under the payment intent', () => {
  expect(only(read('charge.refunded', charge))).toMatchObject({
    contact: { email: 'lee@example.com', firstName: 'Lee' },
    order: { id: 'pi_1', total: 50, currency: 'EUR' },
  });
  const bare = {
    ...charge,
    payment_intent: null,
    billing_details: {},
    receipt_email: 'r@example.com',
  };
  expect(only(read('charge.refunded', bare))).toMatchObject({
    contact: { email: 'r@example.com' },
    order: { id: 'ch_1' },
  });
});

test('a canceled subscription is named by its metadata, or not at all', () => {
  expect(only(read('customer.subscription.deleted', subscription))).toMatchObject({
    contact: { email: 'lee@example.com' },
    subscription: { id: 'sub_1', planId: 'price_1', planName: 'Pro', status: 'active' },
  });
  expect(
    only(read('customer.subscription.deleted', { ...subscription, metadata: {} })).contact,
  ).toEqual({});
});

test.each([
  ['usd', 1999, 19.99],
  ['jpy', 500, 500],
  ['ugx', 500, 5],
  ['isk', 500, 5],
  ['kwd', 5120, 5.12],
  ['xyz', 100, 1],
  ['usd', 0, 0],
  ['usd', null, undefined],
  [null, 1999, undefined],
])('%s %s is %s in major units', (currency, amount_total, total) => {
  const event = only(
    read('checkout.session.completed', { ...stripeSession, currency, amount_total }),
  );
  expect(event.order?.total).toBe(total);
});

test('what is not there is no field at all', () => {
  const event = only(
    read('checkout.session.completed', {
      ...stripeSession,
      amount_total: null,
      customer_details: null,
    }),
  );
  expect(Object.keys(event.order ?? {})).not.toContain('total');
  expect(Object.keys(event.contact)).toEqual([]);
});

test('a thin event is ignored, and says what to send instead', () => {
  const thin = { id: 'evt_2', object: 'v2.core.event', type: 'v1.charge.refunded' };
  expect(readOurs(stripe, deliver(thin))).toEqual({
    kind: 'ignored',
    topic: 'v1.charge.refunded',
    reason: expect.stringContaining('snapshot events'),
  });
});

test('test mode says so', () => {
  const body = { ...stripeEvent('checkout.session.completed', stripeSession), livemode: false };
  expect(only(readOurs(stripe, deliver(body))).test).toBe(true);
});

test.each([
  ['no type', readOurs(stripe, deliver({ id: 'evt_1' })), 'type'],
  ['no object', read('checkout.session.completed', 'x'), 'data.object'],
  ['no session id', read('checkout.session.completed', { ...stripeSession, id: null }), 'order.id'],
  ['no JSON', readOurs(stripe, deliver('nope')), 'not a JSON object'],
])('%s is unreadable and says why', (_name, reading, reason) => {
  expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});
