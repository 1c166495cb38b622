import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { end, fail, go, of, openBreaker, refuse, unsent, waits } from '../support/breaker-stage.ts';
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
    const breaker = openBreaker();
    fail(breaker, 4);
    expect(breaker.allow(0)).toEqual(go);
    breaker.record(0, false, end('fine'));
    fail(breaker, 4);
    expect(breaker.allow(0)).toEqual(go);
    breaker.record(0, false, end(of(503)));
    expect(breaker.allow(0)).toEqual(waits(30_000));
  });

  test('not while one job fails again and again', () => {
    const breaker = openBreaker();
    for (let n = 0; n < 9; n += 1) breaker.record(0, false, end(of(503)));
    expect(breaker.allow(0)).toEqual(go);
  });

  test('not for one call that failed for many jobs', () => {
    const breaker = openBreaker();
    const failure = of(503);
    for (let n = 0; n < 9; n += 1) breaker.record(0, false, end(failure, `job ${n}`));
    expect(breaker.allow(0)).toEqual(go);
  });

  test('for one failure of the credentials', () => {
    const breaker = openBreaker();
    breaker.record(0, false, end(of(401)));
    expect(breaker.allow(0)).toEqual(waits(30_000));
  });

  test.each([
    ['contact-not-found', of(404, { code: 'CONTACT_NOT_FOUND' })],
    ['a permanent refusal', 'refused'],
    ['a job that is done', 'done'],
    ['members-unreadable', of(403, { operation: 'getMember' })],
  ] as const)('not for %s, which is an answer: it breaks the run', (_name, failure) => {
    const breaker = openBreaker();
    fail(breaker, 4);
    breaker.record(0, false, end(failure));
    breaker.record(0, false, end(of(503)));
    expect(breaker.allow(0)).toEqual(go);
  });

  test.each([
    ['429', of(429)],
    ['no time', unsent('deadline')],
    ['no budget', unsent('rate-limited')],
    ['a pause', unsent('circuit-open')],
    ['nothing asked', 'unasked'],
  ] as const)(
    'not for %s, which says nothing: it neither breaks the run nor counts',
    (_name, answer) => {
      const breaker = openBreaker();
      fail(breaker, 4);
      for (let n = 0; n < 9; n += 1) breaker.record(0, false, end(answer, `other ${n}`));
      expect(breaker.allow(0)).toEqual(go);
      breaker.record(0, false, end(of(503)));
      expect(breaker.allow(0)).toEqual(waits(30_000));
    },
  );
});

describe('the breaker of a site opens', () => {
  test('after five jobs that were refused permanently, with none done in between', () => {
    const breaker = openBreaker();
    refuse(breaker, 4);
    breaker.record(0, false, end('done'));
    refuse(breaker, 4);
    expect(breaker.allow(0)).toEqual(go);
    breaker.record(0, false, end('refused', 'a fifth'));
    expect(breaker.allow(0)).toEqual(waits(30_000));
    expect(log.lines()).toMatchObject([{ message: 'breaker', state: 'open', reason: 'refused' }]);
  });

  test('not while one job is refused again and again', () => {
    const breaker = openBreaker();
    for (let n = 0; n < 9; n += 1) breaker.record(0, false, end('refused'));
    expect(breaker.allow(0)).toEqual(go);
  });

  test.each([
    ['a contact that is missing', of(404, { code: 'CONTACT_NOT_FOUND' })],
    ['nobody found', 'fine'],
    ['a failure', of(503)],
    ['429', of(429)],
    ['nothing asked', 'unasked'],
  ] as const)('after five refused with %s in between: that is no job done', (_name, answer) => {
    const breaker = openBreaker();
    refuse(breaker, 4);
    breaker.record(0, false, end(answer, 'another'));
    expect(breaker.allow(0)).toEqual(go);
    breaker.record(0, false, end('refused', 'a fifth'));
    expect(breaker.allow(0)).toEqual(waits(30_000));
  });
});

test('one line and one metric report each change, with what it held back', () => {
  const breaker = openBreaker('a-site');
  fail(breaker, 7);
  for (let n = 0; n < 3; n += 1) breaker.allow(0);
  breaker.allow(30_000);
  breaker.record(30_000, true, end(of(401)));
  breaker.allow(30_000);
  breaker.allow(90_000);
  breaker.record(90_499, true, end('fine'));
  breaker.record(90_499, false, end('fine'));
  breaker.record(100_000, false, end(of(401)));
  breaker.allow(130_000);
  breaker.record(130_000, true, end('fine'));
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
    { ...open, reason: 'transient' },
    { ...closed, openSeconds: 90, held: 4 },
    { ...open, reason: 'credentials' },
    { ...closed, openSeconds: 30, held: 0 },
  ]);
});
