import type { SQSRecord } from 'aws-lambda';
import { type DeadLetterInfo, deadJob } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import type { TimeAndChance } from '../runtime/clock.ts';
import { addMetric } from '../runtime/metrics.ts';
import { receivesOf } from './batch.ts';
import { answerFields, logJob } from './job-line.ts';
import type { DeadJob, JobDone, JobOutcome, JobRetry } from './outcome.ts';
import { type CountFailure, delaySeconds, isIndexed, isSpent, type Tries } from './retry.ts';
import { FACTS_WAIT, isOfHistoryAlone } from './standing/waiting.ts';

/** How often and how long a record was tried, from SQS's counts. */
export function triesOf(record: SQSRecord, job: LabelJob, now: number): Tries {
  const { SentTimestamp, ApproximateFirstReceiveTimestamp } = record.attributes;
  return {
    now,
    sentAt: Number(SentTimestamp),
    receivedAt: Date.parse(job.cause.receivedAt),
    firstTriedAt: Number(ApproximateFirstReceiveTimestamp),
    receives: receivesOf(record),
  };
}

/**
 * An event that is queued this long after it happened (a sender's retry, a replayed dead letter) may have
 * been overtaken by a newer one that this process does not know. It is applied, and its log line says so.
 */
const LATE_MS = 30_000;

function secondsLate({ cause }: LabelJob, { sentAt, receivedAt }: Tries): number | undefined {
  const late = Math.max(sentAt, receivedAt) - Date.parse(cause.occurredAt);
  return late >= LATE_MS ? Math.floor(late / 1000) : undefined;
}

export interface FinishOptions extends Pick<TimeAndChance, 'random'> {
  readonly queue: Pick<Queue, 'deadLetter'>;
  readonly countFailure: CountFailure;
}

/**
 * Does what an outcome asks for: nothing, a dead letter, or another try later.
 * @returns seconds to wait before the next try; undefined when the record is over
 * @throws what the AWS client throws when a dead letter was not taken: the record must then come back
 */
export async function finishJob(
  job: LabelJob,
  outcome: JobOutcome,
  tries: Tries,
  { queue, countFailure, random }: FinishOptions,
): Promise<number | undefined> {
  const end = outcome.kind === 'retry' ? unlessSpent(job, outcome, tries, countFailure) : outcome;
  if (end.kind === 'retry') return retryLater(end, tries, random());
  const dead = end.kind === 'dead-letter' ? end : end.rest;
  if (dead) await deadLetter(dead, tries, queue);
  if (end.kind === 'done') logDone(job, end, tries, outcome.kind === 'retry');
  return undefined;
}

/** The retry, or what the job becomes where its time is up. */
function unlessSpent(
  job: LabelJob,
  retry: JobRetry,
  tries: Tries,
  countFailure: CountFailure,
): JobOutcome {
  const { reason, failure, detail, otherwise, job: left = job } = retry;
  if (otherwise && 'kind' in otherwise) return isIndexed(tries) ? otherwise : retry;
  const seen = countFailure(job.id, reason);
  if (!isSpent(reason, tries, seen, failure?.operation)) return retry;
  if (process.env.STANDING_LABELS !== 'off' && reason === 'contact-not-found') {
    if (isOfHistoryAlone(job)) return FACTS_WAIT;
  }
  return { kind: 'dead-letter', ...(otherwise ?? { reason, job: left, failure, detail }) };
}

/** @returns seconds to wait before the next try */
function retryLater(
  { reason, detail, failure, atLeastMs }: JobRetry,
  tries: Tries,
  random: number,
): number {
  const { now, sentAt, receives } = tries;
  addMetric('Retried', { Reason: reason });
  addMetric('JobAge', {}, (now - sentAt) / 1000);
  const seconds = delaySeconds(reason, tries, random, atLeastMs);
  const fields = { reason, detail, ...answerFields(failure), delaySeconds: seconds, receives };
  // For jobs that are held back the breaker and the limiter write one line for all.
  const isHeld = reason === 'circuit-open' || reason === 'rate-limited';
  if (!isHeld) logJob({ outcome: 'retry', ...fields });
  return seconds;
}

function logDone(job: LabelJob, done: JobDone, tries: Tries, waitedForIndex: boolean): void {
  const { kind, rest, ...fields } = done;
  const { now, receivedAt, sentAt, receives } = tries;
  logJob({ outcome: kind, ...fields, lateSeconds: secondsLate(job, tries), receives });
  if (done.contactId === undefined) {
    addMetric('Ignored', {});
    return;
  }
  addMetric('Labelled', {});
  // The days of a replayed dead letter, and the wait for an index, do not measure Earmark's speed.
  const isMeasured = !waitedForIndex && sentAt - receivedAt < LATE_MS;
  if (isMeasured) addMetric('EventToLabel', {}, Math.max(0, now - receivedAt));
}

async function deadLetter(
  { reason, job, detail, failure }: DeadJob,
  { receives, firstTriedAt, now }: Tries,
  queue: FinishOptions['queue'],
): Promise<void> {
  const { answer, networkCode, ...fields } = answerFields(failure);
  const info: DeadLetterInfo = {
    reason,
    detail,
    ...fields,
    receives,
    firstTriedAt: new Date(firstTriedAt).toISOString(),
    lastTriedAt: new Date(now).toISOString(),
  };
  await queue.deadLetter(deadJob(job, info));
  logJob({ outcome: 'dead-letter', reason, detail, ...answerFields(failure), receives });
  addMetric('DeadLettered', { Reason: reason });
}
