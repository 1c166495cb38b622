import { asText, at, isObject, type JsonObject, text } from '../payload/access.ts';
import { type EntityReader, ignored, NO_EVENT, toReading, unreadable } from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { objectOrJson } from '../payload/parse.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Reading, Source, Verified } from '../source.ts';
import {
  consent,
  contactAs,
  contactIn,
  contactSubmitted,
  member,
  ownWork,
} from './wix-contacts.ts';
import { formMapped, formSubmitted } from './wix-forms.ts';
import {
  abandonedCheckout,
  approvedOrder,
  order,
  orderFulfilled,
  orderPayment,
  orderUpdated,
  restaurantOrder,
} from './wix-orders.ts';
import { bookingAs, bookingCreated, plan, planCycle } from './wix-services.ts';

/**
 * Wix webhooks: a JWT whose claims hold an envelope as JSON text, which holds the event as JSON text
 * (dev.wix.com, "Webhook structure", checked 2026-11-21). All three are under one signature.
 */
export const wix: Source = {
  name: 'wix',
  secretSetting: 'WIX_WEBHOOK_PUBLIC_KEY',
  ...signedBy(SCHEMES.wix),
  read,
};

/** Each reads the payload of its event: an entity, or the body of an action. */
const TOPICS = new Map<string, EntityReader>([
  ['wix.ecom.v1.order_created', (payload) => order('order.created', payload)],
  ['wix.ecom.v1.order_approved', approvedOrder],
  ['wix.ecom.v1.order_payment_status_updated', orderPayment],
  ['wix.ecom.v1.order_fulfilled', orderFulfilled],
  ['wix.ecom.v1.order_updated', orderUpdated],
  ['wix.ecom.v1.order_canceled', ({ order: canceled }) => order('order.canceled', canceled)],
  ['wix.ecom.v1.abandoned_checkout_created', abandonedCheckout],
  ['wix.restaurants.v3.order_created', restaurantOrder('order.created')],
  ['wix.restaurants.v3.order_new_order', restaurantOrder('order.created')],
  ['wix.restaurants.v3.order_fulfilled', restaurantOrder('order.fulfilled')],
  ['wix.restaurants.v3.order_canceled', restaurantOrder('order.canceled')],
  ['wix.bookings.v2.booking_created', bookingCreated],
  ['wix.bookings.v2.booking_confirmed', bookingAs('booking.created')],
  ['wix.bookings.v2.booking_canceled', bookingAs('booking.canceled')],
  ['wix.contacts.v4.contact_created', contactAs('customer.created')],
  ['wix.contacts.v4.contact_updated', contactAs('customer.updated')],
  ['wix.contacts.v4.contact_submitted', contactSubmitted],
  ['wix.members.v1.member_created', member('customer.created')],
  ['wix.members.v1.member_updated', member('customer.updated')],
  ['wix.marketing.marketing_consent.v1.marketing_consent_created', consent],
  ['wix.marketing.marketing_consent.v1.marketing_consent_updated', consent],
  ['wix.pricing_plans.v2.order_purchased', plan('subscription.started')],
  ['wix.pricing_plans.v2.order_started', plan('subscription.started')],
  ['wix.pricing_plans.v2.order_cycle_started', planCycle],
  ['wix.pricing_plans.v2.order_paused', plan('subscription.paused')],
  ['wix.pricing_plans.v2.order_resumed', plan('subscription.resumed')],
  ['wix.pricing_plans.v2.order_auto_renew_canceled', plan('subscription.will_end')],
  ['wix.pricing_plans.v2.order_canceled', plan('subscription.canceled')],
  ['wix.pricing_plans.v2.order_ended', plan('subscription.canceled')],
  ['wix.forms.v4.submission_created', formSubmitted],
  ['wix.forms.v4.submission_submission_contact_mapped', formMapped],
]);

/** Other events of these entities, which only a rule that names the topic hears. */
const ENTITIES = new Map<string, EntityReader>([
  ['wix.bookings.v2.booking', bookingAs()],
  ['wix.ecom.v1.order', (payload) => order(undefined, payload.order ?? payload)],
  ['wix.ecom.v1.abandoned_checkout', (checkout) => ({ ...abandonedCheckout(checkout), types: [] })],
  ['wix.pricing_plans.v2.order', plan()],
  ['wix.restaurants.v3.order', restaurantOrder()],
]);

const REFUND = 'wix.ecom.v1.order_transactions_refund_completed';
const REFUND_HINT =
  'a refund names nobody: subscribe to order_payment_status_updated, which reports refunds too';

const contactAlone: EntityReader = (payload) => ({ types: [], contact: contactIn(payload) });

function read(delivery: Verified): Reading {
  const envelope = objectOrJson(delivery.claims?.data);
  if (envelope === undefined) return unreadable('the token holds no envelope (data)');
  const written = objectOrJson(envelope.data);
  const topic = text(envelope, 'eventType') ?? domainType(written);
  if (topic === undefined) return unreadable('the envelope has no eventType');
  const known = TOPICS.get(topic);
  const hint = topic === REFUND ? REFUND_HINT : NO_EVENT;
  const missing = (what: string): Reading =>
    known ? unreadable(`the ${topic} ${what}`) : ignored(topic, hint);
  if (written === undefined) return missing('envelope holds no event (data)');
  if (written.triggeredByAnonymizeRequest === true) {
    return ignored(topic, 'a privacy request set it off: somebody is to be forgotten');
  }
  const event = withoutJsonText(written);
  const payload = payloadOf(event);
  if (payload === undefined) return missing('event holds no entity and no body');
  const reason = topic === 'wix.contacts.v4.contact_updated' ? ownWork(envelope, event) : undefined;
  if (reason !== undefined) return ignored(topic, reason);
  const readEntity = known ?? ENTITIES.get(text(event, 'entityFqdn') ?? '') ?? contactAlone;
  const found = readEntity(payload, event);
  return toReading('wix', delivery, {
    ...found,
    hint: found.hint ?? hint,
    id: text(event, 'id'),
    topic,
    site: asText(envelope.instanceId),
    occurredAt: isoTime(event.eventTime),
    data: event,
  });
}

/** The type as the event itself names it, for envelopes that do not. */
function domainType(event: JsonObject | undefined): string | undefined {
  const fqdn = text(event, 'entityFqdn');
  const slug = text(event, 'slug');
  return fqdn === undefined || slug === undefined ? undefined : `${fqdn}_${slug}`;
}

const KINDS = ['createdEvent', 'updatedEvent', 'deletedEvent', 'actionEvent'];
const IS_WRITTEN = /^(?:entity|currentEntity|deletedEntity|body)(?:AsJson)?$|^modifiedFields$/;

/** The event with an object wherever Wix wrote one as JSON text, so that rules can read it. */
function withoutJsonText(event: JsonObject): JsonObject {
  const kinds = KINDS.flatMap((kind) => {
    const content = objectOrJson(event[kind]);
    if (content === undefined) return [];
    const parts = Object.entries(content).map(([key, value]) => [
      key,
      IS_WRITTEN.test(key) ? (objectOrJson(value) ?? value) : value,
    ]);
    return [[kind, Object.fromEntries(parts)] as const];
  });
  return { ...event, ...Object.fromEntries(kinds) };
}

/** New events hold the entity as an object, older ones as text under another name. */
function payloadOf(event: JsonObject): JsonObject | undefined {
  const places = ['createdEvent.entity', 'updatedEvent.currentEntity', 'actionEvent.body'];
  const paths = places.flatMap((place) => [place, `${place}AsJson`]);
  return paths.map((path) => at(event, path)).find(isObject);
}
