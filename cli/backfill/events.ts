import { CustomerEvent, type EventType } from '../../lib/events/event.ts';
import { visibleAddress } from '../../lib/events/invisible.ts';
import { plainText } from '../../lib/sources/html.ts';
import { currencyCode, readEmail, splitName, texts } from '../../lib/sources/values.ts';
import type { BackfillSource, Field } from './exports.ts';
import { FACTS, type Facts, type OrderText, unknownStatus } from './facts.ts';
import type { RawItem } from './line-items.ts';
import type { RawOrder } from './orders.ts';
import { amount, type DateOrder, date } from './values.ts';
import { type Variants, withoutVariant } from './variants.ts';

/** What an order comes to: its events, in the order in which they came about, or why it cannot be read. */
export type ReadOrder =
  | {
      readonly events: readonly CustomerEvent[];
      /** It was refunded, and the file does not say when. */
      readonly undatedRefund: boolean;
      /** A status that says nothing here, as it is written: the order was read as not paid. */
      readonly unknownStatus: string | undefined;
    }
  | { readonly reason: string };

const DATE_FIELDS = ['createdAt', 'paidAt', 'fulfilledAt', 'canceledAt', 'refundedAt'] as const;
type DateField = (typeof DATE_FIELDS)[number];
type Dates = ReadonlyMap<DateField, string>;

/** Topics as the webhooks of the source name them; for `custom` the type itself. */
const TOPICS: Readonly<Record<BackfillSource, Readonly<Partial<Record<EventType, string>>>>> = {
  shopify: {
    'order.created': 'orders/create',
    'order.paid': 'orders/paid',
    'order.fulfilled': 'orders/fulfilled',
    'order.canceled': 'orders/cancelled',
    'order.refunded': 'orders/updated',
    'order.partially_refunded': 'orders/updated',
  },
  woocommerce: { 'order.created': 'order.created' },
  stripe: {
    'order.paid': 'checkout.session.completed',
    'subscription.started': 'invoice.paid',
    'subscription.renewed': 'invoice.paid',
    'order.refunded': 'charge.refunded',
    'order.partially_refunded': 'charge.refunded',
  },
  custom: {},
};

class Unreadable extends Error {}

/** How to read what a file leaves open. */
export interface Reading {
  readonly source: BackfillSource;
  readonly dates: DateOrder;
  readonly variants: Variants;
}

/** The events that the webhooks of an order would have been. Pure. */
export function eventsOf(raw: RawOrder, reading: Reading): ReadOrder {
  const { source } = reading;
  try {
    const found = orderText(raw);
    const email = emailOf(found);
    const dates = datesOf(found, reading.dates);
    const facts = FACTS[source](found);
    const events = stepsOf(facts, dates).map(([type, occurredAt]) =>
      event(raw, found, { source, type, occurredAt, email }, reading),
    );
    const undatedRefund = Boolean(facts.refund) && !dates.has('refundedAt');
    return { events, undatedRefund, unknownStatus: unknownStatus(source, found, facts) };
  } catch (error) {
    if (error instanceof Unreadable) return { reason: error.message };
    throw error;
  }
}

function orderText({ fields }: RawOrder): OrderText {
  const number = (field: Field) => {
    const written = fields.get(field);
    if (written === undefined) return undefined;
    const value = amount(written);
    if (value !== undefined) return value;
    throw new Unreadable(`${field} "${written}" is no number, or may be read in two ways`);
  };
  return {
    text: (field) => fields.get(field),
    total: number('total'),
    refunded: number('refunded'),
  };
}

function emailOf({ text }: OrderText): string {
  const email = readEmail(text('email'));
  if (email !== undefined) return email;
  const written = visibleAddress(text('email') ?? '');
  throw new Unreadable(written === '' ? 'no e-mail' : `"${written}" is no e-mail address`);
}

function datesOf({ text }: OrderText, order: DateOrder): Dates {
  const dates = DATE_FIELDS.flatMap((field): [DateField, string][] => {
    const written = text(field);
    if (written === undefined) return [];
    const iso = date(written, order);
    if (iso !== undefined) return [[field, iso]];
    throw new Unreadable(`${field} "${written}" is no date that can be read`);
  });
  if (dates.length === 0) throw new Unreadable('no date');
  return new Map(dates);
}

/**
 * What happened when. Where the file has no date for something it counts as done with what it follows on; a
 * refund or a cancellation as done when the order last changed.
 */
function stepsOf(facts: Facts, dates: Dates): readonly (readonly [EventType, string])[] {
  const all = [...dates.values()].toSorted();
  const [first = '', last = ''] = [all[0], all.at(-1)];
  const created = dates.get('createdAt') ?? first;
  const paid = dates.get('paidAt') ?? created;
  const fulfilled = dates.get('fulfilledAt') ?? paid;
  const refunded = dates.get('refundedAt') ?? last;
  const canceled = dates.get('canceledAt') ?? last;
  return [
    ...(facts.created ? [['order.created', created] as const] : []),
    ...(facts.paid ? [[facts.paid, paid] as const] : []),
    ...(facts.fulfilled ? [['order.fulfilled', fulfilled] as const] : []),
    ...(facts.refund === 'part' ? [['order.partially_refunded', refunded] as const] : []),
    ...(facts.refund === 'full' ? [['order.refunded', refunded] as const] : []),
    ...(facts.canceled ? [['order.canceled', canceled] as const] : []),
  ];
}

interface Step {
  readonly source: BackfillSource;
  readonly type: EventType;
  readonly occurredAt: string;
  readonly email: string;
}

function event(
  raw: RawOrder,
  found: OrderText,
  { email, ...step }: Step,
  reading: Reading,
): CustomerEvent {
  const { text, total } = found;
  const { firstName, lastName } = splitName(text('name'));
  const topic = TOPICS[step.source][step.type] ?? topicOf(step.source, step.type);
  const currency = currencyCode(text('currency'));
  const parsed = CustomerEvent.safeParse({
    ...step,
    id: `${topic}:${raw.key}`.slice(0, 512),
    topic,
    test: false,
    contact: known({
      email,
      phone: visibleAddress(text('phone') ?? '') || undefined,
      firstName: text('firstName') ?? firstName,
      lastName: text('lastName') ?? lastName,
    }),
    tags: [],
    order: known({
      id: raw.key,
      number: text('number')?.replace(/^#/, ''),
      total,
      currency,
      items: raw.items.map((item) =>
        known({
          ...item,
          title: titleOf(item, reading),
          quantity: amount(item.quantity ?? ''),
          price: amount(item.price ?? ''),
        }),
      ),
      tags: texts(text('tags')),
    }),
    data: raw.data,
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new Unreadable(`no valid ${[...new Set(fields)].join(', ')}`);
}

/** As the webhooks of the source name the product. */
function titleOf({ title, sku, productId }: RawItem, { source, variants }: Reading) {
  if (title === undefined) return sku ?? productId;
  if (source === 'woocommerce') return plainText(title);
  return variants === 'cut' ? withoutVariant(title) : title;
}

const topicOf = (source: BackfillSource, type: EventType): string =>
  source === 'woocommerce' ? 'order.updated' : type;

/** Without `undefined`: to a rule, `has(event.order.total)` must be false where nothing was found. */
const known = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
