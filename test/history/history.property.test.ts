import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { EVENT_TYPES } from '../../lib/events/event.ts';
import { Fact, type FactItem, factKey } from '../../lib/history/fact.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import { netItems } from '../../lib/history/items.ts';
import { keptOf, mergeKept, replaces, tieOf } from '../../lib/history/merge.ts';
import { historyAt } from '../../lib/history/view.ts';
import { customerEvent } from '../support/arbitraries.ts';
import { onDay } from '../support/facts.ts';

const few = <T>(one: fc.Arbitrary<T>, most = 3) => fc.array(one, { maxLength: most });
const quantity = fc.integer({ min: 0, max: 5 });
const item: fc.Arbitrary<FactItem> = fc.record(
  { title: fc.constantFrom('A', 'B'), sku: fc.constantFrom('a', 'b'), quantity },
  { requiredKeys: [] },
);
const amount = fc.integer({ min: 0, max: 200 });
const orderState = fc.record(
  {
    also: few(fc.constantFrom('1', '2', '3'), 1),
    placedAt: fc.constantFrom(onDay(0), onDay(2)),
    total: amount,
    currency: fc.constant('EUR'),
    items: few(item),
    refundedTotal: amount,
    refundedItems: few(item),
    canceled: fc.boolean(),
    test: fc.boolean(),
  },
  { requiredKeys: ['test'] },
);
/** Few ids, types and times, so that facts meet. */
const known = {
  source: fc.constantFrom('shopify', 'stripe'),
  id: fc.constantFrom('1', '2', '3'),
  type: fc.constantFrom(...EVENT_TYPES),
  at: fc.integer({ min: 0, max: 5 }).map(onDay),
};
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ kind: fc.constant('order' as const), ...known, state: orderState }),
  fc.record({
    kind: fc.constant('subscription' as const),
    ...known,
    state: fc.record({ planName: fc.constantFrom('Club', 'Gold'), test: fc.boolean() }),
  }),
  fc.record({
    kind: fc.constant('event' as const),
    ...known,
    state: fc.record({ name: fc.constantFrom('opened', 'clicked'), test: fc.boolean() }),
  }),
);
const facts = fc.array(fact, { maxLength: 25 });
const now = onDay(10);

describe('facts', () => {
  test('end in the same history in whatever order, number and groups they come', () => {
    const deliveries = facts.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all.slice(0, 5)], {
          minLength: Math.min(all.length + 5, 2 * all.length),
        }),
        few(fc.nat(30), 4),
      ),
    );
    fc.assert(
      fc.property(deliveries, ([all, shuffled, cuts]) => {
        const ends = [...cuts, shuffled.length].sort((a, b) => a - b);
        let from = 0;
        let kept = keptOf([]);
        for (const end of ends) {
          kept = mergeKept(kept, keptOf(shuffled.slice(from, end)));
          from = Math.max(from, end);
        }
        expect(kept).toEqual(keptOf(all));
        expect(historyAt(kept, { now })).toEqual(historyAt(keptOf(all), { now }));
        expect(historyAt(kept.toReversed(), { now })).toEqual(historyAt(keptOf(all), { now }));
      }),
    );
  });

  test('merge alike from both sides, in any grouping, and once is enough', () => {
    fc.assert(
      fc.property(facts, facts, facts, (one, two, three) => {
        const [a, b, c] = [keptOf(one), keptOf(two), keptOf(three)];
        expect(mergeKept(a, b)).toEqual(mergeKept(b, a));
        expect(mergeKept(mergeKept(a, b), c)).toEqual(mergeKept(a, mergeKept(b, c)));
        expect(mergeKept(a, a)).toEqual(a);
        expect(mergeKept(mergeKept(a, b), b)).toEqual(mergeKept(a, b));
      }),
    );
  });

  test('of one time are in one order, however their keys are', () => {
    fc.assert(
      fc.property(orderState, orderState, (one, two) => {
        const turned = Object.fromEntries(Object.entries(one).toReversed()) as typeof one;
        expect(tieOf(turned)).toBe(tieOf(one));
        const [a, b] = [one, two].map((state) => ({ at: 1, state })) as [never, never];
        expect(replaces(a, b) && replaces(b, a)).toBe(false);
        expect(replaces(a, b) || replaces(b, a)).toBe(tieOf(one) !== tieOf(two));
      }),
    );
  });

  test('that are added lose nothing', () => {
    fc.assert(
      fc.property(facts, facts, (some, more) => {
        const [part, whole] = [keptOf(some), mergeKept(keptOf(some), keptOf(more))];
        const keys = new Set(whole.map(factKey));
        expect(part.every((one) => keys.has(factKey(one)))).toBe(true);
        const [before, after] = [historyAt(part, { now }), historyAt(whole, { now })];
        expect(after.subscriptions.length).toBeGreaterThanOrEqual(before.subscriptions.length);
        expect(after.last ?? 0).toBeGreaterThanOrEqual(before.last ?? 0);
        const ids = (list: readonly { id: string; source: string }[]) =>
          list.map(({ id, source }) => `${source} ${id}`);
        expect(ids(after.subscriptions)).toEqual(expect.arrayContaining(ids(before.subscriptions)));
      }),
    );
  });

  test('never have amounts or quantities below zero, nor paid orders without their money', () => {
    fc.assert(
      fc.property(facts, (all) => {
        for (const order of historyAt(keptOf(all), { now }).orders) {
          expect(order.total ?? 0).toBeGreaterThanOrEqual(0);
          expect(order.items.every((one) => (one.quantity ?? 1) > 0)).toBe(true);
          if (order.refunded || order.canceled) {
            expect([order.paid, order.items.length]).toEqual([false, 0]);
          }
        }
      }),
    );
  });

  test('as of a time are those that were known by then', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 5 }), (all, day) => {
        // Of one thing and type the latest alone is kept, so each may come once.
        const once = [...new Map(all.map((one) => [`${factKey(one)} ${one.type}`, one])).values()];
        const asOf = onDay(day);
        expect(historyAt(keptOf(once), { now, asOf })).toEqual(
          historyAt(keptOf(once.filter(({ at }) => at <= asOf)), { now }),
        );
      }),
    );
  });
});

test('items that are left are some of those that were bought', () => {
  fc.assert(
    fc.property(few(item, 6), few(item, 6), (bought, back) => {
      const count = (list: readonly FactItem[]) =>
        list.reduce((sum, one) => sum + (one.quantity ?? 1), 0);
      const left = netItems(bought, back);
      expect(left.every((one) => (one.quantity ?? 1) > 0)).toBe(true);
      expect(count(left)).toBeLessThanOrEqual(count(bought));
      if (back.every((one) => one.quantity !== undefined)) {
        expect(count(left)).toBeGreaterThanOrEqual(count(bought) - count(back));
      }
    }),
  );
});

describe('facts of events', () => {
  test('are facts, as their schema and JSON have them', () => {
    fc.assert(
      fc.property(fc.array(customerEvent, { minLength: 1, maxLength: 4 }), (events) => {
        const made = factsOf(events, now);
        expect(made.length).toBeGreaterThanOrEqual(events.length);
        expect(z.parse(z.array(Fact), JSON.parse(JSON.stringify(made)))).toEqual(made);
        expect(made.every(({ at }) => at <= now)).toBe(true);
        expect(JSON.stringify(made).isWellFormed()).toBe(true);
      }),
    );
  });

  const MARK = 'Zzyzx';
  const personal = {
    email: `${MARK}@example.com`,
    phone: `+1202555${MARK}`,
    firstName: MARK,
    lastName: MARK,
    country: 'GB',
    language: MARK,
  };

  test('hold nothing of the person', () => {
    fc.assert(
      fc.property(customerEvent, fc.constantFrom(...EVENT_TYPES), (event, type) => {
        const options = { [MARK]: MARK };
        const made = factsOf(
          [
            {
              ...event,
              type,
              id: `tier/${personal.email}`,
              contact: personal,
              tags: [MARK],
              order: {
                id: personal.email,
                number: personal.email,
                items: [{ title: `for ${personal.email}`, options }],
                refundedItems: [{ title: 'Mug', options }],
                tags: [personal.email],
                discountCodes: [personal.email],
                shippingCountry: 'GB',
                paymentMethod: MARK,
                attributes: options,
              },
              subscription: { id: `${personal.email}/Gold Tier`, planName: personal.email },
              form: { id: personal.email, fields: options },
              data: { person: MARK, note: MARK },
            },
          ],
          now,
        );
        expect(JSON.stringify(made)).not.toMatch(/zzyzx|"GB"/i);
      }),
    );
  });
});
