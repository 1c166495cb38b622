import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  end,
  fail,
  go,
  type OpenedBreaker,
  of,
  openBreaker,
  probe,
  refuse,
  unsent,
  waits,
} from '../support/breaker-stage.ts';
import { captureLog } from '../support/log.ts';

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('while it is open', () => {
  const opened = (): OpenedBreaker => {
    const breaker = openBreaker();
    breaker.record(0, false, end(of(401)));
    return breaker;
  };

  test('one probe goes through when the time is over, and closes it', () => {
    const breaker = opened();
    expect(breaker.allow(29_999)).toEqual(waits(5_000));
    expect(breaker.allow(30_000)).toEqual(probe);
    breaker.record(30_000, true, end('fine'));
    expect(breaker.allow(30_000)).toEqual(go);
  });

  test('those held back come back a tenth of a second apart', () => {
    const breaker = opened();
    expect([1, 2, 3].map(() => breaker.allow(10_000))).toEqual(
      [20_000, 20_100, 20_200].map((ms) => waits(ms)),
    );
    expect(breaker.allow(30_000)).toEqual(probe);
    expect(breaker.allow(30_000)).toEqual(waits(5_300));
  });

  test('but no later than a quarter of an hour behind the first', () => {
    const breaker = opened();
    for (let n = 0; n < 9_000; n += 1) breaker.allow(0);
    expect(breaker.allow(0)).toEqual(waits(30_000 + 900_000));
    expect(breaker.allow(0)).toEqual(waits(30_000 + 900_000));
  });

  test('a try that began before makes no further call; the probe does', () => {
    const breaker = openBreaker();
    expect(breaker.waitMs(0, false)).toBe(0);
    breaker.record(0, false, end(of(401)));
    expect(breaker.waitMs(10_000, false)).toBe(20_000);
    expect(breaker.waitMs(29_999, false)).toBe(5_000);
    expect(breaker.waitMs(60_000, false)).toBe(5_000);
    expect(breaker.allow(60_000)).toEqual(probe);
    expect(breaker.waitMs(60_000, true)).toBe(0);
    breaker.record(60_000, true, end('fine'));
    expect(breaker.waitMs(60_000, false)).toBe(0);
  });

  test('each probe that fails keeps it open for twice as long, up to 15 minutes', () => {
    const breaker = opened();
    let now = 0;
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const held = breaker.allow(now);
      if (held.go) throw new Error('it should be open');
      pauses.push(held.waitMs / 1000);
      now += held.waitMs;
      expect(breaker.allow(now)).toEqual(probe);
      breaker.record(now, true, end(of(503)));
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  test('one failure of a probe is enough, whatever its kind', () => {
    const breaker = opened();
    breaker.allow(30_000);
    breaker.record(30_000, true, end(of(503)));
    expect(breaker.allow(30_000)).toEqual(waits(60_000));
  });

  test.each(['fine', of(401), of(503)] as const)(
    'the end of a try that began before changes nothing: %j',
    (answer) => {
      const breaker = opened();
      breaker.record(10_000, false, end(answer));
      expect(breaker.allow(10_000)).toEqual(waits(20_000));
      expect(breaker.allow(30_000)).toEqual(probe);
      breaker.record(31_000, false, end(answer));
      expect(breaker.allow(31_000)).toEqual(waits(5_100));
    },
  );

  test.each([
    ['had no time', unsent('deadline')],
    ['had no budget', unsent('rate-limited')],
    ['met 429', of(429)],
    ['asked nothing', 'unasked'],
  ] as const)('a probe that %s is followed by another', (_name, answer) => {
    const breaker = opened();
    breaker.allow(30_000);
    breaker.record(31_000, true, end(answer));
    expect(breaker.allow(31_000)).toEqual(probe);
  });

  test('a probe that is refused permanently closes it: Wix answers', () => {
    const breaker = opened();
    breaker.allow(30_000);
    breaker.record(30_000, true, end('refused'));
    expect(breaker.allow(30_000)).toEqual(go);
  });

  test('but not where all are refused; there it takes a job that is done', () => {
    const breaker = openBreaker();
    refuse(breaker, 5);
    breaker.allow(30_000);
    breaker.record(30_000, true, end('refused', 'job'));
    expect(breaker.allow(30_000)).toEqual(waits(60_000));
    breaker.allow(90_000);
    // The site answers, and the next one that is refused opens it again.
    breaker.record(90_000, true, end('fine'));
    breaker.record(90_000, false, end('refused', 'job'));
    expect(breaker.allow(90_000)).toEqual(waits(30_000));
    breaker.allow(120_000);
    breaker.record(120_000, true, end('done'));
    refuse(breaker, 4);
    expect(breaker.allow(120_000)).toEqual(go);
  });

  test('once closed, it takes a whole run to open again, for 30 s', () => {
    const breaker = openBreaker();
    fail(breaker, 5);
    breaker.allow(30_000);
    breaker.record(30_000, true, end('fine'));
    fail(breaker, 4);
    expect(breaker.allow(0)).toEqual(go);
    breaker.record(0, false, end(of(503)));
    expect(breaker.allow(0)).toEqual(waits(30_000));
  });
});
