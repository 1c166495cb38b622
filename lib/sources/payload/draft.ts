import { hash } from 'node:crypto';
import { namesSomebody } from '../../events/contact.ts';
import { CustomerEvent, type EventType, type SourceName } from '../../events/event.ts';
import { visibleAddress } from '../../events/invisible.ts';
import type { Delivery, Reading, Unheard } from '../source.ts';
import { isObject, type JsonObject, list } from './access.ts';
import {
  countryCode,
  currencyCode,
  isoFromMilliseconds,
  languageTag,
  namesByEmail,
  readEmail,
} from './fields.ts';
import { MAX_DEPTH } from './parse.ts';

/** The same shape with holes: a reader writes down what it found, and `undefined` where it found nothing. */
type Sparse<T> = T extends readonly (infer U)[]
  ? readonly Sparse<U>[]
  : T extends object
    ? { readonly [K in keyof T]?: Sparse<T[K]> | undefined }
    : T;

type SparseEvent = Sparse<CustomerEvent>;
export type ContactDraft = NonNullable<SparseEvent['contact']>;
export type OrderDraft = NonNullable<SparseEvent['order']>;
export type ItemDraft = NonNullable<OrderDraft['items']>[number];
export type SubscriptionDraft = NonNullable<SparseEvent['subscription']>;

/** What the thing that a delivery is about (an order, a contact) says by itself. */
export interface EntityDraft
  extends Pick<SparseEvent, 'test' | 'tags' | 'order' | 'subscription' | 'form'> {
  /** Several where one delivery says several things. None: only a rule that names the topic hears it. */
  readonly types: readonly EventType[];
  readonly contact: ContactDraft;
  /** Why the delivery is ignored where it has no type, and what to subscribe to. */
  readonly hint?: string | undefined;
}

/** Reads the entity of an event; `event` is what stands around it. */
export type EntityReader = (entity: JsonObject, event: JsonObject) => EntityDraft;

/** What a reader found in one delivery. */
export interface EventDraft extends EntityDraft, Pick<SparseEvent, 'id' | 'occurredAt' | 'site'> {
  readonly topic: string;
  readonly data: JsonObject;
  readonly unheard?: Unheard | undefined;
  /** What the sender leaves out, where the event names nobody. */
  readonly incomplete?: string | undefined;
}

/** The longest topic of an event (`CustomerEvent`). A type that nobody knows may fill the whole body. */
const MAX_TOPIC = 200;

export const ignored = (topic: string, reason: string): Reading => ({
  kind: 'ignored',
  topic: topic.slice(0, MAX_TOPIC).toWellFormed(),
  reason,
});

export const unreadable = (reason: string): Reading => ({ kind: 'unreadable', reason });

export const NOT_AN_OBJECT = `the body is not a JSON object in UTF-8, or is nested deeper than ${MAX_DEPTH}`;

/** Why a topic without a type is ignored. */
export const NO_EVENT = 'Earmark has no event type for this topic';

/** SHA-256 of the body in hex: the id of an event whose sender gave it none. */
export const bodyDigest = ({ body }: Delivery): string => hash('sha256', body);

/** Without `undefined`: to a rule, `has(event.order.total)` must be false where nothing was found. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = value[key];
    // A form's keys are the sender's own, and assigning to this one would set no property.
    if (part !== undefined && key !== '__proto__') {
      kept[key] = typeof part === 'object' ? prune(part) : part;
    }
  }
  return kept;
}

/** The most items, tags or fields that an event may hold: rules run over all of them while the sender waits. */
export const MAX_PARTS = 2_000;

/** The most fields of a form, or of an object of the flat schema. No sender known has as many. */
export const MAX_KEYS = 10_000;

/** The list of items at the path, as far as it is read: with one more than MAX_PARTS the event is refused. */
export const itemsAt = (value: unknown, path: string): readonly unknown[] =>
  upToTooMany(list(value, path));

/** The items, or so many of them that the event is refused: reading more would be wasted. */
export const upToTooMany = <T>(items: readonly T[]): readonly T[] => items.slice(0, MAX_PARTS + 1);

/** Why the event is too large. Nothing is cut off, for a rule would then see half an event. */
function excess({ order, tags, form }: EventDraft): string | undefined {
  const counts = [
    ['order', 'items', Math.max(order?.items?.length ?? 0, order?.refundedItems?.length ?? 0)],
    ['event', 'tags', Math.max(tags?.length ?? 0, order?.tags?.length ?? 0)],
    ['order', 'discount codes', order?.discountCodes?.length ?? 0],
    ['order', 'attributes', Object.keys(order?.attributes ?? {}).length],
    ['form', 'fields', Object.keys(form?.fields ?? {}).length],
  ] as const;
  const [whole, parts] = counts.find(([, , count]) => count > MAX_PARTS) ?? [];
  return whole && `the ${whole} has more than ${MAX_PARTS} ${parts}: send it in parts`;
}

/**
 * The draft as a reading. Without a type it is `custom`, for rules that name the topic (`topics` in rules.yml); where
 * it then names nobody, or cannot be read, it is ignored for its `hint`.
 */
export function toReading(
  source: SourceName,
  delivery: Pick<Delivery, 'receivedAt'>,
  draft: EventDraft,
): Reading {
  const { types, topic, hint = '' } = draft;
  const [first, ...rest] = types;
  if (first !== undefined) return toEvents(source, delivery, draft, [first, ...rest]);
  const unheard = { kind: 'ignored', reason: hint } as const;
  const reading = toEvents(source, delivery, { ...draft, unheard }, ['custom']);
  return reading.kind === 'events' && namesSomebody(reading.events[0].contact)
    ? reading
    : ignored(topic, hint);
}

/**
 * One event for each type, checked against `CustomerEvent`; the reason for what does not fit names fields, and never
 * values. What is no code, and what is no e-mail (`n/a`), is dropped. An e-mail that somebody garbled still means a
 * person, and the phone may be another person's: it is dropped as well.
 */
function toEvents(
  source: SourceName,
  delivery: Pick<Delivery, 'receivedAt'>,
  draft: EventDraft,
  [type, ...otherTypes]: readonly [EventType, ...EventType[]],
): Reading {
  const tooMuch = excess(draft);
  if (tooMuch !== undefined) return unreadable(tooMuch);
  const { id, topic, site, contact, subscription, form, data, unheard, incomplete } = draft;
  const email = readEmail(contact.email);
  const isGarbled = email === undefined && namesByEmail(contact.email);
  const phone = isGarbled ? undefined : visibleAddress(contact.phone ?? '') || undefined;
  const pruned = prune({
    ...{ id, topic, site, subscription, form },
    contact: {
      ...contact,
      email,
      phone,
      country: countryCode(contact.country),
      language: languageTag(contact.language),
    },
    order: draft.order && normalized(draft.order),
    occurredAt: draft.occurredAt ?? isoFromMilliseconds(delivery.receivedAt),
    test: draft.test ?? false,
    tags: draft.tags ?? [],
  });
  const parsed = CustomerEvent.safeParse({ ...(pruned as object), source, type, data });
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))];
    return unreadable(`the event has no valid ${fields.join(', ')}`);
  }
  const others = otherTypes.map((other) => ({ ...parsed.data, type: other }));
  return {
    kind: 'events',
    events: [parsed.data, ...others],
    ...(unheard && { unheard }),
    ...(incomplete && { incomplete }),
  };
}

/** An order with tags, sound codes, and a title for each item: else the SKU, else the product id. */
function normalized(order: OrderDraft): OrderDraft {
  const titled = (items: OrderDraft['items']) =>
    items?.map((item) => ({ ...item, title: item.title ?? item.sku ?? item.productId }));
  return {
    ...order,
    tags: order.tags ?? [],
    currency: currencyCode(order.currency),
    shippingCountry: countryCode(order.shippingCountry),
    items: titled(order.items),
    refundedItems: titled(order.refundedItems),
  };
}
