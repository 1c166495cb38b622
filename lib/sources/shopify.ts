import type { EventType } from '../events/event.ts';
import { asText, at, type JsonObject, list, parseObject, text } from './json.ts';
import {
  bodyDigest,
  type Draft,
  finish,
  ignored,
  itemsAt,
  NOT_AN_OBJECT,
  unreadable,
  withTitle,
} from './reading.ts';
import { SCHEMES, signedBy } from './signature.ts';
import type { Delivery, Reading, Source } from './source.ts';
import { currencyCode, decimal, isoTime, namesOf, texts } from './values.ts';

/**
 * Shopify webhooks. The topic stands in a header that is not signed, so the signed body has the last word:
 * a body that contradicts its topic is unreadable. Paths: shopify.dev/docs/api/webhooks, checked
 * 2026-11-21.
 */
export const shopify: Source = {
  name: 'shopify',
  secretSetting: 'SHOPIFY_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.shopify),
  read,
};

/** A topic is an event's type, or the reason for passing it over. */
type Meaning =
  | { readonly type: EventType; readonly time: readonly string[] }
  | { readonly pass: string }
  | { readonly contradiction: string };

const ORDER_TOPICS = new Map<string, (order: JsonObject) => Meaning>([
  ['orders/create', () => ({ type: 'order.created', time: ['created_at'] })],
  ['orders/paid', paid],
  ['orders/fulfilled', fulfilled],
  ['orders/cancelled', cancelled],
  ['orders/updated', updated],
]);

const CUSTOMER_TOPICS = new Map<string, Meaning>([
  ['customers/create', { type: 'customer.created', time: ['created_at'] }],
  ['customers/update', { type: 'customer.updated', time: ['updated_at'] }],
]);

const PASSED_OVER = new Map([
  [
    'refunds/create',
    'a refund names nobody: subscribe to orders/updated, which tells of refunds too',
  ],
  ['customers/data_request', 'a privacy request labels nobody'],
  ['customers/redact', 'a privacy request labels nobody'],
  ['shop/redact', 'a privacy request labels nobody'],
]);

function read(delivery: Delivery): Reading {
  const topic = header(delivery, 'topic');
  if (topic === undefined) return unreadable('the X-Shopify-Topic header is missing');
  const customerMeaning = CUSTOMER_TOPICS.get(topic);
  const orderMeaning = ORDER_TOPICS.get(topic);
  if (customerMeaning === undefined && orderMeaning === undefined) {
    return ignored(topic, PASSED_OVER.get(topic) ?? 'no event of Earmark comes of this topic');
  }
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const fits = orderMeaning === undefined ? isCustomer(body) : isOrder(body);
  if (!fits) {
    return unreadable(`the topic is ${topic}, but the signed body is of another kind`);
  }
  const meaning = customerMeaning ?? orderMeaning?.(body);
  if (meaning === undefined || 'contradiction' in meaning) {
    return unreadable(`the topic is ${topic}, but ${meaning?.contradiction}`);
  }
  if ('pass' in meaning) return ignored(topic, meaning.pass);
  return finish('shopify', delivery, {
    id: eventId(delivery, topic),
    types: [meaning.type],
    topic,
    occurredAt: isoTime(text(body, ...meaning.time, 'updated_at', 'processed_at', 'created_at')),
    test: at(body, 'test') === true,
    ...(orderMeaning === undefined ? customer(body) : order(body)),
    data: body,
  });
}

/** The Events product sends the same headers without `X-`; where both are there it wins, as in Shopify's SDK. */
function header(delivery: Delivery, name: string): string | undefined {
  const prefix = delivery.headers['shopify-hmac-sha256'] === undefined ? 'x-shopify-' : 'shopify-';
  return asText(delivery.headers[`${prefix}${name}`]);
}

/**
 * `Event-Id` is one for all subscriptions to an event, `Webhook-Id` one for all tries of a delivery. The
 * topic goes with it: one action of a merchant can set off several topics.
 */
function eventId(delivery: Delivery, topic: string): string {
  const id = header(delivery, 'event-id') ?? header(delivery, 'webhook-id') ?? bodyDigest(delivery);
  return `${topic}:${id}`;
}

const has = (body: JsonObject, keys: readonly string[]): boolean =>
  keys.some((key) => Object.hasOwn(body, key));

/**
 * Carts have items alone; fulfilments and refunds (`order_id`), checkouts and draft orders have totals as
 * well.
 */
const isOrder = (body: JsonObject): boolean =>
  has(body, ['total_price', 'current_total_price', 'financial_status', 'order_number']) &&
  !has(body, ['order_id', 'abandoned_checkout_url', 'invoice_url']);

const isCustomer = (body: JsonObject): boolean =>
  !Array.isArray(body.line_items) && has(body, ['email', 'first_name', 'last_name']);

/**
 * An order that was partially refunded has been paid. A body without the status (a subscription can
 * choose its fields) contradicts nothing.
 */
function paid(order: JsonObject): Meaning {
  const status = text(order, 'financial_status');
  return status === undefined || status === 'paid' || status === 'partially_refunded'
    ? { type: 'order.paid', time: ['updated_at'] }
    : { contradiction: 'the signed body has a financial_status that is not paid' };
}

function fulfilled(order: JsonObject): Meaning {
  const status = text(order, 'fulfillment_status');
  return order.fulfillment_status === undefined || status === 'fulfilled'
    ? { type: 'order.fulfilled', time: ['updated_at'] }
    : { contradiction: 'the signed body has a fulfillment_status that is not fulfilled' };
}

function cancelled(order: JsonObject): Meaning {
  return text(order, 'cancelled_at') === undefined
    ? { contradiction: 'the signed body has no cancelled_at' }
    : { type: 'order.canceled', time: ['cancelled_at'] };
}

const REFUNDS = new Map<string, EventType>([
  ['refunded', 'order.refunded'],
  ['partially_refunded', 'order.partially_refunded'],
]);

function updated(order: JsonObject): Meaning {
  const type = REFUNDS.get(text(order, 'financial_status') ?? '');
  if (type === undefined) {
    return {
      pass: 'of all updates only refunds are events: other changes have topics of their own',
    };
  }
  return isLongRefunded(order)
    ? { pass: 'the refund was told of before: this is a later change of the order' }
    : { type, time: ['updated_at'] };
}

/**
 * Whether the order last changed more than an hour after its last refund: a note written months later
 * must not take the label that another order has earned since. Without `refunds` nobody knows.
 */
function isLongRefunded(order: JsonObject): boolean {
  let refunded = '';
  for (const refund of list(order, 'refunds')) {
    for (const step of [refund, ...list(refund, 'transactions')]) {
      for (const field of ['created_at', 'processed_at']) {
        const time = isoTime(at(step, field)) ?? '';
        if (time > refunded) refunded = time;
      }
    }
  }
  const changed = isoTime(order.updated_at);
  if (refunded === '' || changed === undefined) return false;
  return Date.parse(changed) - Date.parse(refunded) > 3_600_000;
}

function order(body: JsonObject): Pick<Draft, 'contact' | 'tags' | 'order'> {
  return {
    contact: {
      email: text(body, 'email', 'contact_email', 'customer.email'),
      // Not the shipping address: what is a gift goes to somebody else.
      phone: text(body, 'phone', 'customer.phone', 'billing_address.phone'),
      ...namesOf([body.customer, body.billing_address], 'first_name', 'last_name'),
    },
    tags: texts(at(body, 'customer.tags')),
    order: {
      id: text(body, 'id'),
      number: text(body, 'order_number', 'number', 'name'),
      total: decimal(body.total_price ?? body.current_total_price),
      currency: currencyCode(body.currency),
      items: itemsAt(body, 'line_items').map((item) =>
        withTitle({
          title: text(item, 'title', 'name'),
          sku: text(item, 'sku'),
          productId: text(item, 'product_id'),
          variantId: text(item, 'variant_id'),
          quantity: decimal(at(item, 'quantity')),
          price: decimal(at(item, 'price')),
        }),
      ),
      tags: texts(body.tags),
    },
  };
}

function customer(body: JsonObject): Pick<Draft, 'contact' | 'tags'> {
  return {
    contact: {
      email: text(body, 'email'),
      phone: text(body, 'phone', 'default_address.phone'),
      firstName: text(body, 'first_name'),
      lastName: text(body, 'last_name'),
    },
    tags: texts(body.tags),
  };
}
