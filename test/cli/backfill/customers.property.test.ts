import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { earn, fold } from '../../../cli/commands/backfill/customers.ts';
import type { CustomerEvent, MissingPolicy } from '../../../lib/events/event.ts';
import { planOf } from '../../../lib/labelling/labels/plan.ts';
import { groupOf } from '../../../lib/queue/identity.ts';
import { LabelJob } from '../../../lib/queue/job.ts';
import { messageBody } from '../../../lib/queue/message.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { paidOrder } from '../../support/events.ts';

const rulesWith = (missing: MissingPolicy) =>
  compileRules(
    loadRules(
      `contacts: { missing: ${missing} }
rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: spenders, on: order.paid, when: event.order.total >= 100.0, add: [VIP], remove: [New] }
  - { name: new, on: order.created, add: [New] }
  - { name: refunds, on: order.refunded, remove: [Customer, VIP] }
`,
      'rules.yml',
    ),
  );
const rules = rulesWith('wait');

const START = Date.UTC(2026, 0, 1);
const NOW = Date.UTC(2027, 0, 1);
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
            id: `${type}:order ${i}`,
            type,
            // Events of one order may have one time: they count in their order.
            occurredAt: new Date(START + at * 60_000 + (i % 2) * step * 60_000).toISOString(),
            contact: { email },
            order: { id: `order ${i}`, total, items: [], tags: [] },
          }),
      ),
    ),
  );

function jobOf(given: readonly (readonly CustomerEvent[])[]): LabelJob | undefined {
  const { customers } = earn(given, 'site', rules, NOW);
  expect(customers).toHaveLength(1);
  return customers[0]?.job;
}

test('the order of the rows does not matter: the job is the same, its id too', () => {
  fc.assert(
    fc.property(
      orders.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
      ([all, others]) => {
        const [job, same] = [jobOf(all), jobOf(others)];
        expect(same).toEqual(job);
      },
    ),
  );
});

const shuffled = <T>(all: readonly T[]) =>
  fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });

test('a job puts and takes what the worker would for the events one by one, in the order of their time', () => {
  fc.assert(
    fc.property(orders, (all) => {
      const inTime = all
        .flatMap((events) => events.map((event, step) => ({ event, step })))
        .toSorted((a, b) => whenAndWhich(a) - whenAndWhich(b));
      const matches = inTime.map(({ event }) => matchRules(rules, [event]));
      const names = new Map<string, string>();
      for (const { add, remove } of matches) {
        for (const name of remove) names.set(name, 'remove');
        for (const name of add) names.set(name, 'add');
      }

      const job = jobOf(all);

      const wanted = [...planOf(job ? [job] : [], () => undefined).values()];
      expect(new Map(wanted.map(({ name, change }) => [name, change]))).toEqual(names);
    }),
  );
});

/** By time; of one moment by the order's id, and then by the step. */
const whenAndWhich = ({ event, step }: { event: CustomerEvent; step: number }): number =>
  Date.parse(event.occurredAt) + Number(event.order?.id.slice(6)) * 10 + step;

test('a job is one that the worker reads, of the group of the customer’s webhooks', () => {
  fc.assert(
    fc.property(orders, (all) => {
      const job = jobOf(all);
      fc.pre(job !== undefined);

      expect(LabelJob.parse(JSON.parse(messageBody(job)))).toEqual(JSON.parse(messageBody(job)));
      expect(groupOf(job)).toBe(groupOf({ site: 'site', contact: { email: 'ada@example.com' } }));
      expect(job.cause.eventId).toMatch(/^backfill order\./);
      expect(Date.parse(job.cause.occurredAt)).toBeLessThan(NOW);
    }),
  );
});

const ada = paidOrder({
  contact: { email: 'Ada@example.com', firstName: 'Ada', phone: '+4915112345670' },
  order: { id: '1', total: 20, items: [], tags: [] },
});
const adasJob = (missing: MissingPolicy) =>
  earn([[ada]], 'site', rulesWith(missing), NOW).customers[0]?.job;

test('nobody waits for who is no contact; with create the job has what a contact is made of', () => {
  expect(adasJob('wait')).toMatchObject({ missing: 'ignore' });
  expect(adasJob('ignore')).toMatchObject({ missing: 'ignore' });
  expect(adasJob('create')).toMatchObject({
    missing: 'create',
    contact: { email: 'Ada@example.com', firstName: 'Ada' },
  });
});

test('other labels, another time or another site are another job', () => {
  const job = adasJob('wait');
  if (!job) throw new Error('She earns a label.');
  const later = { ...job, cause: { ...job.cause, occurredAt: '2026-12-24T00:00:00Z' } };
  const ids = [job, { ...job, add: ['VIP'] }, { ...job, site: 'other' }, later].map(
    (one) => fold([one])?.id,
  );

  expect(new Set(ids).size).toBe(4);
});

test('of orders that earn and lose nothing there is no job', () => {
  const event = paidOrder({ type: 'order.fulfilled' });

  expect(jobOf([[event]])).toBeUndefined();
});

test('what a rule fails on is counted, and the other rules hold', () => {
  const order = { id: '1', items: [], tags: [] };

  const { failures, customers } = earn([[paidOrder({ order })]], 'site', rules, NOW);

  expect([...failures.keys()]).toEqual([expect.stringContaining('"spenders"')]);
  expect(customers[0]?.job).toMatchObject({ add: ['Customer'], remove: [] });
});
