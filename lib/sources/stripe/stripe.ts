import { namesSomebody } from '../../events/contact.ts';
import { byTopic, finish, ignored, NOT_AN_OBJECT, unreadable } from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { at, isObject, type JsonObject, parseObject, text } from '../payload/json.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Delivery, Reading, Source, Verified } from '../source.ts';
import { type Meaning, person } from './stripe-fields.ts';
import { invoice, paidInvoice, unpaidInvoice } from './stripe-invoices.ts';
import {
  completedSession,
  expiredSession,
  payment,
  refundedCharge,
  sessionAs,
} from './stripe-payments.ts';
import {
  createdSubscription,
  subscriptionAs,
  updatedSubscription,
} from './stripe-subscriptions.ts';

/** Stripe's snapshot events. */
export const stripe: Source = {
  name: 'stripe',
  secretSetting: 'STRIPE_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.stripe),
  read,
};

const MEANINGS = new Map<string, (object: JsonObject, event: JsonObject) => Meaning>([
  ['checkout.session.completed', completedSession],
  ['checkout.session.async_payment_succeeded', sessionAs('order.paid')],
  ['checkout.session.async_payment_failed', sessionAs('payment.failed')],
  ['checkout.session.expired', expiredSession],
  ['invoice.paid', paidInvoice],
  ['invoice.payment_succeeded', paidInvoice],
  ['invoice.payment_failed', unpaidInvoice],
  ['charge.succeeded', payment('order.paid', 'invoice.paid')],
  ['charge.captured', payment('order.paid', 'invoice.paid')],
  ['charge.failed', payment('payment.failed', 'invoice.payment_failed')],
  ['charge.refunded', refundedCharge],
  ['payment_intent.succeeded', payment('order.paid', 'invoice.paid')],
  ['payment_intent.payment_failed', payment('payment.failed', 'invoice.payment_failed')],
  ['customer.created', (object) => ({ types: ['customer.created'], contact: person(object) })],
  ['customer.updated', (object) => ({ types: ['customer.updated'], contact: person(object) })],
  ['customer.subscription.created', createdSubscription],
  ['customer.subscription.updated', updatedSubscription],
  ['customer.subscription.paused', subscriptionAs('subscription.paused')],
  ['customer.subscription.resumed', subscriptionAs('subscription.resumed')],
  ['customer.subscription.deleted', subscriptionAs('subscription.canceled')],
]);

/** What the other events of an object say besides their topic. */
const KINDS = new Map<string, (object: JsonObject) => Meaning>([
  ['subscription', subscriptionAs()],
  ['invoice', otherInvoice],
]);

function otherwise(object: JsonObject): Meaning {
  const tell = KINDS.get(text(object, 'object') ?? '');
  return tell?.(object) ?? { types: [], contact: person(object) };
}

/** One that is only foreseen (`invoice.upcoming`) has no id, and so is no order. */
function otherInvoice(object: JsonObject): Meaning {
  const { order, ...found } = invoice(object);
  return { ...found, order: order?.id === undefined ? undefined : order, types: [] };
}

const PASSED_OVER = new Map(
  ['refund.created', 'refund.updated', 'charge.refund.updated'].map((topic) => [
    topic,
    'a refund names no customer: subscribe to charge.refunded',
  ]),
);

function read(delivery: Verified): Reading {
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const topic = text(body, 'type');
  if (topic === undefined) return unreadable('the event has no type');
  if (text(body, 'object')?.startsWith('v2.')) {
    return ignored(topic, 'a thin event holds no data: let the endpoint send snapshot events');
  }
  const mean = MEANINGS.get(topic);
  const object = at(body, 'data.object');
  const hint = PASSED_OVER.get(topic) ?? 'no event of Earmark comes of this type';
  if (!isObject(object)) {
    return mean ? unreadable('the event has no data.object') : ignored(topic, hint);
  }
  return told(delivery, topic, body, mean?.(object, body) ?? { hint, ...otherwise(object) });
}

function told(delivery: Delivery, topic: string, body: JsonObject, meaning: Meaning): Reading {
  const { types, hint, ...found } = meaning;
  const draft = {
    ...found,
    id: text(body, 'id'),
    topic,
    occurredAt: isoTime(body.created),
    test: body.livemode === false,
    data: body,
  };
  const [first, ...rest] = types;
  if (first === undefined) return byTopic('stripe', delivery, draft, hint ?? '');
  const reading = finish('stripe', delivery, { ...draft, types: [first, ...rest] });
  const isNobodys = reading.kind === 'events' && !namesSomebody(reading.events[0].contact);
  return hint !== undefined && isNobodys ? ignored(topic, hint) : reading;
}
