import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { deadMessage } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import type { TimeAndChance } from '../runtime/clock.ts';
import { errorFields, log, withLogFields } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import type { TimeLeft } from '../wix/calls/client.ts';
import { type AttemptOptions, createAttempt } from './attempt.ts';
import {
  byContact,
  cutOff,
  groupOf,
  type JobMessages,
  jobsTogether,
  type QueueMessage,
  readMessage,
  receivesOf,
  type UnreadMessage,
} from './batch.ts';
import { finishJob, triesOf } from './finish.ts';
import { jobFields } from './job-line.ts';
import { createFailureCounts } from './retry.ts';
import { createSiteMemories } from './site-memory.ts';
import { FINISHING_MS, LEAST_REMAINING_MS, LEAST_TIMEOUT_MS } from './time.ts';

/** When even a dead letter cannot be sent, the job comes back after this. */
const UNFINISHED_SECONDS = 30;
/** Where the invocation began with too little time for a job's calls, its records come back after this. */
const TOO_SHORT_SECONDS = 60;

export interface WorkerOptions extends Pick<TimeAndChance, 'now' | 'clock' | 'random'> {
  readonly openSite: AttemptOptions['openSite'];
  readonly queue: Pick<Queue, 'postpone' | 'deadLetter'>;
}

/** Processes one batch and returns the records that SQS shall keep. `remainingMs` is of the invocation. */
export type Worker = (
  records: readonly SQSRecord[],
  remainingMs: () => number,
) => Promise<SQSBatchResponse>;

/** How many messages are over, and the seconds that the others of the contact must wait. */
interface Processed {
  readonly over: number;
  readonly seconds?: number | undefined;
}

/**
 * The worker of the jobs queue. Contacts go side by side; the jobs of one contact are done together, and
 * when one must wait, those behind it wait as long, so that no event overtakes another.
 */
export function createWorker({ openSite, queue, now, clock, random }: WorkerOptions): Worker {
  const memoryOf = createSiteMemories(clock);
  const countFailure = createFailureCounts(now);
  const attempt = createAttempt({ openSite, memoryOf });

  const contactOf = ({ site, contact }: LabelJob): string | undefined =>
    memoryOf(site).contacts.recall(contact);

  /** @returns seconds to wait before the next try; undefined when the record is over */
  async function orLater(
    { messageId }: SQSRecord,
    finish: () => Promise<number | undefined>,
  ): Promise<number | undefined> {
    try {
      return await finish();
    } catch (error) {
      log.error('not-finished', { messageId, ...errorFields(error) });
      addMetric('Retried', { Reason: 'not-finished' });
      return UNFINISHED_SECONDS;
    }
  }

  /** Where this fails, a record comes back when it becomes visible. @returns the records to keep */
  async function postpone(
    messages: readonly QueueMessage[],
    seconds: number,
  ): Promise<readonly SQSRecord[]> {
    await Promise.all(
      messages.map(({ record: { receiptHandle, messageId }, job }) =>
        queue.postpone(receiptHandle, seconds).catch((error: unknown) => {
          const about = { ...(job && jobFields(job)), messageId };
          log.warn('not-postponed', { ...about, ...errorFields(error) });
        }),
      ),
    );
    return messages.map(({ record }) => record);
  }

  async function processUnread({ record, problems }: UnreadMessage): Promise<Processed> {
    const { messageId, body } = record;
    const detail = `Not a job that this version of Earmark reads: ${problems.join(', ')}.`;
    const seconds = await orLater(record, async () => {
      log.error('invalid-job', { messageId, detail });
      const why = { reason: 'invalid-job', detail, receives: receivesOf(record) } as const;
      await queue.deadLetter(deadMessage(body, groupOf(record), messageId, why));
      addMetric('DeadLettered', { Reason: why.reason });
      return undefined;
    });
    return { over: seconds === undefined ? 1 : 0, seconds };
  }

  async function processJobs(messages: JobMessages, timeLeft: TimeLeft): Promise<Processed> {
    const [first, ...others] = messages;
    const jobs = [first.job, ...others.map(({ job }) => job)] as const;
    const outcomes = await withLogFields(jobFields(first.job), () => attempt(jobs, timeLeft));
    for (const [over, { record, job }] of messages.entries()) {
      const outcome = outcomes[over];
      if (!outcome) break;
      const tries = triesOf(record, job, now());
      const seconds = await withLogFields(jobFields(job), () =>
        orLater(record, () => finishJob(job, outcome, tries, { queue, countFailure, random })),
      );
      if (seconds === undefined) continue;
      // The others shared the try: it counts for them, too.
      for (const [index, { id }] of jobs.entries()) {
        const its = outcomes[index];
        if (index > over && its?.kind === 'retry') countFailure(id, its.reason);
      }
      return { over, seconds };
    }
    return { over: outcomes.length };
  }

  /** @returns the records to keep: the first that must wait and all behind it */
  async function processContact(
    messages: readonly QueueMessage[],
    timeLeft: TimeLeft,
  ): Promise<readonly SQSRecord[]> {
    for (let left = messages; left[0]; ) {
      const [first, ...others] = left;
      const { over, seconds } = first.job
        ? await processJobs(jobsTogether(first, others), timeLeft)
        : await processUnread(first);
      left = left.slice(over);
      if (seconds !== undefined) return postpone(left, seconds);
    }
    return [];
  }

  async function processBatch(
    messages: readonly QueueMessage[],
    timeLeft: TimeLeft,
  ): Promise<readonly SQSRecord[]> {
    const contacts = byContact(messages);
    const last = cutOff(contacts);
    const kept = await Promise.all(
      contacts.map((its) => (its === last ? postpone(its, 0) : processContact(its, timeLeft))),
    );
    return kept.flat();
  }

  async function postponeAll(messages: readonly QueueMessage[], remainingMs: number) {
    const times = { remainingMs, leastTimeoutMs: LEAST_TIMEOUT_MS };
    log.error('timeout-too-short', { ...times, messages: messages.length });
    addMetric('Retried', { Reason: 'deadline' }, messages.length);
    const sent = messages.map(({ record }) => Number(record.attributes.SentTimestamp));
    addMetric('JobAge', {}, (now() - Math.min(...sent)) / 1000);
    return postpone(messages, TOO_SHORT_SECONDS);
  }

  return async (records, remainingMs) => {
    const messages = records.map((record) => readMessage(record, contactOf));
    const kept =
      remainingMs() < LEAST_REMAINING_MS
        ? await postponeAll(messages, remainingMs())
        : await processBatch(messages, () => remainingMs() - FINISHING_MS);
    return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
