import { byTopic, finish, ignored, unreadable } from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { asText, at, isObject, type JsonObject, objectOrJson, text } from '../payload/json.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Delivery, Reading, Source, Verified } from '../source.ts';
import { contactCreated, contactSubmitted, contactUpdated, ownWork } from './wix-contacts.ts';
import {
  abandonedCheckout,
  approvedOrder,
  order,
  orderFulfilled,
  orderPayment,
  orderUpdated,
} from './wix-ecom.ts';
import { contactIn, type Found } from './wix-fields.ts';
import { formMapped, formSubmitted } from './wix-forms.ts';
import { bookingAs, bookingCreated, consent, member } from './wix-people.ts';
import { plan, planCycle } from './wix-plans.ts';
import { restaurantOrder } from './wix-restaurants.ts';

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

/** The payload of an event, whichever of the three kinds it is, with the event around it. */
type Meaning = (payload: JsonObject, event: JsonObject) => Found;

const MEANINGS = new Map<string, Meaning>([
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
  ['wix.contacts.v4.contact_created', contactCreated],
  ['wix.contacts.v4.contact_updated', contactUpdated],
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

/** What the other events of an entity say besides their topic. */
const ENTITIES = new Map<string, Meaning>([
  ['wix.bookings.v2.booking', bookingAs()],
  ['wix.ecom.v1.order', (payload) => order(undefined, payload.order ?? payload)],
  ['wix.ecom.v1.abandoned_checkout', (checkout) => ({ ...abandonedCheckout(checkout), types: [] })],
  ['wix.pricing_plans.v2.order', plan()],
  ['wix.restaurants.v3.order', restaurantOrder()],
]);

const NO_TYPE = 'no event of Earmark comes of this type';
const PASSED_OVER = new Map([
  [
    'wix.ecom.v1.order_transactions_refund_completed',
    'a refund names nobody: subscribe to order_payment_status_updated, which tells of refunds too',
  ],
]);

function read(delivery: Verified): Reading {
  const envelope = objectOrJson(delivery.claims?.data);
  if (envelope === undefined) return unreadable('the token holds no envelope (data)');
  const written = objectOrJson(envelope.data);
  const topic = text(envelope, 'eventType') ?? domainType(written);
  if (topic === undefined) return unreadable('the envelope has no eventType');
  const mean = MEANINGS.get(topic);
  const hint = PASSED_OVER.get(topic) ?? NO_TYPE;
  const missing = (what: string): Reading =>
    mean ? unreadable(`the ${topic} ${what}`) : ignored(topic, hint);
  if (written === undefined) return missing('envelope holds no event (data)');
  if (written.triggeredByAnonymizeRequest === true) {
    return ignored(topic, 'a privacy request set it off: somebody is to be forgotten');
  }
  const event = withoutJsonText(written);
  const payload = payloadOf(event);
  if (payload === undefined) return missing('event holds no entity and no body');
  const reason = topic === 'wix.contacts.v4.contact_updated' ? ownWork(envelope, event) : undefined;
  if (reason !== undefined) return ignored(topic, reason);
  const other = (): Found => ({ types: [], contact: contactIn(payload) });
  const tell = mean ?? ENTITIES.get(text(event, 'entityFqdn') ?? '') ?? other;
  const found = { hint, ...tell(payload, event) };
  return told(delivery, { topic, site: asText(envelope.instanceId), event, ...found });
}

interface Told extends Found {
  readonly topic: string;
  readonly site: string | undefined;
  readonly event: JsonObject;
  readonly hint: string;
}

function told(delivery: Delivery, { types, hint, event, ...found }: Told): Reading {
  const draft = {
    ...found,
    id: text(event, 'id'),
    occurredAt: isoTime(event.eventTime),
    data: event,
  };
  const [first, ...rest] = types;
  return first === undefined
    ? byTopic('wix', delivery, draft, hint)
    : finish('wix', delivery, { ...draft, types: [first, ...rest] });
}

/** The type by the event's own account, for envelopes that do not name it. */
function domainType(event: JsonObject | undefined): string | undefined {
  const fqdn = text(event, 'entityFqdn');
  const slug = text(event, 'slug');
  return fqdn === undefined || slug === undefined ? undefined : `${fqdn}_${slug}`;
}

const KINDS = ['createdEvent', 'updatedEvent', 'deletedEvent', 'actionEvent'];
const IS_WRITTEN = /^(?:entity|currentEntity|deletedEntity|body)(?:AsJson)?$|^modifiedFields$/;

/** With what Wix wrote as JSON text as the object that it is, in its place, so that rules can read it. */
function withoutJsonText(event: JsonObject): JsonObject {
  const kinds = KINDS.flatMap((kind) => {
    const told = objectOrJson(event[kind]);
    return told === undefined ? [] : [[kind, told] as const];
  });
  const readable = kinds.map(([kind, told]) => {
    const parts = Object.entries(told).map(([key, value]) => [
      key,
      IS_WRITTEN.test(key) ? (objectOrJson(value) ?? value) : value,
    ]);
    return [kind, Object.fromEntries(parts)];
  });
  return { ...event, ...Object.fromEntries(readable) };
}

/** Present events hold the entity as an object, older ones under another name. */
function payloadOf(event: JsonObject): JsonObject | undefined {
  const places = ['createdEvent.entity', 'updatedEvent.currentEntity', 'actionEvent.body'];
  return places.flatMap((place) => [at(event, place), at(event, `${place}AsJson`)]).find(isObject);
}
