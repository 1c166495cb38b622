import type { SQSRecord } from 'aws-lambda';
import { type DeadLetterInfo, deadJob } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { log } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import type { WixFailure } from '../wix/calls/failure.ts';
import type { FailureCounts } from './failure-counts.ts';
import type { DeadJob, Done, Outcome } from './outcome.ts';
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
  const deadLetter = async (dead: DeadJob): Promise<void> => {
    await queue.deadLetter(deadJob(dead.job, info(dead, tries)));
    log.error('job', { outcome: 'dead-letter', ...about(dead), receives: tries.receives });
    addMetric('DeadLettered', { Reason: dead.reason });
  };
  const report = async (done: Done): Promise<void> => {
    const { kind, rest, ...fields } = done;
    if (rest) await deadLetter(rest);
    const lateSeconds = secondsLate(job, tries);
    log.info('job', { outcome: kind, ...fields, lateSeconds, receives: tries.receives });
    countDone(done, tries, outcome.kind === 'retry');
  };
  switch (outcome.kind) {
    case 'done':
      await report(outcome);
      return undefined;
    case 'dead-letter':
      await deadLetter(outcome);
      return undefined;
    case 'retry': {
      const { reason, failure, detail, atLeastMs, otherwise } = outcome;
      if (isDone(otherwise)) {
        if (isIndexed(tries)) {
          await report(otherwise);
          return undefined;
        }
      } else if (
        isSpent(reason, tries, failures.record(job.id, reason, tries.now), failure?.operation)
      ) {
        await deadLetter(otherwise ?? { reason, job: outcome.job ?? job, failure, detail });
        return undefined;
      }
      addMetric('Retried', { Reason: reason });
      addMetric('JobAge', {}, (tries.now - tries.sentAt) / 1000);
      const seconds = delaySeconds(reason, tries, random(), atLeastMs);
      const fields = { ...about(outcome), delaySeconds: seconds, receives: tries.receives };
      // For jobs that are held back the breaker and the limiter write one line for all.
      const isHeld = reason === 'circuit-open' || reason === 'rate-limited';
      if (!isHeld) log.warn('job', { outcome: 'retry', ...fields });
      return seconds;
    }
  }
}

const isDone = (end: DeadJob | Done | undefined): end is Done => end !== undefined && 'kind' in end;

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

function about({
  reason,
  detail,
  failure,
}: {
  reason: string;
  detail?: string | undefined;
  failure?: WixFailure | undefined;
}): Record<string, unknown> {
  if (!failure) return { reason, detail };
  const { operation, kind, status, code, requestId, networkCode } = failure;
  const answer = { operation, answer: kind, networkCode, httpStatus: status, wixCode: code };
  return { reason, detail, ...answer, wixRequestId: requestId };
}
