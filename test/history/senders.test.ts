import { describe, expect, test } from '@jest/globals';
import type { CodeSourceName, CustomerEvent } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import type { HistoryOrder } from '../../lib/history/history.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { historyAt } from '../../lib/history/view.ts';
import { codeSources } from '../../lib/sources/index.ts';
import {
  deliver,
  NOW,
  shopifyOrder,
  stripeEvent,
  stripeSession,
  wixBody,
  wixOrder,
  wooOrder,
} from '../sources/fixtures.ts';
import { eventOn, historyOf, onDay } from '../support/facts.ts';
import { readOurs } from '../support/read-ours.ts';

type Headers = Readonly<Record<string, string>>;

function read(
  source: CodeSourceName,
  body: unknown,
  headers: Headers = {},
): readonly CustomerEvent[] {
  const reading = readOurs(codeSources[source], deliver(body, headers));
  if (reading.kind !== 'events') throw new Error(`${reading.kind}: ${reading.reason}`);
  return reading.events;
}

const shopify = (topic: string, change: object): readonly CustomerEvent[] =>
  read('shopify', { ...shopifyOrder, ...change }, { 'x-shopify-topic': topic });
const woo = (topic: string, change: object): readonly CustomerEvent[] =>
  read('woocommerce', { ...wooOrder, ...change }, { 'x-wc-webhook-topic': topic });
const stripe = (type: string, object: object): readonly CustomerEvent[] =>
  read('stripe', stripeEvent(type, object));
const wix = (topic: string, order: object): readonly CustomerEvent[] =>
  read('wix', wixBody(topic, { actionEvent: { body: { order: { ...wixOrder, ...order } } } }));
const flat = (source: 'custom' | 'standard-webhooks', event: string, change: object = {}) => {
  const fields = {
    email: 'kim@example.com',
    order_id: 'A1',
    total: 50,
    currency: 'EUR',
    ...change,
  };
  if (source === 'custom') return read(source, { event, ...fields });
  const reading = codeSources[source].read({
    ...deliver({ type: event, timestamp: '2026-11-21T10:00:00Z', data: fields }),
    messageId: `msg ${event}`,
  } as never);
  return reading.kind === 'events' ? reading.events : [];
};

/** The one order that the deliveries are about, in whatever order they come. */
function oneOrder(...deliveries: readonly (readonly CustomerEvent[])[]): HistoryOrder | undefined {
  const orders = [deliveries, deliveries.toReversed()].map((all) => {
    const history = historyAt(keptOf(factsOf(all.flat(), NOW)), { now: NOW });
    expect(history.orders).toHaveLength(1);
    return history.orders[0];
  });
  expect(orders[1]).toEqual(orders[0]);
  return orders[0];
}

const kim = { email: 'kim@example.com' };
const intent = 'pi_1';
const bySession = { ...stripeSession, payment_intent: intent, invoice: null };
const invoice = {
  object: 'invoice',
  id: 'in_1',
  status: 'paid',
  total: 1999,
  currency: 'usd',
  customer_email: 'lee@example.com',
  billing_reason: 'subscription_create',
  subscription: 'sub_1',
  lines: { data: [{ type: 'subscription', description: '1 × Club', amount: 1999, quantity: 1 }] },
};
const charge = {
  object: 'charge',
  id: 'ch_1',
  payment_intent: intent,
  amount: 1999,
  amount_refunded: 1999,
  refunded: true,
  currency: 'usd',
  billing_details: { email: 'lee@example.com' },
};

const REFUNDS: Readonly<Record<string, readonly (readonly CustomerEvent[])[]>> = {
  'Shopify, an order': [
    shopify('orders/paid', {}),
    shopify('orders/updated', { financial_status: 'refunded', updated_at: '2026-11-21T11:59:30Z' }),
  ],
  'WooCommerce, an order': [woo('order.updated', {}), woo('order.updated', { status: 'refunded' })],
  'WooCommerce, a renewal': [
    woo('order.updated', { meta_data: [{ key: '_subscription_renewal', value: 700 }] }),
    woo('order.updated', { status: 'refunded', date_modified_gmt: '2026-11-21T10:30:00' }),
  ],
  'Wix, an order': [
    wix('wix.ecom.v1.order_approved', {}),
    wix('wix.ecom.v1.order_payment_status_updated', { paymentStatus: 'FULLY_REFUNDED' }),
  ],
  'Stripe, a session': [
    stripe('checkout.session.completed', bySession),
    stripe('charge.refunded', charge),
  ],
  'Stripe, a session and its payment': [
    stripe('checkout.session.completed', bySession),
    stripe('payment_intent.succeeded', {
      ...{ object: 'payment_intent', id: intent, amount: 1999, currency: 'usd' },
      receipt_email: 'lee@example.com',
    }),
    stripe('charge.refunded', charge),
  ],
  'Stripe, a charge without a payment intent': [
    stripe('charge.succeeded', {
      ...charge,
      payment_intent: null,
      refunded: false,
      amount_refunded: 0,
    }),
    stripe('charge.refunded', { ...charge, payment_intent: null }),
  ],
  'Stripe, a session of a subscription, its invoice and their charge': [
    stripe('checkout.session.completed', {
      ...{ ...stripeSession, mode: 'subscription', subscription: 'sub_1' },
      ...{ payment_intent: null, invoice: 'in_1' },
    }),
    stripe('invoice.paid', { ...invoice, payment_intent: intent, charge: 'ch_1' }),
    stripe('charge.refunded', { ...charge, invoice: 'in_1' }),
  ],
  'Stripe from 2025-03-31 on, where the payment intent comes': [
    stripe('invoice.paid', invoice),
    stripe('payment_intent.succeeded', {
      ...{ object: 'payment_intent', id: intent, amount: 1999, currency: 'usd' },
      ...{ description: 'Subscription creation', receipt_email: 'lee@example.com' },
      payment_details: { order_reference: 'in_1' },
    }),
    stripe('charge.refunded', charge),
  ],
  'custom, with an order_id': [flat('custom', 'order.paid'), flat('custom', 'order.refunded')],
  'Standard Webhooks, with an order_id': [
    flat('standard-webhooks', 'order.paid'),
    flat('standard-webhooks', 'order.refunded'),
  ],
};

describe('a purchase and its refund are one order that is not paid', () => {
  test.each(Object.entries(REFUNDS))('%s', (_what, deliveries) => {
    const [purchase = []] = deliveries;

    expect(oneOrder(purchase)).toMatchObject({ paid: true, refunded: false });
    expect(oneOrder(...deliveries)).toMatchObject({ paid: false, refunded: true, total: 0 });
  });
});

describe('a purchase and its cancellation are one order that is not paid', () => {
  test.each([
    [
      'Shopify',
      shopify('orders/paid', {}),
      shopify('orders/cancelled', {
        cancelled_at: '2026-11-21T11:59:20Z',
        financial_status: 'paid',
      }),
    ],
    [
      'WooCommerce',
      woo('order.updated', {}),
      woo('order.updated', { status: 'cancelled', date_modified_gmt: '2026-11-21T11:00:00' }),
    ],
    [
      'Wix',
      wix('wix.ecom.v1.order_approved', {}),
      wix('wix.ecom.v1.order_canceled', { status: 'CANCELED' }),
    ],
  ])('%s', (_source, purchase, cancellation) => {
    expect(oneOrder(purchase, cancellation)).toMatchObject({ paid: false, canceled: true });
  });
});

describe('what cannot be joined', () => {
  test("Stripe's invoice from 2025-03-31 on and a refund of its charge", () => {
    const events = [...stripe('invoice.paid', invoice), ...stripe('charge.refunded', charge)];

    expect(historyOf(events).orders.map(({ paid }) => paid)).toEqual([true, false]);
  });

  test('custom events without an order_id', () => {
    const events = ['order.paid', 'order.refunded'].flatMap((event) =>
      flat('custom', event, { order_id: undefined }),
    );

    expect(historyOf(events).orders.map(({ paid }) => paid)).toEqual([true, false]);
  });
});

describe('Shopify', () => {
  const [desk, mat] = shopifyOrder.line_items;
  const returned = (change: object) =>
    shopify('orders/updated', {
      ...{ financial_status: 'partially_refunded', updated_at: '2026-11-21T11:59:30Z' },
      ...{ total_price: '249.50', current_total_price: '149.75' },
      line_items: [
        { ...desk, current_quantity: 1 },
        { ...mat, current_quantity: 1 },
      ],
      refunds: [
        {
          created_at: '2026-11-21T11:59:30Z',
          refund_line_items: [{ line_item_id: 1, quantity: 1 }],
          transactions: [{ kind: 'refund', status: 'success', amount: '99.75' }],
        },
      ],
      ...change,
    });
  const [bought] = [shopify('orders/paid', {})];
  const LEFT = {
    total: 149.75,
    items: [
      { sku: 'DESK-1', quantity: 1 },
      { sku: 'MAT', quantity: 1 },
    ],
  };

  test('takes a refund in part off once', () => {
    expect(oneOrder(bought, returned({}))).toMatchObject(LEFT);
  });

  test('takes it off once, too, where the order is fulfilled or changed later', () => {
    const later = { updated_at: '2026-11-21T11:59:40Z', fulfillment_status: 'fulfilled' };
    const fulfilled = returned({}).map((event) => event.order && event.data);
    const delivery = shopify('orders/fulfilled', { ...fulfilled[0], ...later });
    const noted = returned({ updated_at: '2027-01-21T11:50:00Z' });

    expect(oneOrder(bought, returned({}), delivery)).toMatchObject({ ...LEFT, fulfilled: true });
    expect(noted[0]?.type).toBe('custom');
    expect(oneOrder(bought, returned({}), noted)).toMatchObject(LEFT);
  });

  test('stays canceled where a body that was written later says something else', () => {
    const [cancelled_at, updated_at] = ['2026-11-21T11:59:20Z', '2026-11-21T11:59:25Z'];
    const canceled = shopify('orders/cancelled', { cancelled_at });

    expect(oneOrder(canceled, shopify('orders/paid', { cancelled_at, updated_at }))).toMatchObject({
      paid: false,
      canceled: true,
    });
  });

  test('says when the order was placed', () => {
    expect(oneOrder(returned({}))?.at).toBe(Date.parse(shopifyOrder.created_at));
  });
});

describe('WooCommerce', () => {
  const year = { date_modified_gmt: '2026-11-21T11:30:00', status: 'completed' };

  test('has the times of payment and completion, and not of the last change', () => {
    const [order] = factsOf(woo('order.updated', year), NOW).filter(
      ({ type }) => type === 'order.paid',
    );

    expect(order?.at).toBe(Date.parse('2026-11-21T10:05:00Z'));
  });

  test('does not renew a subscription that ended by a change of its last order', () => {
    const renewal = { meta_data: [{ key: '_subscription_renewal', value: 700 }] };
    const ended = eventOn(0, 'subscription.canceled', {
      ...{ source: 'woocommerce', occurredAt: '2026-11-21T11:00:00Z' },
      subscription: { id: '700' },
    });
    const { subscriptions } = historyOf([ended, ...woo('order.updated', { ...year, ...renewal })]);

    expect(subscriptions).toMatchObject([{ active: false }]);
  });

  test('puts a canceled order back', () => {
    const canceled = woo('order.updated', {
      status: 'cancelled',
      date_modified_gmt: '2026-11-21T11:00:00',
    });

    expect(oneOrder(woo('order.updated', {}), canceled, woo('order.updated', year))).toMatchObject({
      paid: true,
      canceled: false,
    });
  });

  test('has what the last change says of the amounts', () => {
    const part = { ...year, refunds: [{ id: 1, total: '-14.20' }] };

    expect(oneOrder(woo('order.updated', {}), woo('order.updated', part))).toMatchObject({
      paid: true,
      total: 50,
    });
  });
});

describe('senders that report each refund by itself', () => {
  const of = (source: string, id: string, data: object, refundedTotal: number) =>
    eventOn(2, 'order.partially_refunded', {
      ...{ source, id, data: data as CustomerEvent['data'] },
      order: { id: '1', refundedTotal },
    });
  const total = (source: string, refunds: readonly CustomerEvent[]) =>
    historyOf([
      eventOn(1, 'order.paid', { source, order: { id: '1', total: 50, currency: 'EUR' } }),
      ...refunds,
    ]).orders.map((order) => order.total);

  test.each([
    ['paddle', (id: string) => ({ data: { id } })],
    ['whop', (id: string) => ({ data: { id } })],
    ['chargebee', (id: string) => ({ content: { transaction: { id } } })],
    ['paystack', (id: string) => ({ data: { refund_reference: id } })],
    ['paypal', (id: string) => ({ resource: { id } })],
    ['thrivecart', () => ({})],
    ['paddle-classic', () => ({})],
  ])('%s: two add up, one that comes twice does not', (source, data) => {
    const [first, second] = [of(source, 'e1', data('r1'), 10), of(source, 'e2', data('r2'), 15)];

    expect(total(source, [first, second])).toEqual([25]);
    expect(total(source, [first, first])).toEqual([40]);
  });

  test('payments of one ThriveCart subscription are orders of their own', () => {
    const renewal = (number: string) =>
      eventOn(3, 'subscription.renewed', {
        ...{ source: 'thrivecart', id: number, subscription: { id: 's' } },
        order: { id: '1', number, total: 9 },
      });

    expect(total('thrivecart', [renewal('5'), renewal('6')])).toEqual([50, 9, 9]);
  });

  test("PayPal's refund is joined by the link to its capture", () => {
    const links = [
      { rel: 'self', href: 'https://api.paypal.com/v2/payments/refunds/R' },
      { rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/CAP' },
    ];
    const capture = eventOn(1, 'order.paid', {
      ...{
        source: 'paypal',
        data: { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: 'CAP' } },
      },
      order: { id: 'ORDER', total: 50 },
    });
    const refund = eventOn(2, 'order.partially_refunded', {
      ...{
        source: 'paypal',
        data: { event_type: 'PAYMENT.CAPTURE.REFUNDED', resource: { id: 'R', links } },
      },
      order: { id: 'R', refundedTotal: 50 },
    });

    expect(oneOrder([capture], [refund])).toMatchObject({ paid: false, refunded: true });
  });

  test("Chargebee's refund without an invoice is joined by the payment's transaction", () => {
    const content = (transaction: object) => ({ content: { transaction } });
    const payment = eventOn(1, 'order.paid', {
      ...{ source: 'chargebee', data: content({ id: 'txn_1' }) },
      order: { id: '1203', total: 50 },
    });
    const refund = eventOn(2, 'order.partially_refunded', {
      ...{ source: 'chargebee', data: content({ id: 'txn_2', refunded_txn_id: 'txn_1' }) },
      order: { id: 'txn_2', refundedTotal: 50 },
    });

    expect(oneOrder([payment], [refund])).toMatchObject({ paid: false, refunded: true });
  });
});

test('Wix reports a submission twice, and it is one', () => {
  const entityId = 'b0000000-0000-4000-8000-00000000000b';
  const submitted = read(
    'wix',
    wixBody('wix.forms.v4.submission_created', {
      entityId,
      createdEvent: { entity: { id: entityId, formId: 'f1', submissions: kim } },
    }),
  );
  const mapped = read(
    'wix',
    wixBody('wix.forms.v4.submission_submission_contact_mapped', {
      ...{ entityId, id: 'a1b2c3d4-0000-4000-8000-000000000002' },
      actionEvent: { body: { contactId: 'b0000000-0000-4000-8000-0000000000cc', formId: 'f1' } },
    }),
  );

  expect(historyOf([...submitted, ...mapped]).forms).toMatchObject([{ id: 'f1' }]);
  expect(historyOf(submitted).first).toBeGreaterThan(onDay(0));
});
