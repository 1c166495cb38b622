import type { CustomerEvent, EventType } from '../../../lib/events/event.ts';
import { visibleAddress } from '../../../lib/events/invisible.ts';
import { toReading } from '../../../lib/sources/payload/draft.ts';
import { readEmail } from '../../../lib/sources/payload/fields.ts';
import { contactOf, type FileReading, isTest, orderOf } from './details.ts';
import { type BackfillSource, DATES, type Field } from './exports.ts';
import { FACTS, type OrderFacts, type OrderText, unknownStatus } from './facts.ts';
import type { RawOrder } from './orders.ts';
import { amount, type DateOrder, date } from './values.ts';

/** The events of an order, in the order in which they happened, or why it cannot be read. */
export type ReadOrder =
  | {
      readonly events: readonly CustomerEvent[];
      /** It was refunded, and the file does not say when. */
      readonly undatedRefund: boolean;
      /** A status that is not known, as it is written: the order was read as not paid. */
      readonly unknownStatus: string | undefined;
    }
  | { readonly reason: string };

type DateField = (typeof DATES)[number];
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

/** The events that the webhooks of an order would have been. Pure. */
export function eventsOf(raw: RawOrder, reading: FileReading): ReadOrder {
  const { source } = reading;
  try {
    const found = orderText(raw, reading);
    const email = emailOf(found);
    const dates = datesOf(found, reading.dates);
    const facts = FACTS[source](found);
    const contact = contactOf(found, email, reading);
    const events = stepsOf(facts, dates).flatMap(([type, occurredAt]) => {
      const topic = TOPICS[source][type] ?? (source === 'woocommerce' ? 'order.updated' : type);
      const id = `${topic}:${raw.key}`.slice(0, 512);
      const test = isTest(raw, found, reading);
      const order = orderOf(raw, found, refundedBy(type, found), reading);
      const types = [type] as const;
      const draft = { types, id, topic, occurredAt, test, contact, order, data: raw.data };
      const read = toReading(source, { receivedAt: 0 }, draft);
      if (read.kind !== 'events') throw new Unreadable(read.reason);
      return read.events;
    });
    const undatedRefund = Boolean(facts.refund) && !dates.has('refundedAt');
    return { events, undatedRefund, unknownStatus: unknownStatus(source, found, facts) };
  } catch (error) {
    if (error instanceof Unreadable) return { reason: error.message };
    throw error;
  }
}

function orderText({ fields }: RawOrder, { columns }: FileReading): OrderText {
  const number = (field: Field) => {
    const written = fields.get(field);
    if (written === undefined) return undefined;
    const value = amount(written);
    if (value !== undefined) return value;
    throw new Unreadable(`${field} "${written}" is no number, or may be read in two ways`);
  };
  const refunded = number('refunded');
  return {
    text: (field) => fields.get(field),
    hasColumn: (field) => columns.has(field),
    total: number('total'),
    refunded: refunded === undefined ? undefined : Math.abs(refunded),
  };
}

function emailOf({ text }: OrderText): string {
  const email = readEmail(text('email'));
  if (email !== undefined) return email;
  const written = visibleAddress(text('email') ?? '');
  throw new Unreadable(written === '' ? 'no e-mail' : `"${written}" is no e-mail address`);
}

function datesOf({ text }: OrderText, order: DateOrder): Dates {
  const dates = DATES.flatMap((field): [DateField, string][] => {
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
function stepsOf(facts: OrderFacts, dates: Dates): readonly (readonly [EventType, string])[] {
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
    ...(facts.failed ? [['payment.failed', last] as const] : []),
    ...(facts.fulfilled ? [['order.fulfilled', fulfilled] as const] : []),
    ...(facts.refund === 'part' ? [['order.partially_refunded', refunded] as const] : []),
    ...(facts.refund === 'full' ? [['order.refunded', refunded] as const] : []),
    ...(facts.canceled ? [['order.canceled', canceled] as const] : []),
  ];
}

/** What comes before these has seen nothing paid back. A refund of nothing is one of an unknown amount. */
const AFTER_REFUND: ReadonlySet<EventType> = new Set([
  'order.partially_refunded',
  'order.refunded',
  'order.canceled',
]);

function refundedBy(type: EventType, { refunded }: OrderText): number | undefined {
  if (refunded === undefined) return undefined;
  if (!AFTER_REFUND.has(type)) return 0;
  return refunded === 0 && type !== 'order.canceled' ? undefined : refunded;
}
