import { asText, at, isObject, type JsonObject, objectOrJson, parseObject, text } from './json.ts';
import { decodeJwt } from './jwt.ts';
import { finish, ignored, unreadable } from './reading.ts';
import { SCHEMES, signedBy } from './signature.ts';
import type { Delivery, Reading, Source } from './source.ts';
import { isoTime } from './values.ts';
import { contactCreated, contactUpdated, ownWork } from './wix-contacts.ts';
import {
  type Found,
  formMapped,
  formSubmitted,
  order,
  orderPayment,
  orderUpdated,
  planCanceled,
  planCycle,
  planStarted,
} from './wix-entities.ts';

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

/** The payload of an event, whichever of the three kinds it is, with its id. */
type Meaning = (payload: JsonObject, event: JsonObject) => Found | { readonly pass: string };

const MEANINGS = new Map<string, Meaning>([
  ['wix.ecom.v1.order_created', (payload) => order('order.created', payload)],
  ['wix.ecom.v1.order_approved', ({ order: approved }) => orderPayment(approved, 'order.created')],
  ['wix.ecom.v1.order_payment_status_updated', ({ order: changed }) => orderPayment(changed)],
  ['wix.ecom.v1.order_updated', orderUpdated],
  ['wix.ecom.v1.order_canceled', ({ order: canceled }) => order('order.canceled', canceled)],
  ['wix.contacts.v4.contact_created', contactCreated],
  ['wix.contacts.v4.contact_updated', contactUpdated],
  ['wix.pricing_plans.v2.order_purchased', planStarted],
  ['wix.pricing_plans.v2.order_started', planStarted],
  ['wix.pricing_plans.v2.order_cycle_started', planCycle],
  ['wix.pricing_plans.v2.order_canceled', planCanceled],
  ['wix.forms.v4.submission_created', formSubmitted],
  ['wix.forms.v4.submission_submission_contact_mapped', formMapped],
]);

const PASSED_OVER = new Map([
  [
    'wix.ecom.v1.order_transactions_refund_completed',
    'a refund names nobody: subscribe to order_payment_status_updated, which tells of refunds too',
  ],
]);

function read(delivery: Delivery): Reading {
  const token = decodeJwt(delivery.body);
  const envelope = objectOrJson(token && parseObject(token.claims)?.data);
  if (envelope === undefined) return unreadable('the token holds no envelope (data)');
  const event = objectOrJson(envelope.data);
  const topic = text(envelope, 'eventType') ?? domainType(event);
  if (topic === undefined) return unreadable('the envelope has no eventType');
  const mean = MEANINGS.get(topic);
  if (mean === undefined) {
    return ignored(topic, PASSED_OVER.get(topic) ?? 'no event of Earmark comes of this type');
  }
  if (event === undefined) return unreadable(`the ${topic} envelope holds no event (data)`);
  const payload = payloadOf(event);
  if (payload === undefined) return unreadable(`the ${topic} event holds no entity and no body`);
  const reason = topic === 'wix.contacts.v4.contact_updated' ? ownWork(envelope, event) : undefined;
  if (reason !== undefined) return ignored(topic, reason);
  const found = mean(payload, event);
  if ('pass' in found) return ignored(topic, found.pass);
  return finish('wix', delivery, {
    ...found,
    id: text(event, 'id'),
    topic,
    occurredAt: isoTime(event.eventTime),
    site: asText(envelope.instanceId),
    data: event,
  });
}

/** The type by the event's own account, for envelopes that do not name it. */
function domainType(event: JsonObject | undefined): string | undefined {
  const fqdn = text(event, 'entityFqdn');
  const slug = text(event, 'slug');
  return fqdn === undefined || slug === undefined ? undefined : `${fqdn}_${slug}`;
}

/** Present events hold the entity as an object, older ones as JSON text under another name. */
function payloadOf(event: JsonObject): JsonObject | undefined {
  const places: readonly (readonly [string, string])[] = [
    ['createdEvent', 'entity'],
    ['updatedEvent', 'currentEntity'],
    ['actionEvent', 'body'],
  ];
  for (const [kind, name] of places) {
    const wrapped = at(event, kind);
    if (!isObject(wrapped)) continue;
    const payload = objectOrJson(wrapped[name]) ?? objectOrJson(wrapped[`${name}AsJson`]);
    if (payload !== undefined) return payload;
  }
  return undefined;
}
