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
import { currencyCode, decimal, decodeEntities, isoTime } from './values.ts';

/**
 * WooCommerce webhooks. There is no topic for a payment: an order's status tells (WooCommerce
 * includes/class-wc-webhook.php and REST API v3, checked 2026-11-21).
 */
export const woocommerce: Source = {
  name: 'woocommerce',
  secretSetting: 'WOOCOMMERCE_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.woocommerce),
  isPing,
  read,
};

/** Creating a webhook posts this form, without signature or topic, and wants exactly 200. */
function isPing({ body }: Delivery): boolean {
  return body.length < 40 && /^webhook_id=\d+$/.test(body.toString('latin1'));
}

function read(delivery: Delivery): Reading {
  const topic = asText(delivery.headers['x-wc-webhook-topic']);
  if (topic === undefined) return unreadable('the X-WC-Webhook-Topic header is missing');
  const [resource, change, ...others] = topic.split('.', 3);
  if ((change !== 'created' && change !== 'updated') || others.length > 0) {
    return ignored(topic, 'no event of Earmark comes of this topic');
  }
  const isOrderTopic = resource === 'order' || resource === 'subscription';
  if (!isOrderTopic && resource !== 'customer') {
    return ignored(topic, 'no event of Earmark comes of this topic');
  }
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  // The topic is not signed: it may not turn a customer into an order.
  const isOrderBody = Array.isArray(body.line_items) || body.total !== undefined;
  if (isOrderTopic !== isOrderBody) {
    return unreadable(`the topic is ${topic}, but the signed body is of another kind`);
  }
  if (text(body, 'id') === undefined) return unreadable('the body has no id');
  const found = meaning(resource, change, body);
  return 'pass' in found ? ignored(topic, found.pass) : build(delivery, topic, body, found);
}

type Meaning =
  | { readonly pass: string }
  | (Pick<Draft, 'contact' | 'order' | 'subscription'> & { readonly types: Draft['types'] });

function meaning(resource: string, change: 'created' | 'updated', body: JsonObject): Meaning {
  if (resource === 'customer') {
    return {
      types: [change === 'created' ? 'customer.created' : 'customer.updated'],
      ...customer(body),
    };
  }
  if (resource === 'subscription') return subscription(body);
  const [first, ...rest] = orderTypes(change, body);
  return first === undefined
    ? { pass: 'the status of the order is not one that an event comes of' }
    : { types: [first, ...rest], ...order(body) };
}

/** What an order's state says, in the order in which it came about. Which of it wins is the rules' affair. */
function orderTypes(change: 'created' | 'updated', body: JsonObject): EventType[] {
  const status = text(body, 'status');
  const types: EventType[] = change === 'created' ? ['order.created'] : [];
  if (status === 'processing' || status === 'completed') types.push('order.paid');
  if (status === 'completed') types.push('order.fulfilled');
  if (status === 'refunded') types.push('order.refunded');
  else if (list(body, 'refunds').length > 0) types.push('order.partially_refunded');
  if (status === 'cancelled') types.push('order.canceled');
  return types;
}

/**
 * The WooCommerce Subscriptions extension. Unconfirmed: its payload is read as an order's, which it
 * extends. A renewal is an order of its own.
 */
function subscription(body: JsonObject): Meaning {
  const status = text(body, 'status');
  const ended = status === 'cancelled' || status === 'expired';
  if (status !== 'active' && !ended) {
    return { pass: 'the status of the subscription is not one that an event comes of' };
  }
  const { contact, order: bought } = order(body);
  return {
    types: [ended ? 'subscription.canceled' : 'subscription.started'],
    contact,
    subscription: {
      id: text(body, 'id'),
      planId: bought?.items?.[0]?.productId,
      planName: bought?.items?.[0]?.title,
      status,
    },
  };
}

/**
 * WooCommerce's delivery id is a hash of webhook and second, which two orders can share; what was
 * delivered and when that was last changed is equal for every delivery of one state.
 */
function build(
  delivery: Delivery,
  topic: string,
  body: JsonObject,
  found: Exclude<Meaning, { pass: string }>,
): Reading {
  const created = topic.endsWith('.created');
  const changed = text(body, 'date_modified_gmt', 'date_created_gmt') ?? bodyDigest(delivery);
  return finish('woocommerce', delivery, {
    ...found,
    id: `${topic}:${text(body, 'id')}:${changed}`,
    topic,
    occurredAt: isoTime(
      text(body, ...(created ? ['date_created_gmt'] : []), 'date_modified_gmt', 'date_created_gmt'),
    ),
    data: body,
  });
}

/** WordPress writes names with HTML entities (`&ndash;`). */
const name = (value: unknown, ...paths: readonly string[]): string | undefined => {
  const written = text(value, ...paths);
  return written === undefined ? undefined : decodeEntities(written);
};

/** 0 stands for none: a guest, a product without variations. */
const id = (value: unknown, path: string): string | undefined => {
  const written = text(value, path);
  return written === '0' ? undefined : written;
};

function order(body: JsonObject): Pick<Draft, 'contact' | 'order'> {
  return {
    contact: {
      email: text(body, 'billing.email'),
      phone: text(body, 'billing.phone'),
      firstName: name(body, 'billing.first_name'),
      lastName: name(body, 'billing.last_name'),
    },
    order: {
      id: text(body, 'id'),
      number: text(body, 'number'),
      total: decimal(body.total),
      currency: currencyCode(body.currency),
      items: itemsAt(body, 'line_items').map((item) =>
        withTitle({
          title: name(item, 'name'),
          sku: text(item, 'sku'),
          productId: id(item, 'product_id'),
          variantId: id(item, 'variation_id'),
          quantity: decimal(at(item, 'quantity')),
          price: decimal(at(item, 'price')),
        }),
      ),
      tags: [],
    },
  };
}

function customer(body: JsonObject): Pick<Draft, 'contact'> {
  return {
    contact: {
      email: text(body, 'email', 'billing.email'),
      phone: text(body, 'billing.phone'),
      firstName: name(body, 'first_name', 'billing.first_name'),
      lastName: name(body, 'last_name', 'billing.last_name'),
    },
  };
}
