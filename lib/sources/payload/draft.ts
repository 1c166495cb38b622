import { createHash } from 'node:crypto';
import { namesSomebody } from '../../events/contact.ts';
import { CustomerEvent, type EventType, type SourceName } from '../../events/event.ts';
import { visibleAddress } from '../../events/invisible.ts';
import type { Delivery, Reading, Unheard } from '../source.ts';
import { isoFromMilliseconds, namesByEmail, readEmail } from './fields.ts';
import { isObject, type JsonObject, list, MAX_DEPTH } from './json.ts';

/** The same shape with holes: a reader writes down what it found, and `undefined` where it found nothing. */
type Sparse<T> = T extends readonly (infer U)[]
  ? readonly Sparse<U>[]
  : T extends object
    ? { readonly [K in keyof T]?: Sparse<T[K]> | undefined }
    : T;

/** What a reader found in one delivery. `types` has several where one delivery says several things. */
export interface Draft
  extends Sparse<
    Pick<
      CustomerEvent,
      'id' | 'occurredAt' | 'site' | 'test' | 'tags' | 'order' | 'subscription' | 'form'
    >
  > {
  readonly types: readonly [EventType, ...EventType[]];
  readonly topic: string;
  readonly contact: Sparse<CustomerEvent['contact']>;
  readonly data: JsonObject;
}

/** As long as a topic of an event may be (`CustomerEvent`). A type that nobody knows may fill the whole body. */
const MAX_TOPIC = 200;

export const ignored = (topic: string, reason: string): Reading => ({
  kind: 'ignored',
  topic: topic.slice(0, MAX_TOPIC).toWellFormed(),
  reason,
});

export const unreadable = (reason: string): Reading => ({ kind: 'unreadable', reason });

export const NOT_AN_OBJECT = `the body is not a JSON object in UTF-8, or is nested deeper than ${MAX_DEPTH}`;

/** SHA-256 of the body in hex: the id of an event that its sender gave none. */
export function bodyDigest(delivery: Delivery): string {
  return createHash('sha256').update(delivery.body).digest('hex');
}

/** Without `undefined`: to a rule, `has(event.order.total)` must be false where nothing was found. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = value[key];
    // A form's keys are the sender's own, and to set this one sets no property.
    if (part !== undefined && key !== '__proto__') {
      kept[key] = typeof part === 'object' ? prune(part) : part;
    }
  }
  return kept;
}

/** The most of each that an event may hold: rules run over all of it while the sender waits. */
export const MAX_ITEMS = 2_000;
const MAX_TAGS = 2_000;
export const MAX_FIELDS = 2_000;

/** The most fields that a form, or an object of the flat schema, may have: what holds more is nobody's. */
export const MAX_KEYS = 10_000;

/** The list of items at the path, as far as it is read: with one more than MAX_ITEMS the event is refused. */
export const itemsAt = (value: unknown, path: string): readonly unknown[] =>
  upToTooMany(list(value, path));

/** Items as they stand, or so many that the event is refused: no more are worth the work. */
export const upToTooMany = <T>(items: readonly T[]): readonly T[] => items.slice(0, MAX_ITEMS + 1);

/** What there is too much of; nothing is cut off, for a rule would then see half an event. */
function excess({ order, tags, form }: Pick<Draft, 'order' | 'tags' | 'form'>): string | undefined {
  if (Math.max(order?.items?.length ?? 0, order?.refundedItems?.length ?? 0) > MAX_ITEMS) {
    return `the order has more than ${MAX_ITEMS} items`;
  }
  if (Math.max(tags?.length ?? 0, order?.tags?.length ?? 0) > MAX_TAGS) {
    return `the event has more than ${MAX_TAGS} tags`;
  }
  if ((order?.discountCodes?.length ?? 0) > MAX_TAGS) {
    return `the order has more than ${MAX_TAGS} discount codes`;
  }
  if (Object.keys(order?.attributes ?? {}).length > MAX_FIELDS) {
    return `the order has more than ${MAX_FIELDS} attributes`;
  }
  return Object.keys(form?.fields ?? {}).length > MAX_FIELDS
    ? `the form has more than ${MAX_FIELDS} fields`
    : undefined;
}

/**
 * The draft as events, one for each of its types, checked against `CustomerEvent`. What does not fit is
 * unreadable, with the names of the fields and never their values. An e-mail that cannot be one (`n/a`)
 * is none, and nothing invisible is part of an address. One that cannot be read names somebody all the same,
 * who need not be the one with the phone: the phone goes with it.
 */
export function finish(source: SourceName, delivery: Delivery, draft: Draft): Reading {
  const { types, data, ...found } = draft;
  const tooMuch = excess(found);
  if (tooMuch !== undefined) return unreadable(`${tooMuch}: send it in parts`);
  const email = readEmail(found.contact.email);
  const isUnreadable = email === undefined && namesByEmail(found.contact.email);
  const phone = isUnreadable ? undefined : visibleAddress(found.contact.phone ?? '') || undefined;
  const pruned = prune({
    ...found,
    contact: { ...found.contact, email, phone },
    occurredAt: found.occurredAt ?? isoFromMilliseconds(delivery.receivedAt),
    test: found.test ?? false,
    tags: found.tags ?? [],
  });
  const events: CustomerEvent[] = [];
  for (const type of types) {
    const parsed = CustomerEvent.safeParse({ ...(pruned as object), source, type, data });
    if (!parsed.success) {
      const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))];
      return unreadable(`the event has no valid ${fields.join(', ')}`);
    }
    events.push(parsed.data);
  }
  const [first, ...rest] = events;
  return first === undefined
    ? unreadable('the event has no type')
    : { kind: 'events', events: [first, ...rest] };
}

/**
 * An event of a topic that Earmark has no type for, which a rule may name (`topics` in rules.yml). Where the
 * delivery names nobody, or cannot be read, it is ignored.
 * @param reason why the topic is no event, and what to subscribe to
 */
export function byTopic(
  source: SourceName,
  delivery: Delivery,
  draft: Omit<Draft, 'types'>,
  reason: string,
): Reading {
  const reading = finish(source, delivery, { ...draft, types: ['custom'] });
  return reading.kind === 'events' && namesSomebody(reading.events[0].contact)
    ? { ...reading, unheard: { kind: 'ignored', reason } }
    : ignored(draft.topic, reason);
}

/** The events, and what becomes of them where no rule listens. */
export const withUnheard = (reading: Reading, unheard: Unheard | undefined): Reading =>
  reading.kind === 'events' && unheard !== undefined ? { ...reading, unheard } : reading;

/** An item whose title falls back to the SKU, then the product id. */
export function withTitle<T extends Sparse<NonNullable<CustomerEvent['order']>['items'][number]>>(
  item: T,
): T {
  return { ...item, title: item.title ?? item.sku ?? item.productId };
}
