import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createGate, type Ending } from '../../lib/labelling/gate.ts';
import type { WixFailure } from '../../lib/wix/failure.ts';
import { captureLog } from '../support/log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

afterEach(() => {
  jest.restoreAllMocks();
});

/** What the end of a try is to the rules: an answer, nothing learnt, a failure, or one that opens at once. */
type Kind = 'fine' | 'nothing' | 'failure' | 'credentials';

const answer = (status: number, over: Partial<WixFailure> = {}): WixFailure => ({
  operation: 'labelContact',
  kind: 'answer',
  status,
  ...over,
});
const ENDINGS: readonly [Kind, () => Ending['answer']][] = [
  ['fine', () => 'fine'],
  ['fine', () => answer(404, { code: 'CONTACT_NOT_FOUND' })],
  ['fine', () => answer(400)],
  ['fine', () => answer(428)],
  ['nothing', () => 'unasked'],
  ['nothing', () => answer(429)],
  ['nothing', () => answer(0, { kind: 'over-budget' })],
  ['nothing', () => answer(0, { kind: 'no-time' })],
  ['nothing', () => answer(0, { kind: 'site-paused' })],
  ['failure', () => answer(503)],
  ['failure', () => answer(0, { kind: 'timeout' })],
  ['failure', () => answer(500)],
  ['credentials', () => answer(401)],
];
/** One call for several jobs: they fail with the same failure. */
const SHARED = answer(503);

type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'admit' }
  | { readonly do: 'look'; readonly which: number }
  | {
      readonly do: 'settle';
      readonly which: number;
      readonly job: number;
      readonly ending: number;
      readonly shared: boolean;
    };

const nat = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat({ max: 40 * SECOND }), fc.nat({ max: 20 * MINUTE })),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('admit' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const), which: nat }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: nat,
      job: fc.nat({ max: 8 }),
      // Failures more often than their share of the table.
      ending: fc.oneof(fc.nat({ max: ENDINGS.length - 1 }), fc.constantFrom(9, 10, 11)),
      shared: fc.boolean(),
    }),
  },
);

test('a closed breaker refuses nobody; an open one lets one probe through at a time; both by the rules', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
      const log = captureLog();
      const gate = createGate('site');
      let now = 0;
      /** Tries that were admitted and are not over. */
      const tries: { probe: boolean }[] = [];
      let run: { failures: Set<unknown>; jobs: Set<number> } | undefined;
      let openUntil: number | undefined;
      let nextLasts = 30 * SECOND;
      const changes: string[] = [];

      for (const each of steps) {
        if (each.do === 'pass') now += each.ms;
        if (each.do === 'admit') {
          const admission = gate.admit(now);
          const isProbed = tries.some(({ probe }) => probe);
          if (openUntil === undefined) expect(admission).toEqual({ go: true, probe: false });
          else if (now >= openUntil && !isProbed)
            expect(admission).toEqual({ go: true, probe: true });
          else {
            expect(admission.go).toBe(false);
            if (!admission.go) {
              const least = Math.max(openUntil - now, 5 * SECOND);
              expect(admission.waitMs).toBeGreaterThanOrEqual(least);
              expect(admission.waitMs).toBeLessThanOrEqual(least + 15 * MINUTE);
            }
          }
          if (admission.go) tries.push({ probe: admission.probe });
          expect(tries.filter(({ probe }) => probe).length).toBeLessThanOrEqual(1);
        }
        const which = 'which' in each ? each.which % Math.max(1, tries.length) : 0;
        const one = tries[which];
        if (each.do === 'look' && one) {
          const mayCall = gate.waitMs(now, one.probe) === 0;
          expect(mayCall).toBe(openUntil === undefined || one.probe);
        }
        if (each.do === 'settle' && one) {
          tries.splice(which, 1);
          const [kind, make] = ENDINGS[each.ending] ?? ['nothing', () => 'unasked'];
          const ending = kind === 'failure' && each.shared ? SHARED : make();
          gate.settle(now, one.probe, { jobId: `job ${each.job}`, answer: ending });
          if (kind === 'fine' && (openUntil === undefined || one.probe)) {
            if (openUntil !== undefined) changes.push('closed');
            openUntil = undefined;
            run = undefined;
            nextLasts = 30 * SECOND;
          }
          if (kind === 'failure' || kind === 'credentials') {
            run ??= { failures: new Set(), jobs: new Set() };
            run.failures.add(ending);
            run.jobs.add(each.job);
            const enough = kind === 'credentials' || (run.failures.size >= 5 && run.jobs.size >= 5);
            if (openUntil === undefined ? enough : one.probe) {
              if (openUntil === undefined) changes.push('open');
              openUntil = now + nextLasts;
              nextLasts = Math.min(2 * nextLasts, 15 * MINUTE);
            }
          }
        }
      }
      const lines = log.lines();
      log.restore();
      expect(lines.map(({ state }) => state)).toEqual(changes);
      expect(lines.map(({ BreakerOpen }) => BreakerOpen)).toEqual(
        changes.map((state) => (state === 'open' ? 1 : 0)),
      );
      for (const [index, state] of changes.entries()) {
        expect(state).toBe(index % 2 === 0 ? 'open' : 'closed');
      }
    }),
    { numRuns: 300 },
  );
});
