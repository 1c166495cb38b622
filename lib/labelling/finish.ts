import type { SQSRecord } from 'aws-lambda';
import { type DeadLetterInfo, deadJob } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { addMetric } from '../runtime/metrics.ts';
import type { FailureCounts } from './failure-counts.ts';
import { answerFields, logJob } from './job-line.ts';
import type { DeadJob, Done, Outcome, Retry } from './outcome.ts';
import { delaySeconds, isIndexed, isSpent, type Tries } from './retry.ts';

/** How often and how long a record was tried, from SQS's counts. */
export function triesOf(record: SQSRecord, job: LabelJob, now: number): Tries {
  const { SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount } =
    record.attributes;
  return {
    now,
    sentAt: Number(SentTimestamp),
    receivedAt: Date.parse(job.cause.receivedAt),
    firstTriedAt: Number(ApproximateFirstReceiveTimestamp),
    receives: Number(ApproximateReceiveCount),
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

export interface FinishOptions {
  readonly queue: Pick<Queue, 'deadLetter'>;
  readonly failures: FailureCounts;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Does what an outcome asks for: nothing, a dead letter, or another try later.
 * @returns seconds to wait before the next try; undefined when the record is over
 * @throws what the AWS client throws when a dead letter was not taken: the record must then come back
 */
export async function finishJob(
  job: LabelJob,
  outcome: Outcome,
  tries: Tries,
  { queue, failures, random }: FinishOptions,
): Promise<number | undefined> {
  const { receives } = tries;
  const deadLetter = async (dead: DeadJob): Promise<void> => {
    const { reason, detail, failure } = dead;
    await queue.deadLetter(deadJob(dead.job, info(dead, tries)));
    logJob({ outcome: 'dead-letter', reason, detail, ...answerFields(failure), receives });
    addMetric('DeadLettered', { Reason: reason });
  };
  const end = timeIsUp(job, outcome, tries, failures) ?? outcome;
  switch (end.kind) {
    case 'done': {
      const { kind, rest, ...fields } = end;
      if (rest) await deadLetter(rest);
      logJob({ outcome: kind, ...fields, lateSeconds: secondsLate(job, tries), receives });
      countDone(end, tries, outcome.kind === 'retry');
      return undefined;
    }
    case 'dead-letter':
      await deadLetter(end);
      return undefined;
    case 'retry':
      return retryLater(end, tries, random());
  }
}

/** What a job that is to be tried again becomes where its time is up; undefined where it is not. */
function timeIsUp(
  job: LabelJob,
  outcome: Outcome,
  tries: Tries,
  failures: FailureCounts,
): Outcome | undefined {
  if (outcome.kind !== 'retry') return undefined;
  const { reason, failure, detail, otherwise } = outcome;
  if (otherwise && 'kind' in otherwise) return isIndexed(tries) ? otherwise : undefined;
  const seen = failures.record(job.id, reason, tries.now);
  if (!isSpent(reason, tries, seen, failure?.operation)) return undefined;
  const dead = otherwise ?? { reason, job: outcome.job ?? job, failure, detail };
  return { kind: 'dead-letter', ...dead };
}

/** @returns seconds to wait before the next try */
function retryLater({ reason, detail, failure, atLeastMs }: Retry, tries: Tries, random: number) {
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

function countDone(
  { contactId }: Done,
  { now, receivedAt, sentAt }: Tries,
  waitedForIndex: boolean,
): void {
  if (contactId === undefined) {
    addMetric('Ignored', {});
    return;
  }
  addMetric('Labelled', {});
  // Left out, because they do not measure Earmark's speed: the days of a replayed dead letter, and the
  // minutes after which a label to remove counts as absent.
  if (!waitedForIndex && sentAt - receivedAt < LATE_MS)
    addMetric('EventToLabel', {}, Math.max(0, now - receivedAt));
}

function info({ reason, detail, failure }: DeadJob, tries: Tries): DeadLetterInfo {
  return {
    reason,
    detail,
    operation: failure?.operation,
    httpStatus: failure?.status,
    wixCode: failure?.code,
    wixRequestId: failure?.requestId,
    receives: tries.receives,
    firstTriedAt: new Date(tries.firstTriedAt).toISOString(),
    lastTriedAt: new Date(tries.now).toISOString(),
  };
}
