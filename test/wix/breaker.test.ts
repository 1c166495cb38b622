import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createGate } from '../../lib/wix/calls/breaker.ts';
import { end, fail, go, of, refuse, unsent, waits } from '../support/breaker-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

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
    ['a refusal for good', 'refused'],
    ['a job that is done', 'done'],
    ['members-unreadable', of(403, { operation: 'getMember' })],
  ] as const)('not for %s, which is an answer: it breaks the run', (_name, failure) => {
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

describe('the breaker of a site opens', () => {
  test('after five jobs that were refused for good, with none done in between', () => {
    const gate = createGate('site');
    refuse(gate, 4);
    gate.settle(0, false, end('done'));
    refuse(gate, 4);
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end('refused', 'a fifth'));
    expect(gate.admit(0)).toEqual(waits(30_000));
    expect(log.lines()).toMatchObject([{ message: 'breaker', state: 'open', reason: 'refused' }]);
  });

  test('not while one job is refused again and again', () => {
    const gate = createGate('site');
    for (let n = 0; n < 9; n += 1) gate.settle(0, false, end('refused'));
    expect(gate.admit(0)).toEqual(go);
  });

  test.each([
    ['a contact that is missing', of(404, { code: 'CONTACT_NOT_FOUND' })],
    ['nobody found', 'fine'],
    ['a failure', of(503)],
    ['429', of(429)],
    ['nothing asked', 'unasked'],
  ] as const)('after five refused with %s in between: that is no job done', (_name, answer) => {
    const gate = createGate('site');
    refuse(gate, 4);
    gate.settle(0, false, end(answer, 'another'));
    expect(gate.admit(0)).toEqual(go);
    gate.settle(0, false, end('refused', 'a fifth'));
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
  };
  const closed = {
    level: 'info',
    message: 'breaker',
    state: 'closed',
    site: 'a-site',
  };
  expect(log.lines()).toMatchObject([
    { ...open, reason: 'passing' },
    { ...closed, openSeconds: 90, held: 4 },
    { ...open, reason: 'credentials' },
    { ...closed, openSeconds: 30, held: 0 },
  ]);
});
