import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { finishJob, triesOf } from '../../lib/labelling/finish.ts';
import type { JobOutcome, JobRetry } from '../../lib/labelling/outcome.ts';
import { createFailureCounts } from '../../lib/labelling/retry.ts';
import type { DeadLetterMessage } from '../../lib/queue/dead-letter.ts';
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
const DONE = done({ contactId: 'c', added: ['A'] }) as JobOutcome;
const FAILURE = {
  operation: 'labelContact',
  kind: 'answer',
  status: 503,
  code: 'X',
  requestId: 'r',
} as const;

function open() {
  const deadLetters: DeadLetterMessage[] = [];
  const countFailure = createFailureCounts(() => START);
  const queue = {
    deadLetter: async (deadLetter: DeadLetterMessage): Promise<void> => {
      deadLetters.push(deadLetter);
    },
  };
  return {
    deadLetters,
    queue,
    /** Finishes a job that was first tried so long ago. */
    finish: (outcome: JobOutcome, age = 0, job = JOB) =>
      finishJob(job, outcome, triesOf(recordOf('1', job, { age, receives: 7 }), job, START), {
        queue,
        countFailure,
        random: () => 0.5,
      }),
  };
}
const retry = (over: Partial<JobRetry> = {}): JobRetry =>
  ({ kind: 'retry', reason: 'transient', failure: FAILURE, ...over }) as JobRetry;

test('the tries of a record are read from what SQS counts', () => {
  const record = recordOf('1', JOB, { age: HOUR, receives: 7 });
  record.attributes.SentTimestamp = `${START - 2 * HOUR}`;
  expect(triesOf(record, JOB, START)).toEqual({
    now: START,
    sentAt: START - 2 * HOUR,
    receivedAt: START,
    firstTriedAt: START - HOUR,
    receives: 7,
  });
});

describe('done', () => {
  test('is over, and reported', async () => {
    const { finish, deadLetters } = open();
    expect(await finish(DONE)).toBeUndefined();
    expect(deadLetters).toEqual([]);
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
    const { finish } = open();
    const occurredAt = new Date(START - ms).toISOString();
    await finish(DONE, 0, { ...JOB, cause: { ...JOB.cause, occurredAt } });
    expect(log.lines()[0]?.lateSeconds).toBe(lateSeconds);
  });

  test('of a dead letter that was replayed is late by when it was sent again', async () => {
    const { finish } = open();
    const at = new Date(START - HOUR).toISOString();
    const cause = { ...JOB.cause, occurredAt: at, receivedAt: at };
    await finish(DONE, 0, { ...JOB, cause });
    expect(log.lines()[0]?.lateSeconds).toBe(3_600);
  });

  test('in part: the rest is a dead letter, reported before', async () => {
    const { finish, deadLetters } = open();
    const rest = { reason: 'labels-quota-reached', job: { ...JOB, add: ['B'] }, detail: 'full' };
    expect(await finish({ ...DONE, rest } as JobOutcome)).toBeUndefined();
    expect(deadLetters).toMatchObject([{ reason: 'labels-quota-reached', detail: 'full' }]);
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
    expect(log.lines()).toMatchObject([
      { level: 'error', outcome: 'dead-letter', reason: 'labels-quota-reached', receives: 7 },
      { level: 'info', outcome: 'done' },
    ]);
    expect(log.lines()[1]).not.toHaveProperty('rest');
  });
});

describe('dead-letter', () => {
  const dead: JobOutcome = {
    kind: 'dead-letter',
    reason: 'bad-request',
    job: { ...JOB, add: ['B'] },
    detail: 'Refused: x.',
    failure: { ...FAILURE, status: 400, networkCode: 'N' },
  };

  test('is over, with a dead letter that holds what is left and says why', async () => {
    const { finish, deadLetters } = open();
    expect(await finish(dead, HOUR)).toBeUndefined();
    expect(deadLetters).toMatchObject([
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
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
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

  test('that the queue does not take is not over, and not reported', async () => {
    const { finish, queue } = open();
    queue.deadLetter = async () => {
      throw new Error('ServiceUnavailable');
    };
    await expect(finish(dead)).rejects.toThrow('ServiceUnavailable');
    expect(log.lines()).toEqual([]);
  });
});

describe('to be tried again', () => {
  test('comes back by age, and is reported', async () => {
    const { finish, deadLetters } = open();
    expect(await finish(retry(), 100_000)).toBe(75);
    expect(deadLetters).toEqual([]);
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
    const { finish } = open();
    expect(await finish(retry({ atLeastMs: 120_000 }))).toBe(126);
  });

  test('is dead at the third failure when its time is up, with what is left of it', async () => {
    const { finish, deadLetters } = open();
    expect(await finish(retry(), 3 * DAY)).toBe(675);
    expect(await finish(retry(), 3 * DAY)).toBe(675);
    expect(await finish(retry({ job: { ...JOB, add: ['B'] } }), 3 * DAY)).toBeUndefined();
    expect(deadLetters).toMatchObject([{ reason: 'transient', httpStatus: 503 }]);
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ add: ['B'] });
  });

  test('is dead as it came where nothing of it was done', async () => {
    const { finish, deadLetters } = open();
    expect(await finish(retry({ reason: 'exception', failure: undefined }), 4 * DAY)).toBe(
      undefined,
    );
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toEqual(JOB);
    expect(deadLetters[0]?.operation).toBeUndefined();
  });

  test('is dead at the third permanent refusal that is in doubt, and says which fields', async () => {
    const { finish, deadLetters } = open();
    const refused = retry({
      reason: 'bad-request',
      detail: 'Refused: x.',
      failure: { operation: 'labelContact', kind: 'answer', status: 400 },
      atLeastMs: 60_000,
    });
    expect(await finish(refused, 0)).toBe(63);
    expect(await finish(refused, 60_000)).toBe(63);
    expect(await finish(refused, 120_000)).toBeUndefined();
    expect(deadLetters).toMatchObject([
      { reason: 'bad-request', detail: 'Refused: x.', httpStatus: 400 },
    ]);
  });

  test('for its label is new, is dead by what refused it when its time is up', async () => {
    const { finish, deadLetters } = open();
    const otherwise = { reason: 'bad-request', job: JOB, detail: 'Refused: labelKeys.' } as const;
    expect(await finish(retry({ reason: 'label-too-new', otherwise }))).toBe(4);
    expect(await finish(retry({ reason: 'label-too-new', otherwise }), DAY)).toBeUndefined();
    expect(deadLetters).toMatchObject([{ reason: 'bad-request', detail: 'Refused: labelKeys.' }]);
  });

  test.each(['circuit-open', 'rate-limited'] as const)(
    'for it was held back, %s: it comes back when the hold ends, and is not reported',
    async (reason) => {
      const { finish } = open();
      expect(await finish(retry({ reason, atLeastMs: 20_000 }), 3 * DAY)).toBeGreaterThan(19);
      expect(log.lines()).toEqual([]);
    },
  );

  test.each(['throttled', 'credentials', 'deadline'] as const)(
    'is reported: %s',
    async (reason) => {
      const { finish } = open();
      await finish(retry({ reason, failure: undefined }));
      expect(log.lines()).toMatchObject([{ level: 'warn', outcome: 'retry', reason }]);
    },
  );
});
