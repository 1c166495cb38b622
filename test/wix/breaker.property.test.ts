import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { TryResult } from '../../lib/wix/calls/breaker.ts';
import type { WixFailure } from '../../lib/wix/calls/failure.ts';
import { openBreaker } from '../support/breaker-stage.ts';
import { captureLog } from '../support/log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

afterEach(() => {
  jest.restoreAllMocks();
});

/**
 * What the end of a try is to the rules: a job done, an answer, a permanent refusal, nothing learnt, a
 * failure, or one that opens at once.
 */
type Kind = 'done' | 'fine' | 'refused' | 'nothing' | 'failure' | 'credentials';

const answer = (status: number, over: Partial<WixFailure> = {}): WixFailure => ({
  operation: 'labelContact',
  kind: 'answer',
  status,
  envelope: true,
  ...over,
});
const ENDINGS: readonly [Kind, () => TryResult['answer']][] = [
  ['fine', () => 'fine'],
  ['fine', () => answer(404, { code: 'CONTACT_NOT_FOUND' })],
  ['done', () => 'done'],
  ['refused', () => 'refused'],
  ['nothing', () => 'unasked'],
  ['nothing', () => answer(429)],
  ['nothing', () => answer(0, { kind: 'rate-limited' })],
  ['nothing', () => answer(0, { kind: 'deadline' })],
  ['nothing', () => answer(0, { kind: 'circuit-open' })],
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
      ending: fc.oneof(fc.nat({ max: ENDINGS.length - 1 }), fc.constantFrom(3, 9, 10, 11)),
      shared: fc.boolean(),
    }),
  },
);

/** The rules again, as plainly as possible: what opens a breaker, what closes it. */
function theRules() {
  let failures = new Set<unknown>();
  let jobs = new Set<number>();
  let refused = new Set<number>();
  let lasts = 30 * SECOND;
  const rules = {
    openUntil: undefined as number | undefined,
    /** `open` and `closed`, as it went. */
    changes: [] as string[],
    learn(now: number, probe: boolean, kind: Kind, job: number, ending: unknown): void {
      const isOpen = rules.openUntil !== undefined;
      if (kind === 'nothing') return;
      if (kind === 'refused') refused.add(job);
      const allRefused = kind === 'refused' && refused.size >= 5;
      if (kind === 'done' && (!isOpen || probe)) refused = new Set();
      if (kind === 'done' || kind === 'fine' || (kind === 'refused' && !allRefused)) {
        if (isOpen && !probe) return;
        if (isOpen) rules.changes.push('closed');
        rules.openUntil = undefined;
        failures = new Set();
        jobs = new Set();
        lasts = 30 * SECOND;
        return;
      }
      if (kind !== 'refused') {
        failures.add(ending);
        jobs.add(job);
      }
      const allFail = failures.size >= 5 && jobs.size >= 5 && kind === 'failure';
      const enough = kind === 'credentials' || allFail || allRefused;
      if (isOpen ? !probe : !enough) return;
      if (!isOpen) rules.changes.push('open');
      rules.openUntil = now + lasts;
      lasts = Math.min(2 * lasts, 15 * MINUTE);
    },
  };
  return rules;
}

/** Lives through the steps, and holds what the breaker says against the rules. @returns how it changed */
function live(steps: readonly Step[]): readonly string[] {
  const breaker = openBreaker();
  const rules = theRules();
  /** Tries that were allowed and are not over. */
  const tries: { readonly probe: boolean }[] = [];
  let now = 0;

  function admit(): void {
    const { openUntil } = rules;
    const isProbed = tries.some(({ probe }) => probe);
    const permission = breaker.allow(now);
    if (permission.go) tries.push(permission);
    if (openUntil === undefined) expect(permission).toEqual({ go: true, probe: false });
    else if (now >= openUntil && !isProbed) expect(permission).toEqual({ go: true, probe: true });
    else {
      const least = Math.max(openUntil - now, 5 * SECOND);
      const waitMs = permission.go ? undefined : permission.waitMs;
      expect(waitMs).toBeGreaterThanOrEqual(least);
      expect(waitMs).toBeLessThanOrEqual(least + 15 * MINUTE);
    }
  }

  for (const step of steps) {
    if (step.do === 'pass') now += step.ms;
    if (step.do === 'admit') admit();
    const which = 'which' in step ? step.which % Math.max(1, tries.length) : 0;
    const one = tries[which];
    if (step.do === 'look' && one) {
      const mayCall = breaker.waitMs(now, one.probe) === 0;
      expect(mayCall).toBe(rules.openUntil === undefined || one.probe);
    }
    if (step.do === 'settle' && one) {
      tries.splice(which, 1);
      const [kind, make] = ENDINGS[step.ending] ?? ['nothing', () => 'unasked'];
      const ending = kind === 'failure' && step.shared ? SHARED : make();
      breaker.record(now, one.probe, { jobId: `job ${step.job}`, answer: ending });
      rules.learn(now, one.probe, kind, step.job, ending);
    }
  }
  return rules.changes;
}

test('a closed breaker refuses nobody; an open one lets one probe through at a time; both by the rules', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
      const log = captureLog();
      const changes = live(steps);
      const logged = log.lines().map(({ state }) => state);
      log.restore();
      expect(logged).toEqual(changes);
      const inTurn = changes.map((_, index) => (index % 2 === 0 ? 'open' : 'closed'));
      expect(changes).toEqual(inTurn);
    }),
    { numRuns: 300 },
  );
});
