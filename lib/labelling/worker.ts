import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { deadMessage } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { errorFields, log, withLogFields } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import type { TimeLeft } from '../wix/calls/client.ts';
import { type AttemptOptions, createAttempt } from './attempt.ts';
import {
  byContact,
  cutOff,
  groupOf,
  type Head,
  headOf,
  type JobMessage,
  type JobMessages,
  type Message,
  readMessage,
} from './batch.ts';
import { createFailureCounts } from './failure-counts.ts';
import { finishJob, triesOf } from './finish.ts';
import { jobFields } from './job-line.ts';
import { createSiteMemories } from './site-memory.ts';
import { FINISHING_MS, LEAST_REMAINING_MS, LEAST_TIMEOUT_MS } from './time.ts';

/** When even a dead letter cannot be sent, the job comes back after this. */
const UNFINISHED_SECONDS = 30;
/** Where the invocation began with too little time for a job's calls, its records come back after this. */
const TOO_SHORT_SECONDS = 60;

export interface WorkerOptions extends Pick<AttemptOptions, 'openSite'> {
  readonly queue: Pick<Queue, 'postpone' | 'deadLetter'>;
  /** Epoch milliseconds, to compare with the times of SQS and of senders. */
  readonly now: () => number;
  /** Milliseconds, for what is remembered; it must not go back. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Processes one batch and returns the records that SQS shall keep. `remainingMs` is of the invocation. */
export type Worker = (
  records: readonly SQSRecord[],
  remainingMs: () => number,
) => Promise<SQSBatchResponse>;

/**
 * The worker of the jobs queue. Contacts go side by side; the jobs of one contact are done together, and
 * when one must wait, those behind it wait as long, so that no event overtakes another.
 */
export function createWorker({ openSite, queue, now, clock, random }: WorkerOptions): Worker {
  const memoryOf = createSiteMemories();
  const failures = createFailureCounts();

  const attempt = createAttempt({ openSite, memoryOf, clock });

  /** The contact a job is about, where this is known without asking Wix. */
  const contactOf = ({ site, contact }: LabelJob): string | undefined =>
    memoryOf(site).contacts.recall(contact, clock()) ?? contact.contactId?.toLowerCase();

  async function deadLetter({
    record,
    problems,
  }: Exclude<Message, JobMessage>): Promise<undefined> {
    const { messageId, body } = record;
    const detail = `Not a job that this version of Earmark reads: ${problems.join(', ')}.`;
    log.error('invalid-job', { messageId, detail });
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const why = { reason: 'invalid-job' as const, detail, receives };
    await queue.deadLetter(deadMessage(body, groupOf(record), messageId, why));
    addMetric('DeadLettered', { Reason: why.reason });
  }

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

  /**
   * Where this fails (an expired receipt, SQS in trouble) a record comes back when it becomes visible.
   * @returns the records to keep
   */
  async function postpone(
    messages: readonly Message[],
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

  /** @returns how many of the jobs are over, and the seconds that the others must wait */
  async function processJobs(
    [first, ...others]: JobMessages,
    timeLeft: TimeLeft,
  ): Promise<{ over: number; seconds?: number }> {
    const jobs = [first.job, ...others.map(({ job }) => job)] as const;
    const outcomes = await withLogFields(jobFields(first.job), () => attempt(jobs, timeLeft));
    for (const [over, { record, job }] of [first, ...others].entries()) {
      const outcome = outcomes[over];
      if (!outcome) break;
      const seconds = await withLogFields(jobFields(job), () =>
        orLater(record, () =>
          finishJob(job, outcome, triesOf(record, job, now()), { queue, failures, random }),
        ),
      );
      if (seconds === undefined) continue;
      // The others shared the try: it counts for them, too.
      for (const [index, { id }] of jobs.slice(over + 1).entries()) {
        const its = outcomes[over + 1 + index];
        if (its?.kind === 'retry') failures.record(id, its.reason, now());
      }
      return { over, seconds };
    }
    return { over: outcomes.length };
  }

  async function processHead(head: Head, timeLeft: TimeLeft) {
    if (head.jobs) return processJobs(head.jobs, timeLeft);
    const seconds = await orLater(head.unread.record, () => deadLetter(head.unread));
    return seconds === undefined ? { over: 1 } : { over: 0, seconds };
  }

  /** @returns the records to keep: the first that must wait and all behind it */
  async function processContact(
    messages: readonly Message[],
    timeLeft: TimeLeft,
  ): Promise<readonly SQSRecord[]> {
    let left = messages;
    for (let head = headOf(left); head; head = headOf(left)) {
      const { over, seconds } = await processHead(head, timeLeft);
      left = left.slice(over);
      if (seconds !== undefined) return postpone(left, seconds);
    }
    return [];
  }

  async function processBatch(
    messages: readonly Message[],
    timeLeft: TimeLeft,
  ): Promise<readonly SQSRecord[]> {
    const contacts = byContact(messages);
    const last = cutOff(contacts);
    const kept = await Promise.all(
      contacts.map((its) => (its === last ? postpone(its, 0) : processContact(its, timeLeft))),
    );
    return kept.flat();
  }

  return async (records, remainingMs) => {
    const timeLeft = (): number => remainingMs() - FINISHING_MS;
    const messages = records.map((record) => readMessage(record, contactOf));
    const isTooShort = remainingMs() < LEAST_REMAINING_MS;
    if (isTooShort) {
      const times = { remainingMs: remainingMs(), leastTimeoutMs: LEAST_TIMEOUT_MS };
      log.error('timeout-too-short', { ...times, messages: messages.length });
      addMetric('Retried', { Reason: 'deadline' }, messages.length);
      const sentAt = Math.min(...records.map(({ attributes }) => Number(attributes.SentTimestamp)));
      addMetric('JobAge', {}, (now() - sentAt) / 1000);
    }
    const kept = isTooShort
      ? await postpone(messages, TOO_SHORT_SECONDS)
      : await processBatch(messages, timeLeft);
    return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
