import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { earn, wishesOf } from '../../../cli/commands/backfill/customers.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { planOf } from '../../../lib/labelling/labels/plan.ts';
import { makeJob } from '../../../lib/receiving/to-job.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { paidOrder } from '../../support/events.ts';

const rules = compileRules(
  loadRules(
    `rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: spenders, on: order.paid, when: event.order.total >= 100.0, add: [VIP], remove: [New] }
  - { name: new, on: order.created, add: [New] }
  - { name: refunds, on: order.refunded, remove: [Customer, VIP] }
`,
    'rules.yml',
  ),
);

const START = Date.UTC(2026, 0, 1);
const TYPES = ['order.created', 'order.paid', 'order.refunded'] as const;

/** Orders of one customer, each of some steps; times of different orders may be the same. */
const orders = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 5 }),
      total: fc.constantFrom(20, 200),
      types: fc.subarray([...TYPES], { minLength: 1 }),
      email: fc.constantFrom('ada@example.com', 'ADA@example.com', 'Ada@Example.com'),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ at, total, types, email }, i) =>
      types.map(
        (type, step): CustomerEvent =>
          paidOrder({
            type,
            // Steps of one order may be told at one moment: they count in their order.
            occurredAt: new Date(START + at * 60_000 + (i % 2) * step * 60_000).toISOString(),
            contact: { email },
            order: { id: `order ${i}`, total, items: [], tags: [] },
          }),
      ),
    ),
  );

const wishes = (given: readonly (readonly CustomerEvent[])[]) => {
  const customers = [...earn(rules, given).customers.values()];
  expect(customers).toHaveLength(1);
  return Object.fromEntries([...wishesOf(customers[0]?.changes ?? [])].toSorted());
};

test('the order of the rows does not matter', () => {
  fc.assert(
    fc.property(
      orders.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
      ([all, others]) => {
        expect(wishes(others)).toEqual(wishes(all));
      },
    ),
  );
});

const shuffled = <T>(all: readonly T[]) =>
  fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });

test('wishes are those of the events, run through the rules one by one in the order of their time', () => {
  fc.assert(
    fc.property(orders, (all) => {
      const inTime = all
        .flatMap((events) => events.map((event, step) => ({ event, step })))
        .toSorted((a, b) => whenAndWhich(a) - whenAndWhich(b));
      const jobs = inTime.map(({ event }) =>
        makeJob({
          events: [event],
          match: matchRules(rules, [event]),
          site: 'site',
          origin: { receivedAt: Date.UTC(2027, 0, 1) },
        }),
      );

      // What the worker makes of the same events when they come in that order.
      const plan = planOf(jobs, () => undefined);

      const expected = [...plan.values()].map(({ name, change }) => [name, change]);
      expect(wishes(all)).toEqual(Object.fromEntries(expected.toSorted()));
    }),
  );
});

/** By time; of one moment by the order's id, and then by the step. */
const whenAndWhich = ({ event, step }: { event: CustomerEvent; step: number }): number =>
  Date.parse(event.occurredAt) + Number(event.order?.id.slice(6)) * 10 + step;

test('what a rule fails on is counted, and the other rules hold', () => {
  const order = { id: '1', items: [], tags: [] };

  const { failures, customers } = earn(rules, [[paidOrder({ order })]]);

  expect([...failures.keys()]).toEqual([expect.stringContaining('"spenders"')]);
  const [customer] = customers.values();
  expect([...wishesOf(customer?.changes ?? [])]).toEqual([['Customer', 'add']]);
});
