import fc from 'fast-check';
import type { Fact, KeptFact } from '../../lib/history/fact.ts';
import { keptOf } from '../../lib/history/merge.ts';

export const MINUTE = 60_000;
/** Times of these tests are minutes from here. */
const START = Date.UTC(2026, 0, 1);
export const minute = (count: number): number => START + count * MINUTE;
/** All random facts are before it. */
export const LAST_MINUTE = 60;

const at = fc.integer({ min: 0, max: LAST_MINUTE });
const source = fc.constantFrom('shopify', 'stripe', 'tally');
const test = false;

/** What happened to one order; a sender may leave out total or currency. */
const order = fc
  .record({
    id: fc.constantFrom('1', '2', '3'),
    source,
    paid: at,
    total: fc.option(fc.integer({ min: 0, max: 40 }), { freq: 2, nil: undefined }),
    sku: fc.constantFrom('COURSE-1', 'DESK-1', undefined),
    backs: fc.array(fc.record({ at, amount: fc.integer({ min: 1, max: 30 }) }), { maxLength: 1 }),
    canceled: fc.option(at, { freq: 3 }),
  })
  .map(({ paid, total, sku, backs, canceled, ...known }): Fact[] => [
    {
      ...known,
      kind: 'order',
      type: 'order.paid',
      at: minute(paid),
      state: { total, currency: 'EUR', items: [{ sku, title: 'Thing' }], test },
    },
    ...backs.map((back): Fact => {
      const state = { refundedTotal: back.amount, test };
      const type = 'order.partially_refunded';
      return { ...known, kind: 'order', type, at: minute(back.at), state };
    }),
    ...(canceled === null
      ? []
      : [
          {
            ...known,
            kind: 'order' as const,
            type: 'order.canceled' as const,
            at: minute(canceled),
            state: { test },
          },
        ]),
  ]);

const subscription = fc
  .record({
    id: fc.constantFrom('1', '2'),
    source,
    at,
    type: fc.constantFrom('subscription.started' as const, 'subscription.canceled' as const),
    planName: fc.constantFrom('Club', 'Gold', undefined),
  })
  .map(({ at, planName, ...known }): Fact[] => [
    { ...known, kind: 'subscription', at: minute(at), state: { planName, test } },
  ]);

const form = fc
  .record({ id: fc.uuid(), source, at, name: fc.constantFrom('Ebook', 'Contact', undefined) })
  .map(({ at, name, ...known }): Fact[] => [
    { ...known, kind: 'form', type: 'form.submitted', at: minute(at), state: { name, test } },
  ]);

const event = fc
  .record({ id: fc.uuid(), source, at, name: fc.constantFrom('opened', 'clicked') })
  .map(({ at, name, ...known }): Fact[] => [
    { ...known, kind: 'event', type: 'custom', at: minute(at), state: { name, test } },
  ]);

/** Facts of a contact within an hour. */
const someFacts: fc.Arbitrary<readonly Fact[]> = fc
  .array(fc.oneof(order, subscription, form, event), { maxLength: 6 })
  .map((all) => all.flat());

export const kept: fc.Arbitrary<readonly KeptFact[]> = someFacts.map((facts) => keptOf(facts));

/** The facts as they were known at a time. */
export const knownAt = (facts: readonly KeptFact[], time: number): readonly KeptFact[] =>
  facts.flatMap((fact) => {
    const states = Object.entries(fact.states).filter(([, { at }]) => at <= time);
    return states.length === 0 ? [] : [{ ...fact, states: Object.fromEntries(states) }];
  });

export const CONDITIONS = [
  'history.orders.exists(o, o.paid)',
  'history.within("20m").orders.exists(o, o.paid)',
  'history.within("20m").orders.size() >= 1 && history.within("45m").events.size() == 0',
  'history.orders.size() > 0 && history.within("15m").orders.size() == 0',
  'history.within("30m").spent("EUR") >= 25.0',
  'history.items.exists(i, i.sku.startsWith("COURSE-"))',
  'history.subscriptions.exists(s, s.active && s.planName == "Gold")',
  'history.within("10m").forms.exists(f, f.name == "Ebook")',
  'history.within("25m").events.exists(e, e.name == "opened" && e.count >= 2)',
  'history.within("40m").within("10m").forms.size() > 0',
  'has(history.last) && history.last - history.first > duration("30m")',
] as const;
export const condition = fc.constantFrom(...CONDITIONS);

export const EACH = [
  'history.subscriptions.filter(s, s.active).map(s, "Plan: " + s.planName)',
  'history.within("20m").forms.map(f, "Form: " + f.name)',
  'history.within("30m").orders.map(o, "From " + o.source)',
] as const;
export const each = fc.constantFrom(...EACH);
