import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createFailureCounts } from '../../lib/labelling/failure-counts.ts';
import { settle, triesOf } from '../../lib/labelling/finish.ts';
import type { Outcome, Retry } from '../../lib/labelling/outcome.ts';
import type { DeadLetter } from '../../lib/queue/dead-letter.ts';
import { START } from '../support/jobs.ts';
import { done, jobOf } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';
import { recordOf } from '../support/records.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const JOB = jobOf({ add: ['A', 'B'] });
const DONE = done({ contactId: 'c', added: ['A'] }) as Outcome;
const FAILURE = {
  operation: 'labelContact',
  kind: 'answer',
  status: 503,
  code: 'X',
  requestId: 'r',
} as const;

function open() {
  const letters: DeadLetter[] = [];
  const attempts = createFailureCounts();
  const queue = {
    deadLetter: async (letter: DeadLetter): Promise<void> => {
      letters.push(letter);
    },
  };
  return {
    letters,
    queue,
    /** Settles a job that was first tried so long ago. */
    settled: (outcome: Outcome, age = 0, job = JOB) =>
      settle(job, outcome, triesOf(recordOf('1', job, { age, receives: 7 }), job, START), {
        queue,
        attempts,
        random: () => 0.5,
      }),
  };
}
const retry = (over: Partial<Retry> = {}): Retry =>
  ({ kind: 'retry', reason: 'transient', failure: FAILURE, ...over }) as Retry;

test('the tries of a record are read from what SQS counts', () => {
  const record = recordOf('1', JOB, { age: HOUR, receives: 7 });
  record.attributes.SentTimestamp = `${START - 2 * HOUR}`;
  expect(triesOf(record, JOB, START)).toEqual({
    now: START,
    sentAt: START - 2 * HOUR,
    receivedAt: START,
    firstTriedAt: START - HOUR,
    count: 7,
  });
});

describe('done', () => {
  test('is over, and told', async () => {
    const { settled, letters } = open();
    expect(await settled(DONE)).toBeUndefined();
    expect(letters).toEqual([]);
    expect(log.lines()).toMatchObject([
      { level: 'info', message: 'job', outcome: 'done', contactId: 'c', added: ['A'], receives: 7 },
    ]);
    expect(log.lines()[0]).not.toHaveProperty('lateSeconds');
  });

  test.each([
    ['29.9 s after it happened', 29_999, undefined],
    ['30 s after', 30_000, 30],
    ['a minute and a half after, as it came in', 90_999, 90],
  ])('of an event that came %s', async (_name, ms, lateSeconds) => {
    const { settled } = open();
    const occurredAt = new Date(START - ms).toISOString();
    await settled(DONE, 0, { ...JOB, cause: { ...JOB.cause, occurredAt } });
    expect(log.lines()[0]?.lateSeconds).toBe(lateSeconds);
  });

  test('of a dead letter that was replayed is late by when it was sent again', async () => {
    const { settled } = open();
    const at = new Date(START - HOUR).toISOString();
    const cause = { ...JOB.cause, occurredAt: at, receivedAt: at };
    await settled(DONE, 0, { ...JOB, cause });
    expect(log.lines()[0]?.lateSeconds).toBe(3_600);
  });

  test('in part: the rest is a dead letter, told before', async () => {
    const { settled, letters } = open();
    const rest = { reason: 'labels-quota-reached', job: { ...JOB, add: ['B'] }, detail: 'full' };
    expect(await settled({ ...DONE, rest } as Outcome)).toBeUndefined();
    expect(letters).toMatchObject([{ reason: 'labels-quota-reached', detail: 'full' }]);
    expect(JSON.parse(letters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
    expect(log.lines()).toMatchObject([
      { level: 'error', outcome: 'dead-letter', reason: 'labels-quota-reached', receives: 7 },
      { level: 'info', outcome: 'done' },
    ]);
    expect(log.lines()[1]).not.toHaveProperty('rest');
  });
});

describe('dead-letter', () => {
  const dead: Outcome = {
    kind: 'dead-letter',
    reason: 'bad-request',
    job: { ...JOB, add: ['B'] },
    detail: 'Refused: x.',
    failure: { ...FAILURE, status: 400, networkCode: 'N' },
  };

  test('is over, with a letter that holds what is left and says why', async () => {
    const { settled, letters } = open();
    expect(await settled(dead, HOUR)).toBeUndefined();
    expect(letters).toMatchObject([
      {
        reason: 'bad-request',
        detail: 'Refused: x.',
        operation: 'labelContact',
        httpStatus: 400,
        wixCode: 'X',
        wixRequestId: 'r',
        receives: 7,
        firstTriedAt: '2026-11-21T11:00:00.000Z',
        lastTriedAt: '2026-11-21T12:00:00.000Z',
      },
    ]);
    expect(JSON.parse(letters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
    expect(log.lines()).toMatchObject([
      {
        level: 'error',
        message: 'job',
        outcome: 'dead-letter',
        reason: 'bad-request',
        detail: 'Refused: x.',
        operation: 'labelContact',
        answer: 'answer',
        networkCode: 'N',
        httpStatus: 400,
        wixCode: 'X',
        wixRequestId: 'r',
        receives: 7,
      },
    ]);
  });

  test('that the queue does not take is not over, and not told', async () => {
    const { settled, queue } = open();
    queue.deadLetter = async () => {
      throw new Error('ServiceUnavailable');
    };
    await expect(settled(dead)).rejects.toThrow('ServiceUnavailable');
    expect(log.lines()).toEqual([]);
  });
});

describe('to be tried again', () => {
  test('comes back by age, and is told', async () => {
    const { settled, letters } = open();
    expect(await settled(retry(), 100_000)).toBe(75);
    expect(letters).toEqual([]);
    expect(log.lines()).toMatchObject([
      {
        level: 'warn',
        message: 'job',
        outcome: 'retry',
        reason: 'transient',
        operation: 'labelContact',
        delaySeconds: 75,
        receives: 7,
      },
    ]);
  });

  test('not before what Wix asked for', async () => {
    const { settled } = open();
    expect(await settled(retry({ atLeastMs: 120_000 }))).toBe(126);
  });

  test('is dead at the third failure when its time is up, with what is left of it', async () => {
    const { settled, letters } = open();
    expect(await settled(retry(), 3 * DAY)).toBe(675);
    expect(await settled(retry(), 3 * DAY)).toBe(675);
    expect(await settled(retry({ job: { ...JOB, add: ['B'] } }), 3 * DAY)).toBeUndefined();
    expect(letters).toMatchObject([{ reason: 'transient', httpStatus: 503 }]);
    expect(JSON.parse(letters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
  });

  test('is dead as it came where nothing of it was done', async () => {
    const { settled, letters } = open();
    expect(await settled(retry({ reason: 'exception', failure: undefined }), 4 * DAY)).toBe(
      undefined,
    );
    expect(JSON.parse(letters[0]?.body ?? '')).toEqual(JOB);
    expect(letters[0]?.operation).toBeUndefined();
  });

  test('is dead at the third refusal for good that is in doubt, and says which fields', async () => {
    const { settled, letters } = open();
    const refused = retry({
      reason: 'bad-request',
      detail: 'Refused: x.',
      failure: { operation: 'labelContact', kind: 'answer', status: 400 },
      atLeastMs: 60_000,
    });
    expect(await settled(refused, 0)).toBe(63);
    expect(await settled(refused, 60_000)).toBe(63);
    expect(await settled(refused, 120_000)).toBeUndefined();
    expect(letters).toMatchObject([
      { reason: 'bad-request', detail: 'Refused: x.', httpStatus: 400 },
    ]);
  });

  test('for its label is new, is dead by what refused it when its time is up', async () => {
    const { settled, letters } = open();
    const otherwise = { reason: 'bad-request', job: JOB, detail: 'Refused: labelKeys.' } as const;
    expect(await settled(retry({ reason: 'label-too-new', otherwise }))).toBe(4);
    expect(await settled(retry({ reason: 'label-too-new', otherwise }), DAY)).toBeUndefined();
    expect(letters).toMatchObject([{ reason: 'bad-request', detail: 'Refused: labelKeys.' }]);
  });

  test.each(['circuit-open', 'rate-limited'] as const)(
    'for it was held back, %s: it comes back when the hold ends, and is not told of',
    async (reason) => {
      const { settled } = open();
      expect(await settled(retry({ reason, atLeastMs: 20_000 }), 3 * DAY)).toBeGreaterThan(19);
      expect(log.lines()).toEqual([]);
    },
  );

  test.each(['throttled', 'credentials', 'deadline'] as const)('is told: %s', async (reason) => {
    const { settled } = open();
    await settled(retry({ reason, failure: undefined }));
    expect(log.lines()).toMatchObject([{ level: 'warn', outcome: 'retry', reason }]);
  });
});
