import { type Draft, type Facts, JSON_TYPE, money, type Payload, type Sampler } from './sampler.ts';
import { hmacBase64 } from './sign.ts';

export const shopify: Sampler = {
  drafts: {
    'order.created': (facts) => order(facts, 'orders/create', { financial_status: 'pending' }),
    'order.paid': (facts) => order(facts, 'orders/paid'),
    'order.fulfilled': (facts) =>
      order(facts, 'orders/fulfilled', { fulfillment_status: 'fulfilled' }),
    'order.canceled': (facts) =>
      order(facts, 'orders/cancelled', { cancelled_at: facts.iso, cancel_reason: 'customer' }),
    'order.refunded': (facts) => refund(facts, 'refunded'),
    'order.partially_refunded': (facts) => refund(facts, 'partially_refunded'),
    'customer.created': (facts) => customer(facts, 'customers/create'),
    'customer.updated': (facts) => customer(facts, 'customers/update'),
    'consent.given': (facts) => consent(facts, 'subscribed'),
    'consent.withdrawn': (facts) => consent(facts, 'unsubscribed'),
  },
  sign({ topic, payload }, { id, iso }, secret) {
    const body = JSON.stringify(payload);
    return {
      body,
      headers: {
        ...JSON_TYPE,
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': 'sample.myshopify.com',
        'x-shopify-api-version': '2026-10',
        'x-shopify-webhook-id': id,
        'x-shopify-event-id': id,
        'x-shopify-triggered-at': iso,
        'x-shopify-hmac-sha256': hmacBase64(secret, body),
      },
    };
  },
};

function order(facts: Facts, topic: string, changes: Payload = {}): Draft {
  const { buyer, number, iso, total } = facts;
  const { email, phone, firstName, lastName } = buyer;
  return {
    topic,
    payload: {
      id: number,
      admin_graphql_api_id: `gid://shopify/Order/${number}`,
      email,
      phone,
      name: `#${number}`,
      created_at: iso,
      financial_status: 'paid',
      currency: 'USD',
      total_price: money(total),
      current_total_price: money(total),
      tags: 'sample',
      test: false,
      buyer_accepts_marketing: false,
      customer_locale: 'en-US',
      source_name: 'web',
      payment_gateway_names: ['shopify_payments'],
      discount_codes: [],
      note_attributes: [],
      refunds: [],
      customer: { id: number + 1, email, first_name: firstName, last_name: lastName, tags: '' },
      billing_address: { first_name: firstName, last_name: lastName, country_code: 'US' },
      shipping_address: { first_name: firstName, last_name: lastName, country_code: 'US' },
      line_items: [{ ...lamp(facts), current_quantity: 1, vendor: 'Lumen' }],
      ...changes,
    },
  };
}

const lamp = ({ number, total }: Facts) => ({
  id: number + 2,
  title: 'Lamp',
  sku: 'LAMP-1',
  quantity: 1,
  price: money(total),
});

/** There is no topic of a refund that names the customer: the order's update does. */
function refund(facts: Facts, financial_status: 'refunded' | 'partially_refunded'): Draft {
  const { number, iso, total } = facts;
  const isWhole = financial_status === 'refunded';
  const back = isWhole ? total : total / 2;
  const amount = money(back);
  const refunds = [
    {
      id: number + 3,
      created_at: iso,
      processed_at: iso,
      transactions: [
        { id: number + 4, kind: 'refund', status: 'success', amount, currency: 'USD' },
      ],
      refund_line_items: isWhole
        ? [{ id: number + 5, line_item_id: number + 2, quantity: 1, line_item: lamp(facts) }]
        : [],
    },
  ];
  const current_total_price = money(total - back);
  const change = { financial_status, updated_at: iso, current_total_price, refunds };
  return order(facts, 'orders/updated', change);
}

function consent({ buyer, number, iso }: Facts, state: string): Draft {
  return {
    topic: 'customers_email_marketing_consent/update',
    payload: {
      customer_id: number,
      email_address: buyer.email,
      email_marketing_consent: {
        state,
        opt_in_level: 'single_opt_in',
        consent_updated_at: iso,
      },
    },
  };
}

function customer({ buyer, number, iso }: Facts, topic: string): Draft {
  const { email, phone, firstName, lastName } = buyer;
  return {
    topic,
    payload: {
      id: number,
      admin_graphql_api_id: `gid://shopify/Customer/${number}`,
      email,
      phone,
      first_name: firstName,
      last_name: lastName,
      created_at: iso,
      updated_at: iso,
    },
  };
}
