import fc from 'fast-check';
import { CODE_SOURCES, type CodeSourceName } from '../../lib/events/event.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { deliver, hmac, jwt, NOW_SECONDS, rsa } from './fixtures.ts';

export const SECRET = 'cHJvcGVydHkgdGVzdHM=';
const KEY = Buffer.from(SECRET, 'base64');

export const secretOf = (name: CodeSourceName): string => (name === 'wix' ? rsa.publicKey : SECRET);

/** Signs as each platform does, by the formula of its documentation and not by our code. */
export function signed(name: CodeSourceName, body: Buffer, time = NOW_SECONDS): Delivery {
  const hex = (mac: Buffer) => mac.toString('hex');
  const base64 = (mac: Buffer) => mac.toString('base64');
  switch (name) {
    case 'shopify':
      return deliver(body, { 'x-shopify-hmac-sha256': base64(hmac(SECRET, body)) });
    case 'woocommerce':
      return deliver(body, { 'x-wc-webhook-signature': base64(hmac(SECRET, body)) });
    case 'stripe':
      return deliver(body, {
        'stripe-signature': `t=${time},v1=${hex(hmac(SECRET, `${time}.`, body))}`,
      });
    case 'standard-webhooks':
      return deliver(body, {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${base64(hmac(KEY, `msg_1.${time}.`, body))}`,
      });
    case 'custom':
      return deliver(body, { 'x-hub-signature-256': `sha256=${hex(hmac(SECRET, body))}` });
    case 'wix':
      return deliver(jwt({ data: body.toString('base64'), exp: time + 300 }));
  }
}

export const name = fc.constantFrom(...CODE_SOURCES);
export const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
export const flip = (buffer: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(buffer);
  const at = bit % (copy.length * 8);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
  return copy;
};

const HEADERS = [
  'authorization',
  'content-type',
  'stripe-signature',
  'shopify-hmac-sha256',
  'shopify-topic',
  'svix-id',
  'svix-signature',
  'svix-timestamp',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
  'x-github-event',
  'x-hub-signature-256',
  'x-shopify-event-id',
  'x-shopify-hmac-sha256',
  'x-shopify-topic',
  'x-wc-webhook-signature',
  'x-wc-webhook-topic',
  'x-webhook-secret',
];
const TOPICS = [
  'orders/paid',
  'orders/create',
  'orders/updated',
  'customers/update',
  'order.created',
  'order.updated',
  'customer.created',
  'subscription.updated',
];
const headerValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...TOPICS,
    't=1,v1=',
    `t=${NOW_SECONDS},v1=${'0'.repeat(64)}`,
    'v1,AAAA v1a,AAAA',
    'Bearer ,',
    'sha256=',
    String(NOW_SECONDS),
    'application/x-www-form-urlencoded',
  ),
);
/** Any headers at all, or those that a reader needs to come to an event. */
export const headers = fc.oneof(
  fc.dictionary(fc.constantFrom(...HEADERS), headerValue, { noNullPrototype: true }),
  fc.constantFrom(...TOPICS).map((topic) => ({
    'x-shopify-topic': topic,
    'x-wc-webhook-topic': topic,
    'webhook-id': 'msg_1',
    'webhook-signature': 'v1,AAAA',
  })),
);

const KEYS = [
  'id',
  'type',
  'topic',
  'object',
  'data',
  'event',
  'eventType',
  'instanceId',
  'identity',
  'createdEvent',
  'updatedEvent',
  'actionEvent',
  'entity',
  'currentEntity',
  'body',
  'order',
  'buyerInfo',
  'contactId',
  'modifiedFields',
  'booking',
  'bookedEntity',
  'contactDetails',
  'appliedDiscounts',
  'descriptionLines',
  'pricing',
  'prices',
  'plan',
  'description',
  'info',
  'line_items',
  'lineItems',
  'total',
  'total_price',
  'currency',
  'status',
  'financial_status',
  'refunds',
  'billing',
  'customer',
  'email',
  'first_name',
  'name',
  'tags',
  'products',
  'product_ids',
  'quantity',
  'price',
  'submissions',
  'formName',
  'field:x',
  'created',
  'updated_at',
  'occurred_at',
  'metadata',
  'payment_status',
  'paymentStatus',
  'lines',
  'items',
  '__proto__',
  'constructor',
];
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt().map((big) => Number(big)),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'paid',
    'PAID',
    'processing',
    'refunded',
    'active',
    'usd',
    '19.99',
    '2026-11-21T10:00:00',
  ),
);
/** JSON of any shape whose keys are the ones that readers look for. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 8 },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('tree')), { maxLength: 8 })
      .map(Object.fromEntries),
  ),
}));
/** An object with what the readers of orders ask for, and anything besides. */
const orderLike = fc
  .tuple(tree, fc.array(tree, { maxLength: 3 }), fc.constantFrom('paid', 'refunded', 'processing'))
  .map(([rest, items, status]) => ({
    ...(typeof rest === 'object' ? rest : {}),
    id: 1,
    total: '1.00',
    total_price: '1.00',
    status,
    financial_status: status,
    line_items: items,
    refunds: items,
  }));
const stripeTypes = fc.constantFrom(
  'checkout.session.completed',
  'invoice.paid',
  'invoice.upcoming',
  'charge.refunded',
  'payment_intent.succeeded',
  'customer.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
);
const wixTypes = fc.constantFrom(
  'wix.ecom.v1.order_approved',
  'wix.ecom.v1.order_fulfilled',
  'wix.ecom.v1.abandoned_checkout_created',
  'wix.bookings.v2.booking_confirmed',
  'wix.members.v1.member_updated',
  'wix.restaurants.v3.order_fulfilled',
  'wix.events.guests.v1.guest_created',
  'wix.ecom.v1.order_payment_status_updated',
  'wix.contacts.v4.contact_created',
  'wix.contacts.v4.contact_updated',
  'wix.forms.v4.submission_created',
  'wix.pricing_plans.v2.order_cycle_started',
);
export const body = fc.oneof(
  bytes,
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  tree.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  orderLike.map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .tuple(stripeTypes, tree)
    .map(([type, object]) => ({ id: 'e', type, data: { object, previous_attributes: object } }))
    .map((event) => Buffer.from(JSON.stringify(event))),
  fc.tuple(wixTypes, tree, tree).map(([eventType, entity, modifiedFields]) => {
    const event = {
      id: 'e',
      createdEvent: { entity },
      updatedEvent: { currentEntity: entity, modifiedFields },
      actionEvent: { body: { order: entity } },
    };
    return Buffer.from(jwt({ data: { eventType, data: event } }));
  }),
);
export const secrets = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom('', SECRET, 'whpk_', 'whsec_', rsa.publicKey, '-----BEGIN PUBLIC KEY-----'),
  ),
  { maxLength: 3 },
);
