import { namesSomebody } from '../../events/contact.ts';
import type { EventType } from '../../events/event.ts';
import { at, isObject, type JsonObject, text } from '../payload/access.ts';
import {
  type EntityDraft,
  type EntityReader,
  ignored,
  NO_EVENT,
  NOT_AN_OBJECT,
  toReading,
  unreadable,
} from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { parseObject } from '../payload/parse.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Reading, Source, Verified } from '../source.ts';
import { person } from './stripe-fields.ts';
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

const TOPICS = new Map<string, EntityReader>([
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
  ['customer.created', customerAs('customer.created')],
  ['customer.updated', customerAs('customer.updated')],
  ['customer.subscription.created', createdSubscription],
  ['customer.subscription.updated', updatedSubscription],
  ['customer.subscription.paused', subscriptionAs('subscription.paused')],
  ['customer.subscription.resumed', subscriptionAs('subscription.resumed')],
  ['customer.subscription.deleted', subscriptionAs('subscription.canceled')],
]);

/** Other events of these objects, which only a rule that names the topic hears. */
const OBJECTS = new Map<string, EntityReader>([
  ['subscription', subscriptionAs()],
  ['invoice', otherInvoice],
]);

function customerAs(...types: readonly EventType[]): EntityReader {
  return (object) => ({ types, contact: person(object) });
}

/** An invoice that is only foreseen (`invoice.upcoming`) has no id, and so is no order. */
function otherInvoice(object: JsonObject): EntityDraft {
  const { order, ...found } = invoice(object);
  return { ...found, order: order?.id === undefined ? undefined : order, types: [] };
}

const IS_REFUND = /^(?:refund\.created|refund\.updated|charge\.refund\.updated)$/;

function read(delivery: Verified): Reading {
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const topic = text(body, 'type');
  if (topic === undefined) return unreadable('the event has no type');
  if (text(body, 'object')?.startsWith('v2.')) {
    return ignored(topic, 'a thin event holds no data: let the endpoint send snapshot events');
  }
  const known = TOPICS.get(topic);
  const object = at(body, 'data.object');
  const otherHint = IS_REFUND.test(topic)
    ? 'a refund names no customer: subscribe to charge.refunded'
    : NO_EVENT;
  if (!isObject(object)) {
    return known ? unreadable('the event has no data.object') : ignored(topic, otherHint);
  }
  const readOther = OBJECTS.get(text(object, 'object') ?? '') ?? customerAs();
  const found = known?.(object, body) ?? { hint: otherHint, ...readOther(object, body) };
  const reading = toReading('stripe', delivery, {
    ...found,
    id: text(body, 'id'),
    topic,
    occurredAt: isoTime(body.created),
    test: body.livemode === false,
    data: body,
  });
  const isNobodys = reading.kind === 'events' && !namesSomebody(reading.events[0].contact);
  return found.hint !== undefined && isNobodys ? ignored(topic, found.hint) : reading;
}
