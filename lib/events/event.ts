import * as z from 'zod/mini';

/** The platforms whose webhooks Earmark reads. Each is a room of its own in `lib/sources`. */
export const SOURCE_NAMES = [
  'shopify',
  'woocommerce',
  'stripe',
  'wix',
  'standard-webhooks',
  'custom',
] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

/** What can happen to a customer, in one vocabulary for all sources. */
export const EVENT_TYPES = [
  'order.created',
  'order.paid',
  'order.fulfilled',
  'order.canceled',
  'order.refunded',
  'order.partially_refunded',
  'customer.created',
  'customer.updated',
  'subscription.started',
  'subscription.renewed',
  'subscription.canceled',
  'form.submitted',
  'custom',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What to do about an event whose person is no contact of the site (`contacts.missing` in rules.yml). */
export const MISSING_POLICIES = ['wait', 'create', 'ignore'] as const;
export type MissingPolicy = (typeof MISSING_POLICIES)[number];

const text = z.string().check(z.minLength(1));

/** The shape of every id Wix gives: a GUID. Anything else must not reach a Wix path. */
export const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const guid = z.string().check(z.regex(GUID, 'must be a Wix id (a GUID)'));

const isoTime = z.iso.datetime({ offset: true });

/** Who the event is about. Every field is optional: an event that names nobody is still an event. */
export const ContactReference = z.object({
  contactId: z.optional(guid),
  memberId: z.optional(guid),
  email: z.optional(text),
  phone: z.optional(text),
  firstName: z.optional(text),
  lastName: z.optional(text),
});
export type ContactReference = z.infer<typeof ContactReference>;

const Item = z.object({
  /** The product's name as the buyer saw it; a reader falls back to the SKU, then the product id. */
  title: z.optional(text),
  sku: z.optional(text),
  productId: z.optional(text),
  variantId: z.optional(text),
  quantity: z.optional(z.number()),
  /** Price of one, in the order's currency (major units: 19.99, never cents). */
  price: z.optional(z.number()),
});
export type Item = z.infer<typeof Item>;

const Order = z.object({
  id: text,
  number: z.optional(text),
  /** What the buyer owed in all, in major units of `currency`. */
  total: z.optional(z.number()),
  /** ISO 4217, upper case. */
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/, 'must be three capital letters'))),
  items: z.array(Item),
  tags: z.array(text),
});
export type Order = z.infer<typeof Order>;

const Subscription = z.object({
  id: text,
  planId: z.optional(text),
  planName: z.optional(text),
  status: z.optional(text),
});

const Form = z.object({
  id: z.optional(text),
  name: z.optional(text),
  /** What was filled in, by field key, as text. */
  fields: z.record(z.string(), z.string()),
});

/** Any payload: z.record would run a schema for each key and each value of it, and copy them. */
const payload = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** What happened to whom: the one shape that every source is read into. */
export const CustomerEvent = z.object({
  source: z.enum(SOURCE_NAMES),
  /** The source's own id where it has one: equal for every delivery of one event, shared by all events of one delivery. */
  id: z.string().check(z.minLength(1), z.maxLength(512)),
  type: z.enum(EVENT_TYPES),
  /** The source's own name for what happened, e.g. `orders/paid`; up to 200 characters. */
  topic: z.string().check(z.minLength(1), z.maxLength(200)),
  /** When it happened (ISO 8601 with an offset); the time of arrival where the source is silent. */
  occurredAt: isoTime,
  /** The Wix app instance the event came from (source `wix` alone). */
  site: z.optional(text),
  /** The sender marked it as a test. */
  test: z.boolean(),
  contact: ContactReference,
  /** The customer's tags on the platform. */
  tags: z.array(text),
  order: z.optional(Order),
  subscription: z.optional(Subscription),
  form: z.optional(Form),
  /** The sender's own payload, parsed; whole numbers beyond 2^53 are strings. */
  data: payload,
});
export type CustomerEvent = z.infer<typeof CustomerEvent>;
