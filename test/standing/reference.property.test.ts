import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fact } from '../../lib/history/fact.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import { DAY, onDay } from '../support/facts.ts';

// The labels of the sample, evaluated over random lives, and once more by plain functions of the same lives.

interface Order {
  readonly day: number;
  readonly total: number;
  readonly sku: string;
  /** Days after the order, where it happened. */
  readonly partBack: number | null;
  readonly allBack: number | null;
  readonly canceled: number | null;
}
interface Subscription {
  readonly day: number;
  readonly plan: string;
  readonly ended: number | null;
}
interface Life {
  readonly orders: readonly Order[];
  readonly subscriptions: readonly Subscription[];
  readonly forms: readonly { readonly day: number; readonly name: string }[];
}

const day = fc.integer({ min: 0, max: 700 });
const later = fc.option(fc.integer({ min: 1, max: 200 }), { freq: 2 });
const rarely = fc.option(fc.integer({ min: 1, max: 200 }), { freq: 1 });
const life: fc.Arbitrary<Life> = fc.record({
  orders: fc.array(
    fc.record({
      day,
      total: fc.constantFrom(50, 125, 250.5, 500, 700),
      sku: fc.constantFrom('COURSE-1', 'DESK-1', 'X-COURSE-'),
      partBack: later,
      allBack: rarely,
      canceled: rarely,
    }),
    { maxLength: 5 },
  ),
  subscriptions: fc.array(
    fc.record({ day, plan: fc.constantFrom('Club', 'Gold', 'Team'), ended: later }),
    { maxLength: 3 },
  ),
  forms: fc.array(fc.record({ day, name: fc.constantFrom('Ebook', 'Contact') }), { maxLength: 3 }),
});

const PART = 20;
const LAST = 1_000;
/** Nothing is known of what comes later. */
const upTo = (now: number, day: number | null): day is number => day !== null && day <= now;

function factsUntil(now: number, { orders, subscriptions, forms }: Life): Fact[] {
  const facts: Fact[] = [];
  const test = false;
  for (const [i, order] of orders.entries()) {
    const known = { kind: 'order' as const, source: 'shopify', id: `o${i}` };
    const { total, sku } = order;
    const state = { total, currency: 'EUR', items: [{ sku, title: 'Thing' }], test };
    facts.push({ ...known, type: 'order.paid', at: onDay(order.day), state });
    const add = (days: number | null, type: Fact['type'], state: object) => {
      if (days === null) return;
      facts.push({ ...known, type, at: onDay(order.day + days), state: { ...state, test } });
    };
    add(order.partBack, 'order.partially_refunded', { refundedTotal: PART });
    add(order.allBack, 'order.refunded', {});
    add(order.canceled, 'order.canceled', {});
  }
  for (const [i, { day, plan, ended }] of subscriptions.entries()) {
    const known = { kind: 'subscription' as const, source: 'stripe', id: `s${i}` };
    const state = { planName: plan, test };
    facts.push({ ...known, type: 'subscription.started', at: onDay(day), state });
    if (ended !== null) {
      facts.push({
        ...known,
        type: 'subscription.canceled',
        at: onDay(day + ended),
        state: { test },
      });
    }
  }
  for (const [i, { day, name }] of forms.entries()) {
    const state = { name, test };
    facts.push({
      kind: 'form',
      source: 'tally',
      id: `f${i}`,
      type: 'form.submitted',
      at: onDay(day),
      state,
    });
  }
  return facts.filter(({ at }) => at <= onDay(now));
}

/** The labels of samples/standing/rules.yml on a day, whole days alone. */
function labelsOn(now: number, life: Life): string[] {
  const orders = life.orders.filter(({ day }) => day <= now);
  const isLive = ({ day, allBack, canceled }: Order, now: number) =>
    day <= now && !upTo(now, allBack && day + allBack) && !upTo(now, canceled && day + canceled);
  const live = orders.filter((order) => isLive(order, now));
  const spent = (since: number) =>
    live
      .filter(({ day }) => day > since)
      .reduce(
        (sum, { day, total, partBack }) =>
          sum + total - (upTo(now, partBack && day + partBack) ? PART : 0),
        0,
      );
  const hasRecent = (then: number) =>
    orders.some((order) => isLive(order, then) && order.day > then - 30);
  const plans = life.subscriptions
    .filter(({ day, ended }) => day <= now && !upTo(now, ended && day + ended))
    .map(({ plan }) => `Plan: ${plan}`);
  const week = Array.from({ length: 8 }, (_, i) => now - i);
  const isOn: Readonly<Record<string, boolean>> = {
    Customer: live.length > 0,
    VIP: spent(now - 365) >= 500,
    Returning: live.length >= 2,
    Lapsed: orders.length > 0 && orders.every(({ day }) => day <= now - 180),
    'Course buyer': live.some(({ sku }) => sku.startsWith('COURSE-')),
    Member: plans.length > 0,
    'Fresh lead': life.forms.some(
      ({ day, name }) => name === 'Ebook' && day <= now && day > now - 7,
    ),
    'Review us': week.every(hasRecent),
    Gold: spent(Number.NEGATIVE_INFINITY) >= 1000,
    Silver: spent(Number.NEGATIVE_INFINITY) >= 250 && spent(Number.NEGATIVE_INFINITY) < 1000,
  };
  const names = Object.keys(isOn).filter((name) => isOn[name]);
  return [...new Set([...names, ...plans])].sort();
}

const order: Order = {
  day: 690,
  total: 700,
  sku: 'COURSE-1',
  partBack: null,
  allBack: null,
  canceled: null,
};
const NOTHING: Life = { orders: [], subscriptions: [], forms: [] };
/** Among these each label is on once, also those that chance seldom meets. */
const EACH_LABEL: [Life, number][] = [
  [
    {
      orders: [order, { ...order, day: 680 }],
      subscriptions: [{ day: 1, plan: 'Club', ended: null }],
      forms: [{ day: 699, name: 'Ebook' }],
    },
    700,
  ],
  [{ ...NOTHING, orders: [{ ...order, day: 10 }] }, 300],
];

test('the labels of the sample are what plain functions of a life say', () => {
  const { labels: definitions = [] } = loadRules(readFileSync(STANDING_RULES, 'utf8'), 'rules.yml');
  const labels = compileLabels(definitions, { retentionMs: 10_000 * DAY });
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(life, fc.integer({ min: 0, max: LAST }), (life, now) => {
      const { wanted, undecided } = labels.evaluate(keptOf(factsUntil(now, life)), onDay(now));
      const names = [...wanted.keys()].sort();
      for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1);
      expect(undecided).toEqual([]);
      expect(names).toEqual(labelsOn(now, life));
    }),
    { numRuns: 200, examples: EACH_LABEL },
  );
  expect([...seen.keys()]).toEqual(expect.arrayContaining([...labels.names]));
});
