import type { EventType } from '../../events/event.ts';
import {
  bodyDigest,
  byTopic,
  type Draft,
  finish,
  ignored,
  NOT_AN_OBJECT,
  unreadable,
} from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import { asText, isObject, type JsonObject, parseObject, text } from '../payload/json.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Delivery, Reading, Source, Verified } from '../source.ts';
import { customerFacts, orderFacts } from './woocommerce-fields.ts';
import { type Change, isDraft, orderTypes } from './woocommerce-orders.ts';
import { subscriptionFacts, subscriptionType } from './woocommerce-subscriptions.ts';

const TOPIC_HEADER = 'x-wc-webhook-topic';

/**
 * WooCommerce webhooks. There is no topic for a payment: an order's status tells (WooCommerce
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

type Facts = Pick<Draft, 'contact' | 'order' | 'subscription' | 'test'>;

/** What a resource's deliveries say, and the reason where they say nothing that Earmark has a type for. */
interface Resource {
  readonly types: (change: Change, body: JsonObject) => readonly EventType[];
  readonly facts: (body: JsonObject) => Facts;
  readonly reason: string;
}

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  [
    'order',
    {
      types: orderTypes,
      facts: orderFacts,
      reason: 'the status of the order is not one that an event comes of',
    },
  ],
  [
    'subscription',
    {
      types: subscriptionType,
      facts: subscriptionFacts,
      reason:
        'the subscription did not start, renew, pause or end with this: it is a later change, or a status that no event comes of',
    },
  ],
  [
    'customer',
    {
      types: (change) => [change === 'created' ? 'customer.created' : 'customer.updated'],
      facts: customerFacts,
      reason: '',
    },
  ],
]);

function read(delivery: Verified): Reading {
  const topic = asText(delivery.headers[TOPIC_HEADER]);
  if (topic === undefined) return unreadable('the X-WC-Webhook-Topic header is missing');
  const [name = '', change, ...others] = topic.split('.', 3);
  const resource = others.length === 0 ? RESOURCES.get(name) : undefined;
  const body = parseObject(delivery.body);
  if (resource === undefined || (change !== 'created' && change !== 'updated')) {
    const reason = 'no event of Earmark comes of this topic';
    if (body === undefined) return ignored(topic, reason);
    const facts = isOrder(body) ? orderFacts(body) : customerFacts(body);
    return byTopic('woocommerce', delivery, { ...facts, ...common(delivery, topic, body) }, reason);
  }
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const problem = problemOf(body, name, topic);
  if (problem !== undefined) return unreadable(problem);
  if (name === 'order' && isDraft(body)) {
    return ignored(topic, 'the order is a draft: nobody has placed it');
  }
  const draft = { ...resource.facts(body), ...common(delivery, topic, body) };
  const [first, ...rest] = resource.types(change, body);
  return first === undefined
    ? byTopic('woocommerce', delivery, draft, resource.reason)
    : finish('woocommerce', delivery, { ...draft, types: [first, ...rest] });
}

const isOrder = (body: JsonObject): boolean =>
  Array.isArray(body.line_items) || body.total !== undefined;

/** What stands in place of the order, customer or subscription, and what to do about it. */
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
 * A webhook's body is what its REST API answers the webhook's user, be it a refusal
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
 * WooCommerce's delivery id is a hash of webhook and second, which two orders can share; what was
 * delivered and when that was last changed is equal for every delivery of one state.
 */
function common(
  delivery: Delivery,
  topic: string,
  body: JsonObject,
): Pick<Draft, 'id' | 'topic' | 'occurredAt' | 'data'> {
  const created = topic.endsWith('.created');
  const changed = text(body, 'date_modified_gmt', 'date_created_gmt') ?? bodyDigest(delivery);
  return {
    id: `${topic}:${text(body, 'id') ?? ''}:${changed}`,
    topic,
    occurredAt: isoTime(
      text(body, ...(created ? ['date_created_gmt'] : []), 'date_modified_gmt', 'date_created_gmt'),
    ),
    data: body,
  };
}
