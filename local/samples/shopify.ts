import { hmacBase64 } from '../sign.ts';
import { type Draft, type Facts, JSON_TYPE, money, type Payload, type Sampler } from './sampler.ts';

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
      tags: 'sample',
      test: false,
      customer: { id: number + 1, email, first_name: firstName, last_name: lastName, tags: '' },
      line_items: [
        { id: number + 2, title: 'Lamp', sku: 'LAMP-1', quantity: 1, price: money(total) },
      ],
      ...changes,
    },
  };
}

/** There is no topic of a refund that names the customer: the order's update does. */
function refund(facts: Facts, financial_status: string): Draft {
  const { number, iso } = facts;
  const refunds = [{ id: number + 3, created_at: iso, processed_at: iso }];
  return order(facts, 'orders/updated', { financial_status, updated_at: iso, refunds });
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
