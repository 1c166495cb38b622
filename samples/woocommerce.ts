import {
  bare,
  type Draft,
  type Facts,
  JSON_TYPE,
  money,
  type Payload,
  type Sampler,
} from './sampler.ts';
import { hmacBase64 } from './sign.ts';

/** A status says all that went before: a fulfilled order is paid, too, and so is a partial refund's. */
export const woocommerce: Sampler = {
  drafts: {
    'order.created': (facts) =>
      order(facts, 'order.created', { status: 'pending', date_paid_gmt: null }),
    'order.paid': (facts) => order(facts, 'order.updated', { status: 'processing' }),
    'order.fulfilled': (facts) => order(facts, 'order.updated', { status: 'completed' }),
    'order.canceled': (facts) => order(facts, 'order.updated', { status: 'cancelled' }),
    'order.refunded': (facts) => order(facts, 'order.updated', { status: 'refunded' }),
    'order.partially_refunded': (facts) => {
      const refunds = [{ id: facts.number + 1, reason: '', total: money(-facts.total / 2) }];
      return order(facts, 'order.updated', { status: 'processing', refunds });
    },
    'payment.failed': (facts) =>
      order(facts, 'order.updated', { status: 'failed', date_paid_gmt: null }),
    'customer.created': (facts) => customer(facts, 'customer.created'),
    'customer.updated': (facts) => customer(facts, 'customer.updated'),
    'subscription.started': (facts) => subscription(facts, 'subscription.created', 'active'),
    'subscription.renewed': (facts) =>
      subscription(facts, 'subscription.updated', 'active', facts.number + 1),
    'subscription.paused': (facts) => subscription(facts, 'subscription.updated', 'on-hold'),
    'subscription.will_end': (facts) =>
      subscription(facts, 'subscription.updated', 'pending-cancel'),
    'subscription.canceled': (facts) => subscription(facts, 'subscription.updated', 'cancelled'),
  },
  sign({ topic, payload }, { id }, secret) {
    const body = JSON.stringify(payload);
    const [resource = '', event = ''] = topic.split('.');
    return {
      body,
      headers: {
        ...JSON_TYPE,
        'x-wc-webhook-source': 'https://sample.example.com/',
        'x-wc-webhook-topic': topic,
        'x-wc-webhook-resource': resource,
        'x-wc-webhook-event': event,
        'x-wc-webhook-id': '1',
        'x-wc-webhook-delivery-id': bare(id),
        'x-wc-webhook-signature': hmacBase64(secret, body),
      },
    };
  },
};

function order(facts: Facts, topic: string, changes: Payload): Draft {
  const { buyer, number, iso, total } = facts;
  const { email, phone, firstName, lastName } = buyer;
  const gmt = iso.slice(0, 19);
  return {
    topic,
    payload: {
      id: number,
      number: String(number),
      status: 'processing',
      currency: 'USD',
      total: money(total),
      date_created_gmt: gmt,
      date_modified_gmt: gmt,
      date_paid_gmt: gmt,
      customer_id: 0,
      payment_method: 'stripe',
      created_via: 'checkout',
      billing: { first_name: firstName, last_name: lastName, email, phone, country: 'US' },
      shipping: { first_name: firstName, last_name: lastName, country: 'US' },
      line_items: [
        { id: 1, name: 'Teapot', sku: 'TEA-1', product_id: 7, quantity: 1, price: total },
      ],
      coupon_lines: [],
      refunds: [],
      ...changes,
    },
  };
}

/** The WooCommerce Subscriptions extension's, which extends an order. */
function subscription(facts: Facts, topic: string, status: string, renewal?: number): Draft {
  const { number, iso, total } = facts;
  const line_items = [
    { id: 1, name: 'Tea club', sku: 'CLUB-1', product_id: 8, quantity: 1, price: total },
  ];
  const period = { billing_period: 'month', billing_interval: '1', parent_id: number - 1 };
  const value = renewal === undefined ? [] : [renewal];
  return order(facts, topic, {
    status,
    line_items,
    ...period,
    start_date_gmt: iso.slice(0, 19),
    last_payment_date_gmt: iso.slice(0, 19),
    meta_data: [{ id: 2, key: '_subscription_renewal_order_ids_cache', value }],
  });
}

function customer({ buyer, number, iso }: Facts, topic: string): Draft {
  const { email, phone, firstName: first_name, lastName: last_name } = buyer;
  const gmt = iso.slice(0, 19);
  return {
    topic,
    payload: {
      id: number,
      date_created_gmt: gmt,
      date_modified_gmt: gmt,
      email,
      first_name,
      last_name,
      role: 'customer',
      billing: { first_name, last_name, email, phone },
    },
  };
}
