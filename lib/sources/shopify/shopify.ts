import { asText, at, type JsonObject, text } from '../payload/access.ts';
import {
  bodyDigest,
  type EventDraft,
  ignored,
  NO_EVENT,
  NOT_AN_OBJECT,
  toReading,
  unreadable,
} from '../payload/draft.ts';
import { isoTime, texts } from '../payload/fields.ts';
import { parseObject } from '../payload/parse.ts';
import { SCHEMES, signedBy } from '../signing/verify.ts';
import type { Delivery, Reading, Source, Verified } from '../source.ts';
import { order, person } from './shopify-fields.ts';
import { has, OF_ORDERS, TOPICS, type TopicEvent, type TopicResult } from './shopify-topics.ts';

/**
 * Shopify webhooks. The topic stands in a header that is not signed, so the signed body has the last word:
 * a body that contradicts its topic is unreadable. Paths: shopify.dev/docs/api/webhooks, checked
 * 2026-11-21.
 */
export const shopify: Source = {
  name: 'shopify',
  secretSetting: 'SHOPIFY_WEBHOOK_SECRET',
  topicHeader: 'x-shopify-topic',
  ...signedBy(SCHEMES.shopify),
  read,
};

/** Topics that label nobody, also where a rule names them: privacy requests, the shop and its staff. */
const NOBODY = /^(?:customers\/(?:data_request|redact)|(?:shop|app|locations|users)\/)/;

const REFUND_HINT = 'a refund names nobody: subscribe to orders/updated, which reports refunds too';

const TEST_NOTIFICATION = "Shopify's test notification: the signature is right";

function read(delivery: Verified): Reading {
  const topic = header(delivery, 'topic');
  if (topic === undefined) return unreadable('the X-Shopify-Topic header is missing');
  if (NOBODY.test(topic))
    return ignored(topic, 'a privacy request labels nobody, and a shop is no customer');
  const body = parseObject(delivery.body);
  const known = TOPICS.get(topic);
  const hint = topic === 'refunds/create' ? REFUND_HINT : NO_EVENT;
  if (body === undefined) return known ? unreadable(NOT_AN_OBJECT) : ignored(topic, hint);
  if (known && !known.fits(body)) {
    return unreadable(`the topic is ${topic}, but the signed body is of another kind`);
  }
  const result = known?.result(body) ?? { hint };
  if (isMarkedTest(delivery, body) || (known && isUnmarkedTest(body, result))) {
    return ignored(topic, TEST_NOTIFICATION);
  }
  if ('contradiction' in result) {
    return unreadable(`the topic is ${topic}, but ${result.contradiction}`);
  }
  return toReading('shopify', delivery, draftOf(delivery, topic, body, result));
}

/** The Events product sends the same headers without `X-`; where both are there it wins, as in Shopify's SDK. */
function header(delivery: Delivery, name: string): string | undefined {
  const prefix = delivery.headers['shopify-hmac-sha256'] === undefined ? 'x-shopify-' : 'shopify-';
  return asText(delivery.headers[`${prefix}${name}`]);
}

/**
 * "Send test notification" of the admin sets this header, and `test` in the body of an order (captured
 * for 2020-07, 2023-01, 2024-10 and 2025-01; read 2026-11-28). A signed body that says it is no test wins.
 */
const isMarkedTest = (delivery: Delivery, body: JsonObject): boolean =>
  header(delivery, 'test')?.toLowerCase() === 'true' && body.test !== false;

/** Whether the body alone says that it is a test notification: its order is of the wrong kind for its topic. */
function isUnmarkedTest(body: JsonObject, result: TopicResult): boolean {
  if (body.test !== true) return false;
  return 'contradiction' in result || (result.type === undefined && isSample(body));
}

/** The order of all of Shopify's test notifications, as a number that some tools have rounded. */
const isSample = (body: JsonObject): boolean =>
  /^82098291194615450\d$/.test(text(body, 'id') ?? '');

function draftOf(
  delivery: Delivery,
  topic: string,
  body: JsonObject,
  { type, time = 'updated_at', view = 'current', hint }: TopicEvent,
): EventDraft {
  const isOrderLike = Array.isArray(body.line_items) || has(body, OF_ORDERS);
  return {
    id: eventId(delivery, topic),
    topic,
    types: type === undefined ? [] : [type],
    hint,
    occurredAt: isoTime(text(body, time, 'updated_at', 'processed_at', 'created_at')),
    test: body.test === true,
    contact: person(body),
    tags: texts(isOrderLike ? at(body, 'customer.tags') : body.tags),
    order: isOrderLike ? order(body, view) : undefined,
    data: body,
  };
}

/**
 * `Event-Id` is one for all subscriptions to an event, `Webhook-Id` one for all tries of a delivery. The
 * topic goes with it: one action of a merchant can set off several topics.
 */
function eventId(delivery: Delivery, topic: string): string {
  const id = header(delivery, 'event-id') ?? header(delivery, 'webhook-id') ?? bodyDigest(delivery);
  return `${topic}:${id}`;
}
