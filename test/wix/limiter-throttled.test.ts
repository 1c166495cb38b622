import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openLimiter } from '../support/limiter-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('429', () => {
  test.each([
    ['as long as Retry-After says', 30 * SECOND, 0, 30 * SECOND],
    ['a minute where it says nothing', undefined, 0, MINUTE],
    ['a minute where it says none at all', 0, 0, MINUTE],
    ['and up to a tenth longer, by chance', 30 * SECOND, 0.5, 31_500],
  ])('pauses the site: %s', async (_name, retryAfterMs, random, pauseMs) => {
    const { take, throttled, answered, at } = openLimiter(60, random);
    await take(0);
    expect(throttled(0, retryAfterMs)).toBe(pauseMs);
    answered();
    at(pauseMs - 1);
    expect(await take(0)).toBe(1);
    at(pauseMs);
    expect(await take(0)).toBe(0);
  });

  test('a longer pause is not cut short', async () => {
    const { take, throttled, at } = openLimiter(60);
    await take(0);
    throttled(0, 30 * SECOND);
    at(10 * SECOND);
    expect(throttled(0, 5 * SECOND)).toBe(20 * SECOND);
    expect(throttled(0, 40 * SECOND)).toBe(40 * SECOND);
    at(50 * SECOND);
    expect(await take(0)).toBe(0);
  });

  test('those it holds come back at its end, a tenth of a second apart', async () => {
    const { many, take, throttled, at } = openLimiter(60);
    await take(0);
    throttled(0, MINUTE);
    expect(await many(3)).toEqual([60_000, 60_100, 60_200]);
    expect(log.lines().map(({ message }) => message)).toEqual(['throttled']);
    at(MINUTE);
    const [first, second = 0, third = 0] = await many(3);
    expect(first).toBe(0);
    expect(third - second).toBe(Math.ceil(MINUTE / 33));
    expect(log.lines().map(({ message }) => message)).toEqual(['throttled', 'rate-limited']);
  });

  test('halves the budget, and lets no burst through after the pause', async () => {
    const { take, throttled, answered, at, many } = openLimiter(60);
    await take(0);
    throttled(0, undefined);
    answered();
    at(MINUTE);
    // 30 a minute, and 3 more for the minute that passed.
    const [first, second] = await many(2);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan((MINUTE / 33) * 0.9);
    expect(second).toBeLessThan((MINUTE / 33) * 1.3);
  });

  test.each([
    ['grows back by a twentieth of the full one a minute', 1, 33],
    ['is not whole before ten minutes', 9, 57],
    ['is whole after ten', 10, 60],
    ['and grows no further', 30, 60],
  ])('the budget %s', async (_name, minutes, perMinute) => {
    const { take, throttled, answered, at } = openLimiter(60);
    await take(0);
    throttled(0, 1);
    answered();
    at(minutes * MINUTE);
    throttled(0, 1);
    expect(log.lines().at(-1)).toMatchObject({ perMinute });
  });

  test('those that were under way together halve it once', () => {
    const { throttled, at } = openLimiter(60);
    const asked = [
      { at: 1_000, begunAt: 0, perMinute: 30 },
      { at: 2_000, begunAt: 0, perMinute: 30 },
      { at: 3_000, begunAt: 1_000, perMinute: 30 },
      { at: 4_000, begunAt: 1_001, perMinute: 15 },
    ];
    for (const { at: time, begunAt } of asked) {
      at(time);
      throttled(begunAt, 1);
    }
    expect(log.lines().map(({ perMinute }) => perMinute)).toEqual([30, 30, 30, 15]);
  });

  test.each([
    [100, 10],
    [60, 6],
    [9, 1],
    [1, 1],
  ])('again and again: a tenth of %i stays, and one at least: %i', async (limit, least) => {
    const { throttled, at } = openLimiter(limit);
    for (let n = 1; n <= 9; n += 1) {
      at(n);
      throttled(n, 1);
    }
    expect(log.lines().at(-1)).toMatchObject({ perMinute: least });
  });

  test('is reported in one line for each pause', () => {
    const { throttled, at } = openLimiter(60, 0.5);
    throttled(0, 10_100);
    throttled(0, 20_000);
    at(20_999);
    throttled(0, 0.5);
    at(21_000);
    throttled(0, 1);
    expect(log.lines()).toMatchObject([
      { level: 'warn', message: 'throttled', site: 'a-site', pauseSeconds: 11, perMinute: 30 },
      { message: 'throttled', pauseSeconds: 1 },
    ]);
    expect(log.lines()).toHaveLength(2);
  });

  test('holds who stands in line, where that becomes too long', async () => {
    const { take, throttled } = openLimiter(60);
    await take(0);
    const waits = take(20 * SECOND);
    throttled(0, 30 * SECOND);
    expect(await waits).toBe(30 * SECOND);
  });

  test('takes who was held out of the line', async () => {
    const { many, take, throttled, at } = openLimiter(60);
    await many(6);
    const waits = take(2 * SECOND);
    throttled(-1, 30 * SECOND);
    await waits;
    at(30 * SECOND);
    expect(await take(0)).toBe(0);
  });
});
