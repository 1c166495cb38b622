import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createGate, type Ending, type Gate } from '../../lib/labelling/gate.ts';
import type { WixFailure } from '../../lib/wix/failure.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

/** A failure of its own each time it is asked for. */
const of = (status: number, over: Partial<WixFailure> = {}): WixFailure => ({
  operation: 'labelContact',
  kind: 'answer',
  status,
  ...over,
});
const unsent = (kind: 'no-time' | 'over-budget' | 'site-paused') =>
  of(0, { kind, retryAfterMs: 1 });

const end = (answer: Ending['answer'], jobId = 'job'): Ending => ({ jobId, answer });
const go = { go: true, probe: false };
const probe = { go: true, probe: true };
const waits = (waitMs: number) => ({ go: false, waitMs });

/** So many different jobs meet a failure each. */
function fail(gate: Gate, count: number): void {
  for (let n = 0; n < count; n += 1) gate.settle(0, false, end(of(503), `job ${n}`));
}

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the breaker of a site opens', () => {
  test('after five failures of five jobs in a row, and only then', () => {
    const gate = createGate('site');
    fail(gate, 4);
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end('fine'));
    fail(gate, 4);
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end(of(503)));
    expect(gate.admit(0)).toEqual(waits(30_000));
  });

  test('not while one job fails again and again', () => {
    const gate = createGate('site');
    for (let n = 0; n < 9; n += 1) gate.settle(0, false, end(of(503)));
    expect(gate.admit(0)).toEqual(go);
  });

  test('not for one call that failed for many jobs', () => {
    const gate = createGate('site');
    const failure = of(503);
    for (let n = 0; n < 9; n += 1) gate.settle(0, false, end(failure, `job ${n}`));
    expect(gate.admit(0)).toEqual(go);
  });

  test('for one failure of the credentials', () => {
    const gate = createGate('site');
    gate.settle(0, false, end(of(401)));
    expect(gate.admit(0)).toEqual(waits(30_000));
  });

  test.each([
    ['contact-not-found', of(404, { code: 'CONTACT_NOT_FOUND' })],
    ['bad-request', of(400)],
    ['labels-quota-reached', of(428, { code: 'LABELS_QUOTA_REACHED' })],
    ['label-unknown', of(404)],
    ['members-unreadable', of(403, { operation: 'getMember', envelope: true })],
  ])('not for %s, which is an answer: it breaks the run', (_name, failure) => {
    const gate = createGate('site');
    fail(gate, 4);
    gate.settle(0, false, end(failure));
    gate.settle(0, false, end(of(503)));
    expect(gate.admit(0)).toEqual(go);
  });

  test.each([
    ['429', of(429)],
    ['no time', unsent('no-time')],
    ['no budget', unsent('over-budget')],
    ['a pause', unsent('site-paused')],
    ['nothing asked', 'unasked'],
  ] as const)(
    'not for %s, which tells nothing: it neither breaks the run nor counts',
    (_name, answer) => {
      const gate = createGate('site');
      fail(gate, 4);
      for (let n = 0; n < 9; n += 1) gate.settle(0, false, end(answer, `other ${n}`));
      expect(gate.admit(0)).toEqual(go);
      gate.settle(0, false, end(of(503)));
      expect(gate.admit(0)).toEqual(waits(30_000));
    },
  );
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

test('one line and one metric tell of each change, with what it held back', () => {
  const gate = createGate('a-site');
  fail(gate, 7);
  for (let n = 0; n < 3; n += 1) gate.admit(0);
  gate.admit(30_000);
  gate.settle(30_000, true, end(of(401)));
  gate.admit(30_000);
  gate.admit(90_000);
  gate.settle(90_499, true, end('fine'));
  gate.settle(90_499, false, end('fine'));
  gate.settle(100_000, false, end(of(401)));
  gate.admit(130_000);
  gate.settle(130_000, true, end('fine'));
  const open = {
    level: 'error',
    message: 'breaker',
    state: 'open',
    site: 'a-site',
    BreakerOpen: 1,
  };
  const closed = {
    level: 'info',
    message: 'breaker',
    state: 'closed',
    site: 'a-site',
    BreakerOpen: 0,
  };
  expect(log.lines()).toMatchObject([
    { ...open, reason: 'passing' },
    { ...closed, openSeconds: 90, held: 4 },
    { ...open, reason: 'credentials' },
    { ...closed, openSeconds: 30, held: 0 },
  ]);
});
