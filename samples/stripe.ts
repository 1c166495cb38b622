import {
  bare,
  type Draft,
  type Facts,
  JSON_TYPE,
  money,
  type Payload,
  type Sampler,
} from './sampler.ts';
import { stripeSignature } from './sign.ts';

export const stripe: Sampler = {
  secret: (text) => `whsec_${text}`,
  drafts: {
    'order.created': (facts) => session(facts, 'unpaid'),
    'order.paid': (facts) => session(facts, 'paid'),
    'order.refunded': (facts) => refund(facts, facts.total),
    'order.partially_refunded': (facts) => refund(facts, facts.total / 2),
    'customer.created': (facts) => customer(facts, 'customer.created'),
    'customer.updated': (facts) => customer(facts, 'customer.updated'),
    'checkout.abandoned': (facts) => session(facts, 'unpaid', 'expired'),
    'payment.failed': (facts) => invoice(facts, 'subscription_cycle', 'open'),
    'subscription.started': (facts) => invoice(facts, 'subscription_create'),
    'subscription.renewed': (facts) => invoice(facts, 'subscription_cycle'),
    'subscription.changed': (facts) => invoice(facts, 'subscription_update'),
    'subscription.paused': (facts) =>
      updated(facts, { pause_collection: { behavior: 'void' } }, { pause_collection: null }),
    'subscription.resumed': (facts) =>
      updated(facts, { pause_collection: null }, { pause_collection: { behavior: 'void' } }),
    'subscription.will_end': (facts) =>
      updated(facts, { cancel_at_period_end: true }, { cancel_at_period_end: false }),
    'subscription.canceled': (facts) =>
      event(facts, 'customer.subscription.deleted', subscription(facts, { status: 'canceled' })),
  },
  sign({ payload }, { seconds }, secret) {
    const body = JSON.stringify(payload);
    const signature = stripeSignature(secret, seconds, body);
    return { body, headers: { ...JSON_TYPE, 'stripe-signature': signature } };
  },
};

const PLAN = { price: 'price_sample_gold', product: 'prod_sample_gold' };
const cents = (amount: number): number => Math.round(amount * 100);
const nameOf = ({ firstName, lastName }: Facts['buyer']): string => `${firstName} ${lastName}`;

function event({ id, seconds }: Facts, topic: string, object: Payload): Draft {
  return {
    topic,
    payload: {
      id: `evt_${bare(id)}`,
      object: 'event',
      type: topic,
      created: seconds,
      livemode: false,
      data: { object },
    },
  };
}

/** A checkout names no items unless they are asked for, so no "Bought …" label comes of it. */
function session(
  facts: Facts,
  payment_status: 'paid' | 'unpaid',
  became: 'completed' | 'expired' = 'completed',
): Draft {
  const { buyer, id, seconds, total } = facts;
  return event(facts, `checkout.session.${became}`, {
    id: `cs_test_${bare(id)}`,
    object: 'checkout.session',
    created: seconds,
    mode: 'payment',
    status: became === 'expired' ? 'expired' : 'complete',
    payment_status,
    payment_intent: `pi_${bare(id)}`,
    amount_total: cents(total),
    currency: 'usd',
    customer_details: { email: buyer.email, phone: buyer.phone, name: nameOf(buyer) },
    metadata: {},
  });
}

function refund(facts: Facts, refunded: number): Draft {
  const { buyer, id, seconds, total } = facts;
  return event(facts, 'charge.refunded', {
    id: `ch_${bare(id)}`,
    object: 'charge',
    created: seconds,
    paid: true,
    payment_intent: `pi_${bare(id)}`,
    amount: cents(total),
    amount_refunded: cents(refunded),
    refunded: refunded === total,
    currency: 'usd',
    billing_details: { email: buyer.email, phone: buyer.phone, name: nameOf(buyer) },
    metadata: {},
  });
}

function customer(facts: Facts, topic: string): Draft {
  const { buyer, id, seconds } = facts;
  return event(facts, topic, {
    id: `cus_${bare(id)}`,
    object: 'customer',
    created: seconds,
    email: buyer.email,
    phone: buyer.phone,
    name: nameOf(buyer),
    metadata: {},
  });
}

function invoice(facts: Facts, billing_reason: string, status: 'paid' | 'open' = 'paid'): Draft {
  const { buyer, id, number, seconds, total } = facts;
  const subscription = `sub_${bare(id)}`;
  const line = {
    id: `il_${bare(id)}`,
    object: 'line_item',
    description: `1 × Gold (at $${money(total)} / month)`,
    quantity: 1,
    amount: cents(total),
    currency: 'usd',
    parent: {
      type: 'subscription_item_details',
      subscription_item_details: { subscription, proration: false },
    },
    pricing: { price_details: PLAN, unit_amount_decimal: String(cents(total)) },
  };
  return event(facts, status === 'paid' ? 'invoice.paid' : 'invoice.payment_failed', {
    id: `in_${bare(id)}`,
    object: 'invoice',
    number: `SAMPLE-${number}`,
    created: seconds,
    status,
    billing_reason,
    currency: 'usd',
    total: cents(total),
    customer_email: buyer.email,
    customer_phone: buyer.phone,
    customer_name: nameOf(buyer),
    parent: { type: 'subscription_details', subscription_details: { subscription } },
    lines: { object: 'list', data: [line] },
    metadata: {},
  });
}

const updated = (facts: Facts, now: Payload, previous_attributes: Payload): Draft => {
  const { topic, payload } = event(
    facts,
    'customer.subscription.updated',
    subscription(facts, now),
  );
  return {
    topic,
    payload: { ...payload, data: { ...(payload.data as Payload), previous_attributes } },
  };
};

/** A subscription names its customer in `metadata.email`, or not at all. */
const subscription = ({ buyer, id, seconds, total }: Facts, changes: Payload): Payload => ({
  id: `sub_${bare(id)}`,
  object: 'subscription',
  created: seconds,
  status: 'active',
  currency: 'usd',
  cancel_at_period_end: false,
  items: {
    object: 'list',
    data: [
      {
        price: {
          id: PLAN.price,
          nickname: 'Gold',
          currency: 'usd',
          unit_amount: cents(total),
          recurring: { interval: 'month', interval_count: 1 },
        },
        quantity: 1,
      },
    ],
  },
  metadata: { email: buyer.email },
  ...changes,
});
