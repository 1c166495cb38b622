import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createGate } from '../../lib/labelling/gate.ts';
import type { Meaning } from '../../lib/labelling/policy.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const end = (meaning: Meaning | undefined, jobId = 'job', retryAfterMs?: number) => ({
  jobId,
  meaning,
  retryAfterMs,
});
const go = { go: true, probe: false };
const probe = { go: true, probe: true };

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the breaker of a site', () => {
  test('opens after five failures in a row, and only then', () => {
    const gate = createGate('site');
    for (let n = 0; n < 4; n += 1) gate.settle(0, false, end('passing', `job ${n}`));
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end(undefined));
    for (let n = 0; n < 4; n += 1) gate.settle(0, false, end('passing', `job ${n}`));
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end('passing'));
    expect(gate.admit(0)).toEqual({ go: false, waitMs: 30_000 });
  });

  test('stays closed when one job fails again and again', () => {
    const gate = createGate('site');
    for (let n = 0; n < 9; n += 1) gate.settle(0, false, end('passing'));
    expect(gate.admit(0)).toEqual(go);
  });

  test.each(['contact-not-found', 'bad-request', 'labels-quota-reached', 'label-unknown'] as const)(
    '%s is an answer: it breaks the run',
    (meaning) => {
      const gate = createGate('site');
      for (let n = 0; n < 4; n += 1) gate.settle(0, false, end('passing', `job ${n}`));
      gate.settle(0, false, end(meaning));
      gate.settle(0, false, end('passing'));
      expect(gate.admit(0)).toEqual(go);
    },
  );

  test('lets one probe through, which closes it', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('credentials'));
    expect(gate.admit(29_999)).toEqual({ go: false, waitMs: 1 });
    expect(gate.admit(30_000)).toEqual(probe);
    expect(gate.admit(30_000)).toEqual({ go: false, waitMs: 5_000 });
    gate.settle(30_000, true, end(undefined));
    expect(gate.admit(30_000)).toEqual(go);
  });

  test('a probe that fails opens it for twice as long, up to 15 minutes; one line tells each change', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('credentials'));
    let now = 0;
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const held = gate.admit(now);
      if (held.go) throw new Error('it should be open');
      pauses.push(held.waitMs / 1000);
      now += held.waitMs;
      expect(gate.admit(now)).toEqual(probe);
      gate.settle(now, true, end('credentials'));
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
    expect(log.lines()).toHaveLength(1);
  });

  test('jobs that were under way when it opened do not open it again', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('credentials'));
    gate.settle(10_000, false, end('credentials'));
    expect(gate.admit(30_000)).toEqual(probe);
  });

  test('a job of before that ends while the probe is under way lets no second probe through', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('credentials'));
    gate.admit(30_000);
    gate.settle(31_000, false, end('no-time'));
    expect(gate.admit(31_000)).toEqual({ go: false, waitMs: 5_000 });
  });

  test('a probe that had no time is followed by another', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('credentials'));
    gate.admit(30_000);
    gate.settle(31_000, true, end('no-time'));
    expect(gate.admit(31_000)).toEqual(probe);
  });
});

describe('the pause of a site', () => {
  test('lasts as Retry-After says, or a minute; a longer one is not cut short', () => {
    const gate = createGate('site');
    gate.settle(0, false, end('throttled'));
    expect(gate.admit(0)).toEqual({ go: false, waitMs: 60_000 });
    gate.settle(0, false, end('throttled', 'job', 120_000));
    gate.settle(0, false, end('throttled', 'job', 1_000));
    expect(gate.admit(0)).toEqual({ go: false, waitMs: 120_000 });
    expect(gate.admit(120_000)).toEqual(go);
  });
});
