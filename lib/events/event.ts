import * as z from 'zod/mini';

/** The sources that are code, each a room of its own in `lib/sources`. Every other is described in a file. */
export const CODE_SOURCES = [
  'shopify',
  'woocommerce',
  'stripe',
  'wix',
  'standard-webhooks',
  'custom',
] as const;
export type CodeSourceName = (typeof CODE_SOURCES)[number];
export const isCodeSource = (name: SourceName): name is CodeSourceName =>
  (CODE_SOURCES as readonly string[]).includes(name);

/** The pattern of a source's name. Which there are, only the table of sources says (lib/sources/index.ts). */
export const SOURCE_NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** The name of a source, as it stands in its path `/webhooks/{source}`. */
export const SourceName = z.string().check(z.regex(SOURCE_NAME));
export type SourceName = string;

/** What can happen to a customer, in one vocabulary for all sources. */
export const EVENT_TYPES = [
  'order.created',
  'order.paid',
  'order.fulfilled',
  'order.canceled',
  'order.refunded',
  'order.partially_refunded',
  'checkout.abandoned',
  'payment.failed',
  'customer.created',
  'customer.updated',
  'consent.given',
  'consent.withdrawn',
  'subscription.started',
  'subscription.renewed',
  'subscription.changed',
  'subscription.paused',
  'subscription.resumed',
  'subscription.will_end',
  'subscription.canceled',
  'booking.created',
  'booking.canceled',
  'form.submitted',
  'custom',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * The sources whose senders fill in the type themselves. From any other source `custom` is a topic that Earmark
 * has no type for: only a rule that names the topic hears it.
 */
export const CHOOSES_TYPE: ReadonlySet<SourceName> = new Set(['standard-webhooks', 'custom']);

/** What to do about an event whose person is no contact of the site (`contacts.missing` in rules.yml). */
export const MISSING_POLICIES = ['wait', 'create', 'ignore'] as const;
export type MissingPolicy = (typeof MISSING_POLICIES)[number];

const text = z.string().check(z.minLength(1));

/** The shape of every id Wix gives: a GUID. Anything else must not reach a Wix path. */
export const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const guid = z.string().check(z.regex(GUID, 'must be a Wix id (a GUID)'));

/** ISO 3166-1 alpha-2, upper case. */
const country = z.string().check(z.regex(/^[A-Z]{2}$/, 'must be two capital letters'));

const reference = {
  contactId: z.optional(guid),
  memberId: z.optional(guid),
  email: z.optional(text),
  phone: z.optional(text),
  firstName: z.optional(text),
  lastName: z.optional(text),
};

/** Who the event is about. Every field is optional: an event that names nobody is still an event. */
export const ContactReference = z.object(reference);
export type ContactReference = z.infer<typeof ContactReference>;

/** The person, and what the sender knows of them that finds nobody. */
const Person = z.object({
  ...reference,
  /** Of the billing address, else of the person's own. */
  country: z.optional(country),
  /** A language tag (BCP 47) like `de` or `pt-BR`. */
  language: z.optional(text),
  /** Whether they said that marketing may be sent to them; absent where the sender does not say. */
  acceptsMarketing: z.optional(z.boolean()),
});

/** The sender's own names and values. */
const texts = z.record(z.string(), z.string());

const Item = z.object({
  /** The product's name as the buyer saw it; a reader falls back to the SKU, then the product id. */
  title: z.optional(text),
  sku: z.optional(text),
  productId: z.optional(text),
  variantId: z.optional(text),
  quantity: z.optional(z.number()),
  /** Price of one, in the order's currency (major units: 19.99, never cents). */
  price: z.optional(z.number()),
  vendor: z.optional(text),
  /** The variant's name as the buyer saw it, e.g. `Oak / Large`. */
  variant: z.optional(text),
  /** What the buyer chose or wrote for it: options, properties, item meta. */
  options: z.optional(texts),
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
  discountCodes: z.optional(z.array(text)),
  shippingCountry: z.optional(country),
  /** The sender's own name of it, e.g. `cod` or `shopify_payments`. */
  paymentMethod: z.optional(text),
  /** The sender's own name of where it was placed, e.g. `web` or `pos`. */
  channel: z.optional(text),
  /** What was paid back in all, in major units of `currency`; 0 where the sender says that nothing was. */
  refundedTotal: z.optional(z.number()),
  /** What was given back, with the quantities that were. */
  refundedItems: z.optional(z.array(Item)),
  /** What shop or buyer wrote to the order besides: note attributes, metadata. */
  attributes: z.optional(texts),
});
export type Order = z.infer<typeof Order>;

const Subscription = z.object({
  id: text,
  planId: z.optional(text),
  planName: z.optional(text),
  status: z.optional(text),
  /** How often it is paid: `day`, `week`, `month` or `year`, several of one as `3 month`. */
  interval: z.optional(text),
  /** What one interval costs, in major units of the sender's currency. */
  price: z.optional(z.number()),
});

const Form = z.object({
  id: z.optional(text),
  name: z.optional(text),
  /** What was filled in, by field key, as text. */
  fields: texts,
});

/** Any object: z.record would run a schema for each key and each value, and copy them. */
const payload = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** What happened to whom: the one shape that every source is read into. */
export const CustomerEvent = z.object({
  source: SourceName,
  /** The source's own id where it has one: equal for every delivery of one event, shared by all events of one delivery. */
  id: z.string().check(z.minLength(1), z.maxLength(512)),
  type: z.enum(EVENT_TYPES),
  /** The source's own name for what happened, e.g. `orders/paid`; up to 200 characters. */
  topic: z.string().check(z.minLength(1), z.maxLength(200)),
  /** When it happened (ISO 8601 with an offset); the time of arrival where the source is silent. */
  occurredAt: z.iso.datetime({ offset: true }),
  /** The Wix app instance the event came from (source `wix` alone). */
  site: z.optional(text),
  /** The sender marked it as a test. */
  test: z.boolean(),
  contact: Person,
  /** The customer's tags on the platform. */
  tags: z.array(text),
  order: z.optional(Order),
  subscription: z.optional(Subscription),
  form: z.optional(Form),
  /** The sender's own payload, parsed; whole numbers beyond 2^53 are strings. */
  data: payload,
});
export type CustomerEvent = z.infer<typeof CustomerEvent>;
