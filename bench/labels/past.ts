import type { EventType, Item } from '../../lib/events/event.ts';
import type { Said } from './deeds.ts';

/*
 * What customers did, as plain TypeScript understands docs/labels.md: nothing here is shared with lib/history and
 * lib/standing, which are held against it.
 */

export interface PastOrder {
  /** Its earliest time. */
  readonly at: number;
  /** Without what was paid back. */
  readonly total: number;
  readonly currency: string;
  /** Stock-keeping units of what was not given back; '' for a thing that has none. */
  readonly skus: readonly string[];
  readonly paid: boolean;
  /** Paid back in full, or cancelled. */
  readonly gone: boolean;
}

interface PastSubscription {
  readonly active: boolean;
  readonly planName: string;
}

export interface Past {
  readonly now: number;
  /** By time. */
  readonly orders: readonly PastOrder[];
  readonly subscriptions: readonly PastSubscription[];
  readonly forms: readonly { readonly name: string; readonly at: number }[];
  /** Everything else. */
  readonly events: readonly {
    readonly source: string;
    readonly name: string;
    readonly at: number;
  }[];
}

/** Where two things happened to one order or subscription at the same time, this is their order. */
const TURN: readonly EventType[] = [
  'order.created',
  'order.paid',
  'order.fulfilled',
  'order.canceled',
  'order.refunded',
  'order.partially_refunded',
  'subscription.started',
  'subscription.renewed',
  'subscription.changed',
  'subscription.paused',
  'subscription.resumed',
  'subscription.will_end',
  'subscription.canceled',
];

/** Of each type of event about one thing the latest counts. */
export function latestSayings(all: readonly Said[]): readonly Said[] {
  const latest = new Map<string, Said>();
  for (const said of all) {
    const thing = said.order?.id ?? said.subscription?.id ?? said.id;
    const key = [
      said.source,
      said.order ? 'o' : said.subscription ? 's' : 'e',
      thing,
      said.type,
    ].join();
    const known = latest.get(key);
    if (!known || said.at > known.at) latest.set(key, said);
  }
  return [...latest.values()];
}

/** What was known to have happened by then. @param sayings the latest ones */
export function pastAt(sayings: readonly Said[], now: number): Past {
  const known = sayings
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at - b.at || TURN.indexOf(a.type) - TURN.indexOf(b.type));
  const about = (thing: (said: Said) => string | undefined): readonly (readonly Said[])[] => [
    ...Map.groupBy(
      known.filter((said) => thing(said) !== undefined),
      (said) => `${said.source} ${thing(said)}`,
    ).values(),
  ];
  return {
    now,
    orders: about(({ order }) => order?.id)
      .map(orderOf)
      .sort((a, b) => a.at - b.at),
    subscriptions: about(({ subscription }) => subscription?.id).map(subscriptionOf),
    forms: known.flatMap(({ form, at }) => (form ? [{ name: form.name ?? '', at }] : [])),
    events: known.flatMap(({ order, subscription, form, source, type, at }) =>
      order || subscription || form ? [] : [{ source, name: type, at }],
    ),
  };
}

function orderOf(story: readonly Said[]): PastOrder {
  const last = <K extends 'total' | 'currency' | 'items' | 'refundedTotal' | 'refundedItems'>(
    key: K,
  ) => story.findLast(({ order }) => order?.[key] !== undefined)?.order?.[key];
  const has = (type: EventType): boolean => story.some((said) => said.type === type);
  const left = new Map<string, number>();
  const count = (items: readonly Item[], sign: number): void => {
    for (const { sku = '', title, quantity = 1 } of items) {
      const key = `${sku}\n${title}`;
      left.set(key, (left.get(key) ?? 0) + sign * quantity);
    }
  };
  count((last('items') as Item[] | undefined) ?? [], 1);
  count((last('refundedItems') as Item[] | undefined) ?? [], -1);
  const gone = has('order.canceled') || has('order.refunded');
  return {
    at: Math.min(...story.map(({ at }) => at)),
    total: Number(last('total') ?? 0) - Number(last('refundedTotal') ?? 0),
    currency: String(last('currency') ?? ''),
    skus: [...left].flatMap(([key, quantity]) => (quantity > 0 ? [key.split('\n')[0] ?? ''] : [])),
    paid: has('order.paid') && !gone,
    gone,
  };
}

const BEGINS: readonly EventType[] = [
  'subscription.started',
  'subscription.renewed',
  'subscription.resumed',
];
const ENDS: readonly EventType[] = ['subscription.paused', 'subscription.canceled'];

/** The last beginning or end decides. One of which only changes came in goes on. */
function subscriptionOf(story: readonly Said[]): PastSubscription {
  const turn = story.findLast(({ type }) => BEGINS.includes(type) || ENDS.includes(type));
  return {
    active: turn === undefined || BEGINS.includes(turn.type),
    planName: story.at(-1)?.subscription?.planName ?? '',
  };
}

const within = <T extends { readonly at: number }>(
  all: readonly T[],
  { now }: Past,
  ms: number,
): T[] => all.filter(({ at }) => at > now - ms);

/** The orders that count, of the last so many milliseconds. */
export const paidOrders = (past: Past, ms = Number.POSITIVE_INFINITY): readonly PastOrder[] =>
  within(past.orders, past, ms).filter(({ paid }) => paid);

/** Whole cents, so that no sum hangs on the order of its parts. */
export const spentCents = (past: Past, currency: string, ms?: number): number =>
  paidOrders(past, ms)
    .filter((order) => order.currency === currency)
    .reduce((sum, { total }) => sum + Math.round(total * 100), 0);

export const formsNamed = (past: Past, name: string, ms: number): number =>
  within(past.forms, past, ms).filter((one) => one.name === name).length;

/** The most of one source. */
export function eventsNamed(past: Past, name: string, ms: number): number {
  const found = within(past.events, past, ms).filter((one) => one.name === name);
  const bySource = Map.groupBy(found, ({ source }) => source);
  return Math.max(0, ...[...bySource.values()].map(({ length }) => length));
}
