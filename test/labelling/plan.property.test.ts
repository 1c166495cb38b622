import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LabelPlan, planOf } from '../../lib/labelling/labels/plan.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { aJob, START } from '../support/jobs.ts';

const LABELS = ['A', 'B', 'C'];

const job: fc.Arbitrary<LabelJob> = fc
  .record({
    at: fc.integer({ min: 0, max: 20_000 }),
    changes: fc.array(fc.constantFrom('add', 'remove', 'leave'), { minLength: 3, maxLength: 3 }),
    reversible: fc.option(fc.subarray(LABELS), { nil: undefined }),
  })
  .map(({ at, changes, reversible }) => ({
    ...aJob({ at: START + at }),
    add: LABELS.filter((_, index) => changes[index] === 'add'),
    remove: LABELS.filter((_, index) => changes[index] === 'remove'),
    reversible,
  }));
const says = fc.dictionary(
  fc.constantFrom(...LABELS),
  fc.integer({ min: START - 10_000, max: START + 20_000 }),
);

/** The jobs done one by one, each to what the ones before it left: the state, not the plan, is kept. */
function oneByOne(jobs: readonly LabelJob[], lastWriteAt: (name: string) => number | undefined) {
  const state = new Map<string, { change: string; occurredAt: number; reversible: boolean }>();
  for (const each of jobs) {
    const says = (name: string): number | undefined =>
      state.get(name)?.occurredAt ?? lastWriteAt(name);
    for (const [name, { change, occurredAt, reversible }] of planOf([each], says)) {
      const before = state.get(name)?.reversible ?? false;
      state.set(name, { change, occurredAt, reversible: reversible || before });
    }
  }
  return state;
}
const stateOf = (plan: LabelPlan) =>
  [...plan].map(([name, { change, occurredAt, reversible }]) => ({
    name,
    change,
    occurredAt,
    reversible,
  }));

test('jobs planned together come to what they come to one by one', () => {
  fc.assert(
    fc.property(fc.array(job, { maxLength: 8 }), says, (jobs, last) => {
      const lastWriteAt = (name: string): number | undefined => last[name];
      const together = stateOf(planOf(jobs, lastWriteAt));
      const apart = [...oneByOne(jobs, lastWriteAt)].map(([name, rest]) => ({ name, ...rest }));
      expect(together).toEqual(apart);
    }),
    { numRuns: 500 },
  );
});

test('of two that are more than five seconds apart the later has its say, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 8 }), says, (jobs, last) => {
      const plan = planOf(jobs, (name) => last[name]);
      for (const name of LABELS) {
        const concerned = jobs.filter(({ add, remove }) => [...add, ...remove].includes(name));
        const latest = Math.max(
          last[name] ?? 0,
          ...concerned.map(({ cause }) => Date.parse(cause.occurredAt)),
        );
        const planned = plan.get(name);
        const may = concerned.filter(({ cause }) => latest - Date.parse(cause.occurredAt) <= 5_000);
        if (!planned) {
          expect(may).toEqual([]);
          continue;
        }
        const changes = may.map(({ add }) => (add.includes(name) ? 'add' : 'remove'));
        // The last to come of those that may have a say.
        expect(planned.change).toBe(changes.at(-1));
        expect(planned.occurredAt).toBe(latest);
      }
    }),
    { numRuns: 500 },
  );
});
