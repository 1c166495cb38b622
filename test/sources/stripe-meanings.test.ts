import { describe, expect, test } from '@jest/globals';
import { stripe } from '../../lib/sources/stripe/stripe.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only, stripeEvent, stripeSession, types } from './fixtures.ts';

const read = (type: string, object: object, more: object = {}) =>
  readOurs(stripe, deliver({ ...stripeEvent(type, object), ...more }));
const heard = (reading: ReturnType<typeof read>) =>
  reading.kind === 'ignored' || reading.kind === 'unreadable' ? reading : reading.unheard;

const person = { customer_email: 'ines@example.com', customer_name: 'Inês Melo' };
const invoice = (billing_reason: string, data: readonly object[], more: object = {}) => ({
  id: 'in_9',
  object: 'invoice',
  status: 'paid',
  billing_reason,
  currency: 'eur',
  total: 1500,
  ...person,
  parent: { subscription_details: { subscription: 'sub_9' } },
  lines: { data },
  ...more,
});

describe('a change of plan', () => {
  const prorated = (kind: 'subscription_item_details' | 'invoice_item_details', plan: string) => ({
    parent: { type: kind, [kind]: { proration: true } },
    pricing: { price_details: { price: `price_${plan}` }, unit_amount_decimal: '77' },
  });
  const given = 'Unused time on 2 × Basic (at €10.00 / month) after 12 Nov 2026';
  const taken = 'Remaining time on 1 × Pro (at €30.00 / month) after 12 Nov 2026';
  const setup = {
    description: 'Set-up',
    amount: 300,
    quantity: 1,
    parent: { type: 'invoice_item_details', invoice_item_details: { proration: false } },
  };
  const old = { type: 'invoiceitem', proration: true };

  test.each([
    [
      'of today',
      [
        { ...prorated('invoice_item_details', 'basic'), description: given, amount: -500 },
        setup,
        { ...prorated('subscription_item_details', 'pro'), description: taken, amount: 2000 },
      ],
    ],
    [
      'of older API versions',
      [
        { ...old, description: given, amount: -500, price: { id: 'price_basic' } },
        { ...setup, parent: undefined, type: 'invoiceitem' },
        { ...old, description: taken, amount: 2000, price: { id: 'price_pro' } },
      ],
    ],
  ])('is no purchase, and its prorations are no items: %s', (_name, lines) => {
    const event = only(read('invoice.paid', invoice('subscription_update', lines)));
    expect(event).toMatchObject({ type: 'subscription.changed', order: { total: 15 } });
    expect(event.order?.items.map(({ title }) => title)).toEqual(['Set-up']);
    expect(event.subscription).toEqual({ id: 'sub_9', planId: 'price_pro', planName: 'Pro' });
  });

  test('of credits alone names no plan', () => {
    const lines = [
      { ...prorated('invoice_item_details', 'basic'), description: given, amount: -1 },
    ];
    const event = only(read('invoice.paid', invoice('subscription_update', lines)));
    expect(event.order?.items).toEqual([]);
    expect(event.subscription).toEqual({ id: 'sub_9' });
  });

  test.each([
    ['2018-05-21', [{ type: 'subscription' }], 'subscription.started'],
    ['2018-05-21', [{ type: 'subscription', proration: true }], 'subscription.changed'],
    ['2018-10-31', [{ type: 'subscription' }], 'subscription.changed'],
    [undefined, [{ type: 'subscription' }], 'subscription.changed'],
  ])('and a first invoice had one name before 2018-10-31: %s', (api_version, lines, expected) => {
    const reading = read('invoice.paid', invoice('subscription_update', lines), { api_version });
    expect(types(reading)).toEqual([expected]);
  });
});

test('a credit is bought in no invoice', () => {
  const lines = [
    { description: 'Desk', amount: 5000, quantity: 1 },
    { description: 'Discount for the scratch', amount: -500, quantity: 1 },
  ];
  const { order } = only(read('invoice.paid', invoice('manual', lines)));
  expect(order?.items.map(({ title }) => title)).toEqual(['Desk']);
});

describe('the name of a plan', () => {
  test.each([
    ['1 × Gold (at $10.00 / month)', 'Gold'],
    ['12 × noMami - Assinatura (a R$ 29.90 / month)', 'noMami - Assinatura'],
    ['1,200 requests × API (Tier 2 at $0.01 / month)', 'API'],
    ['1 × Or (12,00 € / mois)', 'Or'],
    ['1\u00a0× Or (à 12,00\u202f€\u00a0/\u00a0mois)', 'Or'],
    ['Gold (at $10.00 / every 3 months)', 'Gold'],
    ['Storage (10 GB / month)', 'Storage (10 GB / month)'],
    ['1 × Storage (10 GB / month) (at $5.00 / month)', 'Storage (10 GB / month)'],
    ['1 × Bundle 2 × 4 (old) (at $5.00 / month)', 'Bundle 2 × 4 (old)'],
    ['Bundle 2 × 4', 'Bundle 2 × 4'],
    ['Trial period for Gold', 'Gold'],
    ['Trial period for 3 × Gold', 'Gold'],
    ['Remaining time on 3 × Gold (at $10.00 / month) after 12 Nov 2026', 'Gold'],
    ['Remaining time on Gold Plus after 27 Aug 2015', 'Gold Plus'],
    ['Unused time on 1 × Gold after Nov 12, 2026', 'Gold'],
    ['Remaining time on Bundle 2 × 4 after 12 Nov 2026', 'Bundle 2 × 4'],
    ['1 × ', '1 ×'],
  ])('%j is %j', (description, planName) => {
    const lines = [{ description, type: 'subscription', price: { id: 'price_1' } }];
    const event = only(read('invoice.paid', invoice('subscription_cycle', lines)));
    expect(event.subscription?.planName).toBe(planName);
  });

  test('of a proration in another language is what stands between quantity and price', () => {
    const description = 'Temps restant sur 2 × Or (à 12,00 € / mois) après le 12 nov. 2026';
    const lines = [{ description, proration: true, type: 'invoiceitem', amount: 1 }];
    const event = only(read('invoice.paid', invoice('subscription_update', lines)));
    expect(event.subscription?.planName).toBe('Or');
  });

  const item = { price: { id: 'price_1', nickname: 'Monthly' }, quantity: 1 };
  const line = { ...item, type: 'subscription', description: '1 × Gold (at €5.00 / month)' };
  const bare = { price: { id: 'price_1' }, type: 'subscription', description: '1 × Gold' };
  const named = { plan_name: 'Gold Plus', plan: 'price_9', email: 'ines@example.com' };
  const invoices = (type: string, reason: string, row: object, more: object = {}) =>
    read(type, invoice(reason, [row], more));
  const subscription = (metadata: object, row: object = item) => ({
    id: 'sub_9',
    status: 'active',
    metadata,
    items: { data: [row] },
  });
  const readings = (metadata: object, row: object) => {
    const more = { parent: { subscription_details: { subscription: 'sub_9', metadata } } };
    return [
      invoices('invoice.paid', 'subscription_create', row, more),
      invoices('invoice.payment_succeeded', 'subscription_cycle', row, more),
      invoices('invoice.paid', 'subscription_update', row, more),
      invoices('invoice.payment_failed', 'subscription_cycle', row, more),
      read('customer.subscription.deleted', subscription(metadata)),
      read('customer.subscription.paused', subscription(metadata)),
    ];
  };

  test.each([
    ['what the metadata of the subscription says', 'Gold Plus', readings(named, bare)],
    ['the nickname of the price', 'Monthly', readings({}, line)],
  ])('is the same in all events: %s', (_name, expected, all) => {
    const plans = all.map((reading) => only(reading).subscription);
    expect(new Set(plans.map((plan) => plan?.planName))).toEqual(new Set([expected]));
    expect(new Set(plans.map((plan) => plan?.planId))).toEqual(new Set(['price_1']));
  });

  test('in the metadata is found wherever Stripe copies it to', () => {
    for (const [row, more] of [
      [bare, { subscription_details: { metadata: named } }],
      [{ ...bare, metadata: named }, {}],
    ] as const) {
      const event = only(invoices('invoice.paid', 'subscription_cycle', row, more));
      expect(event.subscription?.planName).toBe('Gold Plus');
    }
    const session = { ...stripeSession, mode: 'subscription', subscription: 'sub_9' };
    const placed = only(
      read('checkout.session.completed', { ...session, metadata: { plan_name: 'Gold Plus' } }),
    );
    expect(placed.subscription).toEqual({ id: 'sub_9', planName: 'Gold Plus' });
  });
});

describe('what a plan costs, and how often', () => {
  const recurring = (interval_count: number) => ({ interval: 'month', interval_count });
  test.each([
    [{ price: { unit_amount: 700, recurring: recurring(1) }, quantity: 11 }, 'month', 77],
    [{ price: { unit_amount: 2990, recurring: recurring(3) } }, '3 month', 29.9],
    [{ plan: { amount: 500, interval: 'year', interval_count: 1 } }, 'year', 5],
    [{ price: { unit_amount: null, recurring: null } }, undefined, undefined],
    [{ pricing: { unit_amount_decimal: '990' }, quantity: 2 }, undefined, 19.8],
  ])('%j', (line, interval, price) => {
    const lines = [{ ...line, type: 'subscription' }];
    const { subscription } = only(read('invoice.paid', invoice('subscription_cycle', lines)));
    expect([subscription?.interval, subscription?.price]).toEqual([interval, price]);
  });
});

describe('an item costs what is charged', () => {
  test.each([
    ['nothing in a trial', { amount: 0, quantity: 11, price: { unit_amount: 700 } }, 0],
    ['the price of one', { amount: 5980, quantity: 2, price: { unit_amount: 2990 } }, 29.9],
    ['a tier', { amount: 1500, quantity: 10, price: { unit_amount: null } }, 1.5],
    ['nothing used', { amount: 0, quantity: 0, price: { unit_amount: 700 } }, 7],
    ['as it is listed', { quantity: 2, price: { unit_amount: 2990 } }, 29.9],
  ])('%s', (_name, line, price) => {
    const { order } = only(read('invoice.paid', invoice('manual', [line])));
    expect(order?.items[0]?.price).toBe(price);
  });
});

test('an invoice of a cycle without a subscription id is read without a subscription', () => {
  const event = only(read('invoice.paid', invoice('subscription_cycle', [], { parent: null })));
  expect(event).toMatchObject({
    type: 'subscription.renewed',
    contact: { email: 'ines@example.com' },
    order: { total: 15 },
  });
  expect(event.subscription).toBeUndefined();
});

test('the subscription of old invoices stands on their lines', () => {
  const lines = [{ type: 'subscription', subscription: 'sub_4' }];
  const event = only(read('invoice.paid', invoice('subscription_cycle', lines, { parent: null })));
  expect(event.subscription?.id).toBe('sub_4');
});

describe('payments without a session or an invoice', () => {
  const charge = {
    id: 'ch_1',
    object: 'charge',
    payment_intent: 'pi_1',
    amount: 5000,
    amount_captured: 4000,
    amount_refunded: 0,
    captured: true,
    currency: 'eur',
    billing_details: { email: 'ines@example.com', address: { country: 'pt' } },
    payment_method_details: { type: 'sepa_debit' },
  };
  const intent = {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 5000,
    amount_received: 4000,
    currency: 'eur',
    receipt_email: 'ines@example.com',
    payment_method_types: ['card', 'link'],
  };
  test.each([
    ['charge.succeeded', charge, 'order.paid', 40],
    ['charge.captured', charge, 'order.paid', 40],
    ['payment_intent.succeeded', intent, 'order.paid', 40],
    ['charge.failed', charge, 'payment.failed', 50],
    ['payment_intent.payment_failed', intent, 'payment.failed', 50],
  ])('%s is %3$s', (topic, object, type, total) => {
    expect(only(read(topic, object))).toMatchObject({
      type,
      contact: { email: 'ines@example.com' },
      order: { id: 'pi_1', total, currency: 'EUR' },
    });
  });

  test('report the country and how it was paid, where that is one', () => {
    expect(only(read('charge.succeeded', charge))).toMatchObject({
      contact: { country: 'PT' },
      order: { paymentMethod: 'sepa_debit', refundedTotal: 0 },
    });
    const { order } = only(read('payment_intent.succeeded', intent));
    expect(Object.keys(order ?? {})).not.toContain('paymentMethod');
  });

  test.each([
    ['of an invoice', 'charge.succeeded', { ...charge, invoice: 'in_1' }, 'invoice.paid'],
    [
      'of an invoice by its description',
      'payment_intent.succeeded',
      { ...intent, description: 'Subscription creation' },
      'invoice.paid',
    ],
    [
      'that failed, of an invoice',
      'charge.failed',
      { ...charge, invoice: 'in_1' },
      'invoice.payment_failed',
    ],
    ['authorized alone', 'charge.succeeded', { ...charge, captured: false }, 'charge.captured'],
  ])('%s only a rule for the topic hears', (_name, topic, object, remedy) => {
    const reading = read(topic, object);
    expect(types(reading)).toEqual(['custom']);
    expect(heard(reading)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining(`subscribe to ${remedy}`),
    });
  });

  test('that name nobody are ignored, and say what to do', () => {
    const reading = read('payment_intent.succeeded', { ...intent, receipt_email: null });
    expect(heard(reading)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('metadata.email'),
    });
  });

  test('have the metadata of the payment intent, which names somebody, too', () => {
    const metadata = { email: 'theo@example.com', campaign: 'spring', blank: ' ' };
    const { contact, order } = only(
      read('charge.refunded', { ...charge, billing_details: {}, amount_refunded: 1250, metadata }),
    );
    expect(contact.email).toBe('theo@example.com');
    expect(order).toMatchObject({
      refundedTotal: 12.5,
      attributes: { email: 'theo@example.com', campaign: 'spring' },
    });
    expect(order?.attributes).not.toHaveProperty('blank');
  });
});

describe('customer.subscription.updated says what Stripe says has changed', () => {
  const price = (id: string, quantity = 1) => ({ data: [{ price: { id }, quantity }] });
  const updated = (previous_attributes: object | undefined, now: object = {}) => {
    const object = {
      id: 'sub_9',
      status: 'active',
      metadata: { email: 'ines@example.com' },
      items: price('price_new', 2),
      quantity: 2,
      plan: { id: 'price_new' },
      cancel_at: null,
      cancel_at_period_end: false,
      pause_collection: null,
      ...now,
    };
    return read('customer.subscription.updated', object, { data: { object, previous_attributes } });
  };
  test.each([
    ['another price', ['subscription.changed'], { items: price('price_old', 2) }, {}],
    ['another quantity', ['subscription.changed'], { items: price('price_new', 1) }, {}],
    ['another plan of old', ['subscription.changed'], { plan: { id: 'price_old' } }, {}],
    ['another quantity of old', ['subscription.changed'], { quantity: 1 }, {}],
    [
      'a renewal, which lists the items for their dates',
      ['custom'],
      { items: { data: [{ price: { id: 'price_new' }, quantity: 2, current_period_end: 1 }] } },
      {},
    ],
    ['dates alone', ['custom'], { items: { data: [{ current_period_end: 1 }] } }, {}],
    [
      'notice',
      ['subscription.will_end'],
      { cancel_at_period_end: false, cancel_at: null },
      { cancel_at_period_end: true, cancel_at: 1_800_000_000 },
    ],
    [
      'notice to a day',
      ['subscription.will_end'],
      { cancel_at: null },
      { cancel_at: 1_800_000_000 },
    ],
    ['notice taken back', ['custom'], { cancel_at_period_end: true }, {}],
    [
      'an end at once',
      ['custom'],
      { cancel_at_period_end: false },
      { cancel_at_period_end: true, status: 'canceled' },
    ],
    [
      'a pause',
      ['subscription.paused'],
      { pause_collection: null },
      { pause_collection: { behavior: 'void' } },
    ],
    ['its end', ['subscription.resumed'], { pause_collection: { behavior: 'void' } }, {}],
    [
      'two things',
      ['subscription.changed', 'subscription.will_end'],
      { items: price('price_old'), cancel_at_period_end: false },
      { cancel_at_period_end: true },
    ],
    ['a status', ['custom'], { status: 'active' }, { status: 'past_due' }],
    ['nothing', ['custom'], undefined, {}],
  ])('%s', (_name, expected, before, now) => {
    expect(types(updated(before, now))).toEqual(expected);
  });

  test('and of nobody it says how to name them', () => {
    const reading = updated({ items: price('price_old') }, { metadata: {} });
    expect(heard(reading)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('metadata.email'),
    });
  });
});

test('what a session says of the person and the order', () => {
  const session = {
    ...stripeSession,
    locale: 'pt-BR',
    consent: { promotions: 'opt_in' },
    customer_details: { email: 'ines@example.com', address: { country: 'PT' } },
    collected_information: { shipping_details: { address: { country: 'ES' } } },
    payment_method_types: ['card'],
    discounts: [{ coupon: 'Z4OV52SU', promotion_code: 'promo_1' }],
    metadata: { campaign: 'spring' },
  };
  const { contact, order } = only(read('checkout.session.completed', session));
  expect(contact).toMatchObject({ country: 'PT', language: 'pt-BR', acceptsMarketing: true });
  expect(order).toMatchObject({
    shippingCountry: 'ES',
    paymentMethod: 'card',
    attributes: { campaign: 'spring' },
  });
  expect(order?.discountCodes).toBeUndefined();
  const spelt = { discounts: [{ promotion_code: { code: 'SPRING' } }] };
  const found = only(
    read('checkout.session.completed', {
      ...session,
      ...spelt,
      locale: 'auto',
      consent: { promotions: 'opt_out' },
    }),
  );
  expect(found.order?.discountCodes).toEqual(['SPRING']);
  expect(found.contact.acceptsMarketing).toBe(false);
  expect(found.contact.language).toBeUndefined();
});

test.each([
  [
    'payment_method.attached',
    { object: 'payment_method', billing_details: { email: 'a@b.example' } },
  ],
  ['invoice.finalized', { object: 'invoice', customer_email: 'a@b.example' }],
  ['customer.deleted', { object: 'customer', email: 'a@b.example' }],
])('%s, which has no type, is heard by its topic', (topic, object) => {
  const reading = read(topic, object);
  expect(only(reading)).toMatchObject({ type: 'custom', topic, contact: { email: 'a@b.example' } });
  expect(heard(reading)).toMatchObject({ kind: 'ignored' });
});

test('other events of subscriptions and invoices report the plan', () => {
  const subscription = {
    object: 'subscription',
    id: 'sub_9',
    metadata: { email: 'ines@example.com', plan_name: 'Gold' },
  };
  expect(only(read('customer.subscription.trial_will_end', subscription))).toMatchObject({
    type: 'custom',
    contact: { email: 'ines@example.com' },
    subscription: { id: 'sub_9', planName: 'Gold' },
  });
  const lines = [{ type: 'subscription', description: '1 × Gold (at €15.00 / month)' }];
  const upcoming = only(
    read('invoice.upcoming', invoice('upcoming', lines, { id: undefined, status: 'draft' })),
  );
  expect(upcoming).toMatchObject({ type: 'custom', subscription: { planName: 'Gold' } });
  expect(upcoming.order).toBeUndefined();
  expect(only(read('invoice.finalized', invoice('manual', []))).order?.total).toBe(15);
});

test.each([
  ['of a payment that failed', { last_payment_error: { payment_method: { billing_details: {} } } }],
  ['of older API versions', { charges: { data: [{ billing_details: {} }] } }],
])('a payment intent %s has the billing details within', (_name, shape) => {
  const filled = JSON.stringify(shape).replace(
    '"billing_details":{}',
    '"billing_details":{"email":"ines@example.com","name":"Inês Melo","address":{"country":"PT"}}',
  );
  const intent = { id: 'pi_1', object: 'payment_intent', amount: 100, currency: 'eur' };
  const event = only(
    read('payment_intent.payment_failed', { ...intent, ...(JSON.parse(filled) as object) }),
  );
  expect(event.contact).toEqual({
    email: 'ines@example.com',
    firstName: 'Inês',
    lastName: 'Melo',
    country: 'PT',
  });
});

test('the e-mail of an account is no customer\u2019s', () => {
  const account = { object: 'account', email: 'owner@example.com' };
  expect(read('account.updated', account)).toMatchObject({ kind: 'ignored' });
});
