import { EVENT_TYPES, type EventType } from '../lib/events/event.ts';
import { type Draft, type Facts, JSON_TYPE, type Payload, type Sampler } from './sampler.ts';
import { standardHeaders } from './sign.ts';

/** The flat schema has every event. */
const draftsOf = (make: (facts: Facts, type: EventType) => Draft): Sampler['drafts'] =>
  Object.fromEntries(EVENT_TYPES.map((type) => [type, (facts: Facts) => make(facts, type)]));

export const standardWebhooks: Sampler = {
  secret: (text) => `whsec_${Buffer.from(text).toString('base64')}`,
  drafts: draftsOf((facts, type) => {
    const products = [{ title: 'Clock', sku: 'CLOCK-1', quantity: 1, price: facts.total }];
    const data = { ...person(facts), ...about(facts, type, products) };
    return { topic: type, payload: { type, timestamp: facts.iso, data } };
  }),
  sign({ payload }, { id, seconds }, secret) {
    const body = JSON.stringify(payload);
    const signed = standardHeaders(secret, `msg_${id}`, seconds, body);
    return { body, headers: { ...JSON_TYPE, ...signed } };
  },
};

/** Flat, as automation tools fill it in. */
export const custom: Sampler = {
  drafts: draftsOf((facts, type) => ({
    topic: type,
    payload: { type, event_id: facts.id, ...person(facts), ...about(facts, type, 'Radio') },
  })),
  sign: ({ payload }, _facts, secret) => ({
    body: JSON.stringify(payload),
    headers: { ...JSON_TYPE, authorization: `Bearer ${secret}` },
  }),
};

function person({ buyer }: Facts): Payload {
  const { email, phone, firstName: first_name, lastName: last_name, contactId } = buyer;
  return { email, phone, first_name, last_name, ...(contactId && { contact_id: contactId }) };
}

function about({ id, total }: Facts, type: EventType, products: unknown): Payload {
  if (type.startsWith('order.')) return { order_id: id, total, currency: 'USD', products };
  if (type.startsWith('subscription.')) {
    const subscription_status = type === 'subscription.canceled' ? 'canceled' : 'active';
    return { subscription_id: `sub-${id}`, plan: 'Gold', plan_id: 'gold', subscription_status };
  }
  if (type === 'form.submitted') {
    return { form_id: 'newsletter', form_name: 'Newsletter', 'field:topic': 'Clocks' };
  }
  return {};
}
