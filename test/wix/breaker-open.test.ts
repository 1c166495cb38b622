import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createGate, type Gate } from '../../lib/wix/calls/breaker.ts';
import { end, fail, go, of, probe, refuse, unsent, waits } from '../support/breaker-stage.ts';
import { captureLog } from '../support/log.ts';

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('while it is open', () => {
  const opened = (): Gate => {
    const gate = createGate('site');
    gate.settle(0, false, end(of(401)));
    return gate;
  };

  test('one probe goes through when the time is over, and closes it', () => {
    const gate = opened();
    expect(gate.admit(29_999)).toEqual(waits(5_000));
    expect(gate.admit(30_000)).toEqual(probe);
    gate.settle(30_000, true, end('fine'));
    expect(gate.admit(30_000)).toEqual(go);
  });

  test('those held back come back a tenth of a second apart', () => {
    const gate = opened();
    expect([1, 2, 3].map(() => gate.admit(10_000))).toEqual(
      [20_000, 20_100, 20_200].map((ms) => waits(ms)),
    );
    expect(gate.admit(30_000)).toEqual(probe);
    expect(gate.admit(30_000)).toEqual(waits(5_300));
  });

  test('but no later than a quarter of an hour behind the first', () => {
    const gate = opened();
    for (let n = 0; n < 9_000; n += 1) gate.admit(0);
    expect(gate.admit(0)).toEqual(waits(30_000 + 900_000));
    expect(gate.admit(0)).toEqual(waits(30_000 + 900_000));
  });

  test('a try that began before makes no further call; the probe does', () => {
    const gate = createGate('site');
    expect(gate.waitMs(0, false)).toBe(0);
    gate.settle(0, false, end(of(401)));
    expect(gate.waitMs(10_000, false)).toBe(20_000);
    expect(gate.waitMs(29_999, false)).toBe(5_000);
    expect(gate.waitMs(60_000, false)).toBe(5_000);
    expect(gate.admit(60_000)).toEqual(probe);
    expect(gate.waitMs(60_000, true)).toBe(0);
    gate.settle(60_000, true, end('fine'));
    expect(gate.waitMs(60_000, false)).toBe(0);
  });

  test('each probe that fails keeps it open for twice as long, up to 15 minutes', () => {
    const gate = opened();
    let now = 0;
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const held = gate.admit(now);
      if (held.go) throw new Error('it should be open');
      pauses.push(held.waitMs / 1000);
      now += held.waitMs;
      expect(gate.admit(now)).toEqual(probe);
      gate.settle(now, true, end(of(503)));
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  test('one failure of a probe is enough, whatever its kind', () => {
    const gate = opened();
    gate.admit(30_000);
    gate.settle(30_000, true, end(of(503)));
    expect(gate.admit(30_000)).toEqual(waits(60_000));
  });

  test.each(['fine', of(401), of(503)] as const)(
    'the end of a try that began before changes nothing: %j',
    (answer) => {
      const gate = opened();
      gate.settle(10_000, false, end(answer));
      expect(gate.admit(10_000)).toEqual(waits(20_000));
      expect(gate.admit(30_000)).toEqual(probe);
      gate.settle(31_000, false, end(answer));
      expect(gate.admit(31_000)).toEqual(waits(5_100));
    },
  );

  test.each([
    ['had no time', unsent('no-time')],
    ['had no budget', unsent('over-budget')],
    ['met 429', of(429)],
    ['asked nothing', 'unasked'],
  ] as const)('a probe that %s is followed by another', (_name, answer) => {
    const gate = opened();
    gate.admit(30_000);
    gate.settle(31_000, true, end(answer));
    expect(gate.admit(31_000)).toEqual(probe);
  });

  test('a probe that is refused for good closes it: Wix answers', () => {
    const gate = opened();
    gate.admit(30_000);
    gate.settle(30_000, true, end('refused'));
    expect(gate.admit(30_000)).toEqual(go);
  });

  test('but not where all are refused; there it takes a job that is done', () => {
    const gate = createGate('site');
    refuse(gate, 5);
    gate.admit(30_000);
    gate.settle(30_000, true, end('refused', 'job'));
    expect(gate.admit(30_000)).toEqual(waits(60_000));
    gate.admit(90_000);
    // The site answers, and the next one that is refused opens it again.
    gate.settle(90_000, true, end('fine'));
    gate.settle(90_000, false, end('refused', 'job'));
    expect(gate.admit(90_000)).toEqual(waits(30_000));
    gate.admit(120_000);
    gate.settle(120_000, true, end('done'));
    refuse(gate, 4);
    expect(gate.admit(120_000)).toEqual(go);
  });

  test('once closed, it takes a whole run to open again, for 30 s', () => {
    const gate = createGate('site');
    fail(gate, 5);
    gate.admit(30_000);
    gate.settle(30_000, true, end('fine'));
    fail(gate, 4);
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end(of(503)));
    expect(gate.admit(0)).toEqual(waits(30_000));
  });
});
