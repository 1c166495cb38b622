import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createLimiter, type Limiter } from '../../lib/wix/calls/limiter.ts';
import { createClock } from '../../simulators/clock.ts';
import { captureLog } from '../support/log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Times are numbers of 53 bits: sums of them are off by this at the most. */
const ROUNDING = 1e-6;

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** One call that somebody wants to make. Milliseconds. */
interface Wanted {
  readonly at: number;
  readonly process: number;
  readonly patienceMs: number;
  readonly latencyMs: number;
  /** Present: it is answered 429, with this Retry-After or none. */
  readonly throttled?: { readonly retryAfterMs: number | undefined };
}

interface Made {
  readonly process: number;
  readonly begunAt: number;
  endedAt: number;
  /** In the order of asking, of those that were not held. */
  readonly asked: number;
  /** After a 429: nothing may begin before. */
  pausedUntil?: number;
}

/** Makes all the calls; who is held comes back after exactly so long. */
async function make(wanted: readonly Wanted[], processes: number, share: number, dice: number[]) {
  const { now: clock, sleep, run } = createClock(0);
  let rolled = 0;
  const random = (): number => dice[rolled++ % dice.length] ?? 0;
  const options = { site: 'site', limit: share, clock, sleep, random };
  const limiters = Array.from({ length: processes }, () => createLimiter(options));
  const made: Made[] = [];
  const holds: { ms: number; pauseMs: number }[] = [];
  let asked = 0;

  async function one({ at, process, patienceMs, latencyMs, throttled }: Wanted): Promise<void> {
    const limiter = limiters[process] as Limiter;
    await sleep(at);
    for (;;) {
      const place = asked++;
      const held = await limiter.take(patienceMs);
      if (held === 0) return call(limiter, place);
      const pauses = made.filter((other) => other.process === process);
      const paused = Math.max(...pauses.map(({ pausedUntil = 0 }) => pausedUntil));
      holds.push({ ms: held, pauseMs: Math.max(0, paused - clock()) });
      await sleep(held);
    }

    async function call(its: Limiter, place: number): Promise<void> {
      const begunAt = clock();
      const mine: Made = { process, begunAt, endedAt: Number.POSITIVE_INFINITY, asked: place };
      made.push(mine);
      await sleep(latencyMs);
      mine.endedAt = clock();
      if (throttled) {
        const pauseMs = its.throttled(begunAt, throttled.retryAfterMs);
        expect(pauseMs).toBeGreaterThan((throttled.retryAfterMs || MINUTE) - ROUNDING);
        mine.pausedUntil = clock() + pauseMs;
      }
      its.answered();
    }
  }
  await run(() => Promise.all(wanted.map(one)));
  return { made, holds };
}

const latency = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 300, max: 8 * SECOND }) },
  { weight: 1, arbitrary: fc.integer({ min: 30 * SECOND, max: 3 * MINUTE }) },
);
const refusal = fc.record({
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 * MINUTE }), { nil: undefined }),
});

const schedule = fc
  .record({
    processes: fc.integer({ min: 1, max: 3 }),
    share: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 90 })),
    spreadMs: fc.constantFrom(0, 10 * SECOND, 5 * MINUTE),
    throttles: fc.boolean(),
    dice: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
  })
  .chain(({ processes, share, spreadMs, throttles, dice }) => {
    const wanted: fc.Arbitrary<Wanted> = fc.record(
      {
        at: fc.integer({ min: 0, max: spreadMs }),
        process: fc.integer({ min: 0, max: processes - 1 }),
        patienceMs: fc.constantFrom(0, 3 * SECOND, 20 * SECOND),
        latencyMs: latency,
        throttled: throttles ? refusal : fc.constant(undefined as never),
      },
      { requiredKeys: ['at', 'process', 'patienceMs', 'latencyMs'] },
    );
    const most = Math.min(150, 40 + processes * share * 3);
    const plenty = { minLength: 1, maxLength: most, size: 'max' } as const;
    return fc.record({
      processes: fc.constant(processes),
      share: fc.constant(share),
      dice: fc.constant(dice),
      wanted: fc.array(wanted, plenty),
    });
  });

test('whatever comes: the window, the pause, the order hold, and nobody waits for ever', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ processes, share, dice, wanted }) => {
      const { made, holds } = await make(wanted, processes, share, dice);
      // A call may reach Wix at any moment between its begin and its answer. So of all windows that end
      // at a moment, at the worst those calls are in one that had begun by then and were not answered
      // 60 s before.
      for (const { begunAt } of made) {
        const atWorst = made.filter(
          (other) => other.begunAt <= begunAt && other.endedAt > begunAt - MINUTE,
        );
        expect(atWorst.length).toBeLessThanOrEqual(processes * share);
      }
      for (const { process, endedAt, pausedUntil } of made) {
        if (pausedUntil === undefined) continue;
        const inPause = made.filter(
          (other) =>
            other.process === process && other.begunAt > endedAt && other.begunAt < pausedUntil,
        );
        expect(inPause).toEqual([]);
      }
      for (let process = 0; process < processes; process += 1) {
        const places = made.filter((call) => call.process === process).map(({ asked }) => asked);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      for (const { ms, pauseMs } of holds) {
        expect(ms).toBeGreaterThan(0);
        // A quarter of an hour past the first free turn, which is not far but in a pause.
        expect(ms).toBeLessThanOrEqual(17 * MINUTE + pauseMs);
      }
      expect(made).toHaveLength(wanted.length);
    }),
    { numRuns: 100 },
  );
});

/** How many calls of a backlog are begun in ten minutes. */
async function drain(limit: number, patienceMs: number, latencies: readonly number[]) {
  const { now: clock, sleep, run } = createClock(0);
  const limiter = createLimiter({ site: 'site', limit, clock, sleep, random: () => 0.5 });
  let begun = 0;
  async function oneAfterTheOther(): Promise<void> {
    while (clock() < 10 * MINUTE) {
      const held = await limiter.take(patienceMs);
      if (held > 0) {
        await sleep(held);
        continue;
      }
      if (clock() < 10 * MINUTE) begun += 1;
      await sleep(latencies[begun % latencies.length] ?? 0);
      limiter.answered();
    }
  }
  await run(() => Promise.all(Array.from({ length: 12 }, oneAfterTheOther)));
  return begun;
}

// Of a small share those that come back lose a part: each may find the window free a moment too late.
test('a backlog gets 95 % of the limit, whether its calls wait in line or (from 30 on) come back', async () => {
  const quick = fc.array(fc.integer({ min: 20, max: 1_500 }), {
    minLength: 1,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.record({
          limit: fc.integer({ min: 1, max: 240 }),
          patienceMs: fc.constant(20 * SECOND),
        }),
        fc.record({ limit: fc.integer({ min: 30, max: 240 }), patienceMs: fc.constant(0) }),
      ),
      quick,
      async ({ limit, patienceMs }, latencies) => {
        const begun = await drain(limit, patienceMs, latencies);
        expect(begun).toBeGreaterThanOrEqual(Math.floor(0.95 * limit * 10));
        // The burst comes on top of what goes evenly, once.
        expect(begun).toBeLessThanOrEqual(limit * 10 + Math.ceil(limit / 9));
      },
    ),
    { numRuns: 40 },
  );
});
