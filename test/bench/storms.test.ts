import { describe, expect, test } from '@jest/globals';
import { stormTable } from '../../bench/faults/storm-report.ts';
import {
  BODIES,
  type Body,
  JOBS,
  MOST_DEAD,
  runStorm,
  STATUSES,
  STORMS,
  type StormTarget,
  TARGETS,
} from '../../bench/faults/storms.ts';

// The short form of `npm run bench:faults -- --only storms`: each status once, at each kind of call and in
// each body by turns.

const SEED = 1;
const bodies = Object.keys(BODIES) as Body[];
const targets = Object.keys(TARGETS) as StormTarget[];
const some = STATUSES.map((status, index) => ({
  status,
  body: bodies[index % bodies.length] ?? 'empty',
  target: targets[index % targets.length] ?? 'all',
}));

test('the long form has 25 statuses and more, each in each body at each kind of call', () => {
  expect(STATUSES.length).toBeGreaterThanOrEqual(25);
  expect(STORMS).toHaveLength(STATUSES.length * bodies.length * targets.length);
});

describe('all jobs are labelled, after a minute of', () => {
  test.each([
    ...some,
    { status: 404, body: 'HTML', target: 'all' },
    { status: 302, body: 'HTML', target: 'all' },
    { status: 400, body: 'HTML', target: 'look-up' },
    { status: 501, body: 'empty', target: 'label' },
    { status: 428, body: 'envelope', target: 'token' },
  ] as const)(
    '$status $body to $target',
    async (storm) => {
      const result = await runStorm(storm, { seed: SEED });
      expect(result.problems).toEqual([]);
      const isLabel = storm.target === 'label';
      if (storm.body !== 'envelope' || isLabel) expect(result.labelled).toBe(JOBS);
    },
    30_000,
  );
});

describe("but for the first ones, where Wix itself says 'permanent' to", () => {
  test.each(['find or create', 'look-up', 'all'] as const)(
    '%s',
    async (target) => {
      const result = await runStorm({ status: 400, body: 'envelope', target }, { seed: SEED });
      expect(result.problems).toEqual([]);
      expect(result.dead).toBeGreaterThan(0);
      expect(result.dead).toBeLessThanOrEqual(MOST_DEAD);
      expect(result.labelled).toBe(JOBS - result.dead);
    },
    30_000,
  );
});

test('the table shows what failed, and why', async () => {
  const result = await runStorm({ status: 302, body: 'HTML', target: 'label' }, { seed: SEED });
  const shown = stormTable([
    result,
    { ...result, status: 404, problems: ['1 dead letters, over 0'] },
  ]);
  expect(shown).toMatch(/^302 +\.$/m);
  expect(shown).toMatch(/^404 +FAIL$/m);
  expect(shown).toContain('FAIL 404 label HTML: 1 dead letters, over 0');
});
