import type { EventType } from '../events/event.ts';
import { at, isObject, type JsonObject, parseObject, text } from './json.ts';
import {
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
import { currencyCode, decimal, fromMinorUnits, isoTime, splitName } from './values.ts';

/** Stripe's snapshot events. Paths: docs.stripe.com/api, checked 2026-11-21. */
export const stripe: Source = {
  name: 'stripe',
  secretSetting: 'STRIPE_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.stripe),
  read,
};

type Meaning =
  | { readonly pass: string }
  | (Pick<Draft, 'contact' | 'order' | 'subscription'> & { readonly type: EventType });

const MEANINGS = new Map<string, (object: JsonObject) => Meaning>([
  ['checkout.session.completed', session],
  ['checkout.session.async_payment_succeeded', (object) => session(object, 'order.paid')],
  ['invoice.paid', invoice],
  ['charge.refunded', refund],
  ['customer.created', (object) => customer('customer.created', object)],
  ['customer.updated', (object) => customer('customer.updated', object)],
  ['customer.subscription.created', subscriptionCreated],
  ['customer.subscription.deleted', (object) => subscription('subscription.canceled', object)],
]);

const PASSED_OVER = new Map([
  ['checkout.session.async_payment_failed', 'the payment failed: nothing was bought'],
  ['customer.subscription.updated', 'an update names no customer: subscribe to invoice.paid'],
  ['refund.created', 'a refund names no customer: subscribe to charge.refunded'],
]);

function read(delivery: Delivery): Reading {
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const topic = text(body, 'type');
  if (topic === undefined) return unreadable('the event has no type');
  if (text(body, 'object')?.startsWith('v2.')) {
    return ignored(topic, 'a thin event holds no data: let the endpoint send snapshot events');
  }
  const mean = MEANINGS.get(topic);
  if (mean === undefined) {
    return ignored(topic, PASSED_OVER.get(topic) ?? 'no event of Earmark comes of this type');
  }
  const object = at(body, 'data.object');
  if (!isObject(object)) return unreadable('the event has no data.object');
  const meaning = mean(object);
  if ('pass' in meaning) return ignored(topic, meaning.pass);
  const { type, ...found } = meaning;
  return finish('stripe', delivery, {
    ...found,
    id: text(body, 'id'),
    types: [type],
    topic,
    occurredAt: isoTime(body.created),
    test: body.livemode === false,
    data: body,
  });
}

/** A session is placed when completed and paid when its status says so: bank debits take days. */
function session(object: JsonObject, known?: EventType): Meaning {
  if (text(object, 'mode') === 'setup') {
    return { pass: 'a session in setup mode saves a card: nothing was bought' };
  }
  const status = text(object, 'payment_status');
  const paid = status === 'paid' || status === 'no_payment_required';
  return {
    type: known ?? (paid ? 'order.paid' : 'order.created'),
    contact: {
      email: text(object, 'customer_details.email', 'customer_email', 'metadata.email'),
      phone: text(object, 'customer_details.phone'),
      ...splitName(text(object, 'customer_details.name')),
    },
    // Stripe leaves line_items out of webhooks: they are there for those who send sessions on themselves.
    order: order(object, text(object, 'id'), 'amount_total', itemsAt(object, 'line_items.data')),
  };
}

const SUBSCRIPTION_INVOICES = new Map<string, EventType>([
  ['subscription_create', 'subscription.started'],
  ['subscription_cycle', 'subscription.renewed'],
]);

/**
 * The line that names the plan. Stripe puts items that were pending and prorations of an earlier plan before
 * it (docs.stripe.com/api/invoices/object, checked 2026-11-21); older API versions write `type` and
 * `proration` on the line itself.
 */
function planLine(lines: readonly unknown[]): unknown {
  const own = lines.find((line) => {
    const details = at(line, 'parent.subscription_item_details');
    const isPlan =
      text(line, 'parent.type') === 'subscription_item_details' ||
      text(line, 'type') === 'subscription';
    return isPlan && at(line, 'proration') !== true && at(details, 'proration') !== true;
  });
  return own ?? lines[0];
}

function invoice(object: JsonObject): Meaning {
  const reason = text(object, 'billing_reason');
  const lines = itemsAt(object, 'lines.data');
  const subscriptionType = SUBSCRIPTION_INVOICES.get(reason ?? '');
  const bought = order(object, text(object, 'id'), 'total', lines);
  return {
    type: subscriptionType ?? 'order.paid',
    contact: {
      email: text(object, 'customer_email', 'metadata.email'),
      phone: text(object, 'customer_phone'),
      ...splitName(text(object, 'customer_name')),
    },
    order: { ...bought, number: text(object, 'number') },
    subscription:
      subscriptionType === undefined
        ? undefined
        : {
            id: text(object, 'parent.subscription_details.subscription', 'subscription'),
            planId: text(planLine(lines), 'pricing.price_details.price', 'price.id'),
            planName: text(planLine(lines), 'description'),
          },
  };
}

/** The charge knows its payment intent and not the session: so that is the id of the order here. */
function refund(object: JsonObject): Meaning {
  return {
    type: object.refunded === true ? 'order.refunded' : 'order.partially_refunded',
    contact: {
      email: text(object, 'billing_details.email', 'receipt_email', 'metadata.email'),
      phone: text(object, 'billing_details.phone'),
      ...splitName(text(object, 'billing_details.name')),
    },
    order: order(object, text(object, 'payment_intent', 'id'), 'amount', []),
  };
}

function customer(type: EventType, object: JsonObject): Meaning {
  return {
    type,
    contact: {
      email: text(object, 'email', 'metadata.email'),
      phone: text(object, 'phone'),
      ...splitName(text(object, 'name')),
    },
  };
}

/** Without `metadata.email` it names nobody, and the paid invoice tells the same with a name. */
function subscriptionCreated(object: JsonObject): Meaning {
  if (text(object, 'metadata.email') === undefined) {
    return { pass: 'the subscription names no customer: subscribe to invoice.paid' };
  }
  const status = text(object, 'status');
  return status === 'active' || status === 'trialing'
    ? subscription('subscription.started', object)
    : { pass: 'the subscription is not active yet: subscribe to invoice.paid' };
}

function subscription(type: EventType, object: JsonObject): Meaning {
  return {
    type,
    contact: { email: text(object, 'metadata.email') },
    subscription: {
      id: text(object, 'id'),
      planId: text(object, 'items.data.0.price.id', 'plan.id'),
      planName: text(object, 'items.data.0.price.nickname', 'plan.nickname'),
      status: text(object, 'status'),
    },
  };
}

function order(
  object: JsonObject,
  id: string | undefined,
  totalPath: string,
  lines: readonly unknown[],
): NonNullable<Draft['order']> {
  const currency = currencyCode(object.currency);
  return {
    id,
    total: fromMinorUnits(object[totalPath], currency),
    currency,
    items: lines.map((line) => item(line, currency)),
    tags: [],
  };
}

/** A line of a session or an invoice. `pricing` is the newer API versions' name for what `price` told. */
function item(line: unknown, currency: string | undefined): ReturnType<typeof withTitle> {
  const quantity = decimal(at(line, 'quantity'));
  const unit = at(line, 'pricing.unit_amount_decimal') ?? at(line, 'price.unit_amount');
  return withTitle({
    title: text(line, 'description'),
    productId: text(line, 'pricing.price_details.product', 'price.product'),
    variantId: text(line, 'pricing.price_details.price', 'price.id'),
    quantity,
    price: fromMinorUnits(unit, currency),
  });
}
