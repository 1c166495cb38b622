import { describe, expect, test } from '@jest/globals';
import { FAULTS } from '../../bench/faults/catalogue.ts';
import { compare, TROUBLES } from '../../bench/faults/neighbours.ts';
import { faultTable } from '../../bench/faults/report.ts';
import { runFault } from '../../bench/faults/run.ts';

// The short form of `npm run bench:faults`: the same hours, with fewer events.
const EVENTS = 150;
const SEED = 1;

describe('labels come true through', () => {
  test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    '%s',
    async (_name, fault) => {
      const result = await runFault(fault, { seed: SEED, events: EVENTS });
      expect(result.problems).toEqual([]);
      expect(result.events).toBe(EVENTS * (fault.times ?? 1));
      expect(result.callsMeanwhile).toBeGreaterThan(0);
    },
    30_000,
  );

  test('a run that failed says why', async () => {
    const [, refused] = FAULTS;
    if (!refused) throw new Error('There are no faults.');
    const result = await runFault({ ...refused, mostCalls: 1 }, { seed: SEED, events: 30 });
    expect(faultTable([result])).toMatch(/FAIL refused: \d+ calls meanwhile, over 1$/m);
  });
});

describe('labels are there as fast', () => {
  test.each(TROUBLES.map((trouble) => [trouble.name, trouble] as const))(
    '%s',
    async (_name, trouble) => {
      const comparison = await compare(trouble, { seed: SEED, events: 200 });
      expect(comparison.missing).toBe(0);
      expect(comparison.passed).toBe(true);
      expect(comparison.troubledCalls).toBeGreaterThan(0);
    },
    30_000,
  );
});
