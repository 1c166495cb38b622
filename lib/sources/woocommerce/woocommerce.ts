import type { EventType } from '../../events/event.ts';
import { asText, isObject, type JsonObject, text } from '../payload/access.ts';
import {
  bodyDigest,
  type EntityDraft,
  ignored,
  NO_EVENT,
  NOT_AN_OBJECT,
  toReading,
  unreadable,
} from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { parseObject } from '../payload/parse.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Delivery, Reading, Source, Verified } from '../source.ts';
import {
  customerDraft,
  orderDraft,
  type ResourceDraft,
  subscriptionDraft,
} from './woocommerce-fields.ts';
import { isDraft, orderTypes, subscriptionTypes, type Verb } from './woocommerce-types.ts';

const TOPIC_HEADER = 'x-wc-webhook-topic';

/**
 * WooCommerce webhooks. There is no topic for a payment: an order's status says it (WooCommerce
 * includes/class-wc-webhook.php and REST API v3, checked 2026-11-21).
 */
export const woocommerce: Source = {
  name: 'woocommerce',
  secretSetting: 'WOOCOMMERCE_WEBHOOK_SECRET',
  topicHeader: TOPIC_HEADER,
  ...signedBy(SCHEMES.woocommerce),
  isPing,
  read,
};

/** Creating a webhook posts this form, without signature or topic, and wants exactly 200. */
function isPing({ body }: Delivery): boolean {
  return body.length < 40 && /^webhook_id=\d+$/.test(body.toString('latin1'));
}

interface Resource {
  readonly types: (verb: Verb, body: JsonObject) => readonly EventType[];
  readonly draft: (body: JsonObject) => ResourceDraft;
  /** Why a delivery says nothing that Earmark has a type for. */
  readonly hint: string;
}

const RESOURCES = new Map<string, Resource>(
  Object.entries({
    order: {
      types: orderTypes,
      draft: orderDraft,
      hint: 'Earmark has no event type for this status of an order',
    },
    subscription: {
      types: subscriptionTypes,
      draft: subscriptionDraft,
      hint: 'the subscription did not start, renew, pause or end with this: it is a later change, or a status without an event type',
    },
    customer: {
      types: (verb: Verb) => [verb === 'created' ? 'customer.created' : 'customer.updated'],
      draft: customerDraft,
      hint: '',
    },
  }),
);

function read(delivery: Verified): Reading {
  const topic = asText(delivery.headers[TOPIC_HEADER]);
  if (topic === undefined) return unreadable('the X-WC-Webhook-Topic header is missing');
  const [name = '', verb, ...others] = topic.split('.', 3);
  const resource = others.length === 0 ? RESOURCES.get(name) : undefined;
  const body = parseObject(delivery.body);
  if (resource === undefined || (verb !== 'created' && verb !== 'updated')) {
    if (body === undefined) return ignored(topic, NO_EVENT);
    const draft = isOrder(body) ? orderDraft(body) : customerDraft(body);
    return readingOf(delivery, topic, body, { ...draft, types: [], hint: NO_EVENT });
  }
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const problem = problemOf(body, name, topic);
  if (problem !== undefined) return unreadable(problem);
  if (name === 'order' && isDraft(body)) {
    return ignored(topic, 'the order is a draft: nobody has placed it');
  }
  const types = resource.types(verb, body);
  return readingOf(delivery, topic, body, { ...resource.draft(body), types, hint: resource.hint });
}

const isOrder = (body: JsonObject): boolean =>
  Array.isArray(body.line_items) || body.total !== undefined;

/** What the body is instead of the order, customer or subscription, and what to do about it. */
function problemOf(body: JsonObject, resource: string, topic: string): string | undefined {
  const code = text(body, 'code');
  if (code !== undefined && text(body, 'message') !== undefined && body.id === undefined) {
    return errorText(code, resource);
  }
  if (isObject(body[resource])) {
    return `the ${resource} is written as WooCommerce's legacy API does: set the webhook's API version to WP REST API Integration v3`;
  }
  // The topic is not signed: it may not turn a customer into an order.
  if (isOrder(body) !== (resource !== 'customer')) {
    return `the topic is ${topic}, but the signed body is of another kind`;
  }
  return text(body, 'id') === undefined ? 'the body has no id' : undefined;
}

/**
 * A webhook's body is what the REST API answers the webhook's user, also when that is a refusal
 * (woocommerce/woocommerce#26926, #37806), and saving a webhook keeps its user (class-wc-admin-webhooks.php; all read
 * 2026-11-28).
 */
function errorText(code: string, resource: string): string {
  const named = /^[a-z\d_]{1,80}$/.test(code) ? ` (${code})` : '';
  const cause = /cannot|forbidden|unauthorized|not_logged_in|authentication/.test(code)
    ? "the webhook's user may not read it. Create the webhook anew as an administrator (saving it again keeps the user), and delete the old one"
    : 'it may be deleted, or a plugin fails. See the log of webhook deliveries (WooCommerce → Status → Logs)';
  return `WooCommerce sent an error${named} in place of the ${resource}: ${cause}`;
}

/**
 * WooCommerce's delivery id is a hash of webhook and second, which two orders can share. The resource's id and
 * the time of its last change are equal for every delivery of one state.
 */
function readingOf(
  delivery: Delivery,
  topic: string,
  body: JsonObject,
  found: EntityDraft,
): Reading {
  const changed = text(body, 'date_modified_gmt', 'date_created_gmt');
  const created = topic.endsWith('.created') ? text(body, 'date_created_gmt') : undefined;
  return toReading('woocommerce', delivery, {
    ...found,
    id: `${topic}:${text(body, 'id') ?? ''}:${changed ?? bodyDigest(delivery)}`,
    topic,
    occurredAt: isoTime(created ?? changed),
    data: body,
  });
}
