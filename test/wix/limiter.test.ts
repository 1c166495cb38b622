import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLimiter } from '../../lib/wix/calls/limiter.ts';
import { createClock } from '../../simulators/clock.ts';
import { openLimiter } from '../support/limiter-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const FOREVER = 1e12;

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const zeros = (count: number): number[] => Array(count).fill(0);

describe('of calls that are asked for at once', () => {
  test.each([
    [1, 1],
    [17, 1],
    [18, 2],
    [60, 6],
    [89, 9],
    [90, 10],
    [180, 20],
  ])('of a limit of %i a ninth, %i, go at once', async (limit, burst) => {
    const { many } = openLimiter(limit);
    const [first, ...others] = (await many(burst + 1)).toReversed();
    expect(others).toEqual(zeros(burst));
    expect(first).toBe(Math.floor(MINUTE / limit));
  });

  test('the others go evenly, in the order of asking', async () => {
    const { now: clock, sleep, run } = createClock(0);
    const { take } = createLimiter({ site: 'a-site', limit: 60, clock, sleep, random: () => 0 });
    const gone: string[] = [];
    const go = (n: number) => take(10 * SECOND).then(() => gone.push(`${n} at ${clock()}`));
    await run(() => Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map(go)));
    expect(gone.slice(5)).toEqual(['6 at 0', '7 at 1000', '8 at 2000', '9 at 3000']);
  });

  test('a nap of part of a millisecond is none', async () => {
    const { many, take, naps } = openLimiter(90);
    await many(10);
    expect(await take(666)).toBe(0);
    expect(await take(667)).toBe(0);
    expect(naps).toEqual([666, 667]);
  });

  test('a pause between them is made up for by a burst again, and by no more', async () => {
    const { many, at } = openLimiter(60);
    await many(6);
    at(3_000);
    expect(await many(4)).toEqual([0, 0, 0, 1_000]);
  });
});

describe('a call counts', () => {
  test('until a minute after its answer', async () => {
    const { take, answered, at } = openLimiter(2);
    await take(0);
    at(10_000);
    answered();
    at(30_000);
    await take(0);
    answered();
    at(69_999);
    expect(await take(0)).toBe(1);
    at(70_000);
    expect(await take(0)).toBe(0);
  });

  test('as long as it is under way, however long that takes', async () => {
    const { take, answered, at } = openLimiter(1);
    await take(0);
    at(10 * MINUTE);
    expect(await take(0)).toBe(MINUTE);
    answered();
    at(11 * MINUTE - 1);
    expect(await take(1)).toBe(0);
  });

  test('and who waits for one that is under way looks again after an interval', async () => {
    const { take, answered, at, naps } = openLimiter(2);
    await take(0);
    at(30 * SECOND);
    await take(0);
    const third = take(FOREVER);
    // Its answer comes while the third one sleeps.
    answered();
    expect(await third).toBe(0);
    expect(naps).toEqual([MINUTE]);
  });

  test('more than may go at once are let through as those before them cease to count', async () => {
    const { take, answered, at } = openLimiter(2);
    await take(0);
    at(30 * SECOND);
    answered();
    await take(0);
    at(40 * SECOND);
    answered();
    at(80 * SECOND);
    expect(await take(0)).toBe(10 * SECOND);
    at(90 * SECOND);
    expect(await take(0)).toBe(0);
    // One that is under way, one that ended at 40 s.
    at(95 * SECOND);
    expect(await take(0)).toBeGreaterThan(5 * SECOND - 1);
  });
});

describe('who would wait too long', () => {
  test('is held, and nothing is counted', async () => {
    const { many, take, at } = openLimiter(60);
    await many(6);
    expect(await take(999)).toBe(1_000);
    at(1_000);
    expect(await take(0)).toBe(0);
  });

  test('counts those in line', async () => {
    const { many, take } = openLimiter(60);
    await many(6);
    const inLine = take(10 * SECOND);
    expect(await take(1_999)).toBe(2_000);
    expect(await inLine).toBe(0);
  });

  test('counts them at the window as well', async () => {
    const { take, answered, at } = openLimiter(2);
    await take(0);
    at(10 * SECOND);
    answered();
    at(30 * SECOND);
    await take(0);
    at(40 * SECOND);
    answered();
    at(60 * SECOND);
    const inLine = take(10 * SECOND);
    expect(await take(40 * SECOND - 1)).toBe(40 * SECOND);
    expect(await inLine).toBe(0);
  });

  test('gets a turn of its own, each an interval after the other', async () => {
    const { many } = openLimiter(60);
    await many(6);
    expect(await many(3)).toEqual([1_000, 2_000, 3_000]);
  });

  test('is held a quarter of an hour past the first free turn at the most; beyond that by chance', async () => {
    const { take, answered, many, at } = openLimiter(1, 0.5);
    await take(0);
    answered();
    const minutes = (await many(17)).map((ms) => ms / MINUTE);
    expect(minutes.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(minutes.at(-1)).toBe(1 + 15 * 0.75);
    // What was left to chance has no turn of its own, so the turn after the sixteenth is still free.
    at(30 * SECOND);
    expect(await take(0)).toBe(0.5 * MINUTE + 15 * 0.75 * MINUTE);
    at(MINUTE);
    expect(await take(0)).toBe(0);
    expect(await take(0)).toBe(16 * MINUTE);
  });
});

test('that calls are held is reported once a minute', async () => {
  const { many, at } = openLimiter(60);
  await many(6);
  await many(2);
  at(500);
  await many(9);
  at(MINUTE - 1);
  await many(20);
  expect(log.lines()).toHaveLength(1);
  at(MINUTE);
  await many(20);
  expect(log.lines()).toMatchObject([
    { level: 'warn', message: 'rate-limited', site: 'a-site', waitSeconds: 1 },
    { level: 'warn', message: 'rate-limited', site: 'a-site' },
  ]);
});

test('a nap that fails fails its caller, and nobody behind it', async () => {
  const naps = [
    async () => {
      throw new Error('no sleep');
    },
    async () => {},
  ];
  const { take } = createLimiter({
    site: 'a-site',
    limit: 60,
    clock: () => 0,
    sleep: async () => naps.shift()?.(),
    random: () => 0,
  });
  for (let n = 0; n < 6; n += 1) await take(0);
  await expect(take(20 * SECOND)).rejects.toThrow('no sleep');
  expect(await take(0)).toBe(SECOND);
});
