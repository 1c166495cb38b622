import type { StandingDefinition } from '../../lib/rules/config.ts';
import { DAY, type Said } from './deeds.ts';
import {
  eventsNamed,
  formsNamed,
  latestSayings,
  type Past,
  paidOrders,
  pastAt,
  spentCents,
} from './past.ts';

/** A definition, and beside it what it promises, in plain TypeScript. */
export interface Promised {
  readonly definition: StandingDefinition;
  /** The labels that somebody with this past should have. */
  readonly labels: (past: Past) => readonly string[];
  /** The windows that it looks through. Milliseconds. */
  readonly windows: readonly number[];
}

function one(
  label: string,
  condition: string,
  holds: (past: Past) => boolean,
  { days = [], after }: Time = {},
) {
  const labels = (past: Past): readonly string[] => (holds(past) ? [label] : []);
  return promised({ label, while: condition }, labels, { days, after });
}

interface Time {
  readonly days?: readonly number[];
  /** Days. */
  readonly after?: number | undefined;
}

function promised(
  definition: StandingDefinition,
  labels: Promised['labels'],
  { days = [], after }: Time = {},
): Promised {
  const windows = days.map((each) => each * DAY);
  return { definition: { ...definition, ...(after && { afterMs: after * DAY }) }, labels, windows };
}

const isActive = ({ active }: { readonly active: boolean }): boolean => active;
const isMember = ({ subscriptions }: Past): boolean => subscriptions.some(isActive);
/** The first of the tiers whose cents are spent. */
const tier = (cents: number, tiers: readonly (readonly [string, number])[]): readonly string[] =>
  tiers
    .filter(([, least]) => cents >= least)
    .slice(0, 1)
    .map(([label]) => label);

/** Those of samples/standing/rules.yml, and others that are harder. */
export const PROMISED: readonly Promised[] = [
  one('Customer', 'history.orders.exists(o, o.paid)', (past) => paidOrders(past).length > 0),
  one(
    'VIP',
    'history.within("365d").spent("EUR") >= 500.0',
    (past) => spentCents(past, 'EUR', 365 * DAY) >= 500_00,
    { days: [365] },
  ),
  one(
    'Returning',
    'history.orders.filter(o, o.paid).size() >= 2',
    (past) => paidOrders(past).length >= 2,
  ),
  one(
    'Lapsed',
    'history.orders.size() > 0 && history.within("180d").orders.size() == 0',
    ({ orders, now }) => orders.length > 0 && orders.every(({ at }) => at <= now - 180 * DAY),
    { days: [180] },
  ),
  one('Course buyer', 'history.items.exists(i, i.sku.startsWith("COURSE-"))', (past) =>
    paidOrders(past).some(({ skus }) => skus.some((sku) => sku.startsWith('COURSE-'))),
  ),
  one('Member', 'history.subscriptions.exists(s, s.active)', isMember),
  one(
    'Fresh lead',
    'history.within("7d").forms.exists(f, f.name == "Ebook")',
    (past) => formsNamed(past, 'Ebook', 7 * DAY) > 0,
    { days: [7] },
  ),
  one(
    'Review us',
    'history.within("30d").orders.exists(o, o.paid)',
    (past) => paidOrders(past, 30 * DAY).length > 0,
    { days: [30], after: 7 },
  ),
  one(
    'Hesitant',
    'history.within("60d").events.exists(e, e.name == "checkout.abandoned" && e.count >= 2)',
    (past) => eventsNamed(past, 'checkout.abandoned', 60 * DAY) >= 2,
    { days: [60] },
  ),
  one('Faithful', 'history.subscriptions.exists(s, s.active)', isMember, { after: 90 }),
  one(
    'Settled',
    'history.orders.exists(o, o.paid) && !history.within("30d").orders.exists(o, o.refunded || o.canceled)',
    (past) => paidOrders(past).length > 0 && undone(past, 30 * DAY) === 0,
    { days: [30], after: 14 },
  ),
  promised(
    {
      oneOf: [
        ['Gold', 'history.spent("EUR") >= 1000.0'],
        ['Silver', 'history.spent("EUR") >= 250.0'],
      ],
    },
    (past) =>
      tier(spentCents(past, 'EUR'), [
        ['Gold', 1000_00],
        ['Silver', 250_00],
      ]),
  ),
  promised(
    {
      oneOf: [
        ['Spends much', 'history.within("90d").spent("USD") >= 200.0'],
        ['Spends', 'history.within("90d").spent("USD") >= 20.0'],
      ],
    },
    (past) =>
      tier(spentCents(past, 'USD', 90 * DAY), [
        ['Spends much', 200_00],
        ['Spends', 20_00],
      ]),
    { days: [90] },
  ),
  promised(
    {
      each: 'history.subscriptions.filter(s, s.active && has(s.planName)).map(s, "Plan: " + s.planName)',
      most: 5,
    },
    ({ subscriptions }) =>
      subscriptions.filter(isActive).map(({ planName }) => `Plan: ${planName}`),
  ),
  promised(
    { each: 'history.within("45d").items.filter(i, i.sku != "").map(i, "Bought: " + i.sku)' },
    (past) =>
      paidOrders(past, 45 * DAY).flatMap(({ skus }) =>
        skus.flatMap((sku) => (sku === '' ? [] : [`Bought: ${sku}`])),
      ),
    { days: [45] },
  ),
];

const undone = ({ orders, now }: Past, ms: number): number =>
  orders.filter(({ at, gone }) => gone && at > now - ms).length;

/** The labels that somebody should have now, of whom so much came in. */
export function truth(
  said: readonly Said[],
  now: number,
  all: readonly Promised[],
): ReadonlySet<string> {
  const sayings = latestSayings(said);
  const pasts = new Map<number, Past>();
  const past = (time: number): Past => {
    const known = pasts.get(time) ?? pastAt(sayings, time);
    pasts.set(time, known);
    return known;
  };
  return new Set(all.flatMap((each) => wanted(each, sayings, now, past)));
}

/** With `after`: what holds now and did at every time since then. */
function wanted(
  { definition: { afterMs }, labels, windows }: Promised,
  sayings: readonly Said[],
  now: number,
  past: (time: number) => Past,
): readonly string[] {
  const held = labels(past(now));
  if (afterMs === undefined || held.length === 0) return held;
  const since = now - afterMs;
  const turns = sayings.flatMap(({ at }) => [at, ...windows.map((window) => at + window)]);
  const times = [since, ...turns.filter((time) => time > since && time <= now)];
  return held.filter((label) => times.every((time) => labels(past(time)).includes(label)));
}
