import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newProgress } from '../../lib/labelling/labels/plan.ts';
import { LabelTooNew, notApplied, refusalBy } from '../../lib/labelling/labels/refusals.ts';
import { failed, outcomeOf } from '../../lib/labelling/outcome.ts';
import { WixError, type WixFailure } from '../../lib/wix/calls/failure.ts';
import { refusal } from '../support/fake-wix.ts';
import { done, jobOf } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const JOB = jobOf({ add: ['A', 'B'], remove: ['C'] });
const planned = (name: string, change: 'add' | 'remove') =>
  [name, { name, change, occurredAt: 0, reversible: false }] as const;
/** A and C were planned; of them A is done. */
const PROGRESS = {
  ...newProgress(),
  plan: new Map([planned('A', 'add'), planned('C', 'remove')]),
  done: new Set(['A']),
};

describe('a job that met an answer', () => {
  test.each([
    ['label-unknown', refusal('labelContact', 404)],
    ['labels-quota-reached', refusal('labelContact', 428, { code: 'LABELS_QUOTA_REACHED' })],
    ['precondition-failed', refusal('labelContact', 428)],
    ['bad-request', refusal('labelContact', 400)],
    ['unexpected-response', refusal('labelContact', 501)],
  ])('that is permanent is dead, with what is left of it: %s', (reason, error) => {
    const { failure } = error;
    expect(failed(JOB, error, PROGRESS)).toEqual({
      kind: 'dead-letter',
      reason,
      job: { ...JOB, add: [], remove: ['C'] },
      failure,
      detail: undefined,
    });
  });

  test('that names fields says which', () => {
    const error = refusal('findOrCreateLabel', 400, { fields: ['a', 'b'] });
    expect(failed(JOB, error, newProgress())).toMatchObject({
      job: JOB,
      detail: 'Refused: a, b.',
    });
  });

  test.each<[string, Partial<WixFailure>]>([
    ['throttled', { status: 429, retryAfterMs: 7 }],
    ['credentials', { status: 401 }],
    ['transient', { status: 503 }],
    ['transient', { kind: 'timeout' }],
    ['deadline', { kind: 'deadline' }],
    ['rate-limited', { kind: 'rate-limited', retryAfterMs: 7 }],
    ['circuit-open', { kind: 'circuit-open', retryAfterMs: 7 }],
  ])('that passes waits as long as was asked for: %s', (reason, over) => {
    const failure: WixFailure = { operation: 'labelContact', kind: 'answer', ...over };
    expect(failed(JOB, new WixError(failure), PROGRESS)).toEqual({
      kind: 'retry',
      reason,
      atLeastMs: over.retryAfterMs,
      failure,
      job: { ...JOB, add: [], remove: ['C'] },
    });
  });

  const BAD = refusal('labelContact', 400, { fields: ['labelKeys'] });
  test.each([
    [
      'that was 200 and not as asked for',
      notApplied('unlabelContact'),
      {
        reason: 'label-not-applied',
        failure: { operation: 'unlabelContact', kind: 'answer', status: 200 },
        detail: 'Wix answered unlabelContact with 200 and the labels are not as asked for',
      },
    ],
    [
      'permanent',
      refusalBy(BAD.failure),
      { reason: 'bad-request', failure: BAD.failure, detail: 'Refused: labelKeys.' },
    ],
  ])('%s to a new key waits, and is dead by it when its time is up', (_name, refused, why) => {
    const job = { ...JOB, add: [], remove: ['C'] };
    expect(failed(JOB, new LabelTooNew(refused), PROGRESS)).toEqual({
      kind: 'retry',
      reason: 'label-too-new',
      failure: why.failure,
      job,
      otherwise: { ...why, job },
    });
  });

  test('that nobody foresaw is tried again, and reported without its words', () => {
    const error = new TypeError('ada@example.com is not a function');
    expect(failed(JOB, error, PROGRESS)).toEqual({ kind: 'retry', reason: 'exception' });
    expect(log.lines()).toMatchObject([
      { level: 'error', message: 'exception', error: 'TypeError' },
    ]);
    expect(log.text()).not.toContain('ada@');
  });
});

describe('a job whose search came to an end', () => {
  test('gets its share of what was done', () => {
    const progress = { ...PROGRESS, inPlace: new Set(['C']) };
    expect(outcomeOf(JOB, { contactId: 'c' }, progress)).toEqual(
      done({ contactId: 'c', added: ['A'], inPlace: ['C'], superseded: ['B'] }),
    );
  });

  test('of a label with no room left is done but for that', () => {
    const { failure: quota } = refusal('findOrCreateLabel', 428, {
      data: { labelsQuota: '9', labelsCurrentTotal: '9' },
    });
    const progress = { ...PROGRESS, refused: new Set(['A', 'B']), quota };
    expect(outcomeOf(JOB, { contactId: 'c' }, progress)).toMatchObject({
      kind: 'done',
      rest: {
        reason: 'labels-quota-reached',
        job: { ...JOB, add: ['A'], remove: [] },
        detail: 'The site has 9 of 9 labels. Delete labels, wait ten minutes, then replay.',
        failure: quota,
      },
    });
    const others = { ...progress, refused: new Set(['X']) };
    expect(outcomeOf(JOB, { contactId: 'c' }, others)).toMatchObject({ rest: undefined });
  });

  test('in vain waits, or is let be', () => {
    const { failure } = refusal('labelContact', 404);
    expect(outcomeOf(JOB, { nobody: 'missing', failure }, PROGRESS)).toEqual({
      kind: 'retry',
      reason: 'contact-not-found',
      failure,
    });
    const { rest: _, ...ignored } = done({ reason: 'no-such-contact' });
    expect(outcomeOf({ ...JOB, remove: [] }, { nobody: 'ignored' }, PROGRESS)).toEqual(ignored);
    expect(outcomeOf(JOB, { nobody: 'ignored' }, PROGRESS)).toMatchObject({
      kind: 'retry',
      reason: 'contact-not-found',
      otherwise: ignored,
    });
  });
});
