import type { SQSRecord } from 'aws-lambda';
import { type DeadLetterInfo, deadJob } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { log } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import type { WixFailure } from '../wix/calls/failure.ts';
import type { FailureCounts } from './failure-counts.ts';
import type { Death, Done, Outcome } from './outcome.ts';
import { delaySeconds, isIndexed, isSpent, type Tries } from './retry.ts';

/** How often and how long a record was tried, from what SQS counts. */
export function triesOf(record: SQSRecord, job: LabelJob, now: number): Tries {
  const { SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount } =
    record.attributes;
  return {
    now,
    sentAt: Number(SentTimestamp),
    receivedAt: Date.parse(job.cause.receivedAt),
    firstTriedAt: Number(ApproximateFirstReceiveTimestamp),
    count: Number(ApproximateReceiveCount),
  };
}

/**
 * An event that comes to the queue this long after it happened (a sender's retry, a replayed dead
 * letter) may have been overtaken by a newer one that this process knows nothing of. It is applied,
 * and its line in the log says so.
 */
const LATE_MS = 30_000;

function secondsLate({ cause }: LabelJob, { sentAt, receivedAt }: Tries): number | undefined {
  const late = Math.max(sentAt, receivedAt) - Date.parse(cause.occurredAt);
  return late >= LATE_MS ? Math.floor(late / 1000) : undefined;
}

export interface Settling {
  readonly queue: Pick<Queue, 'deadLetter'>;
  readonly attempts: FailureCounts;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Does what an outcome asks for: nothing, a dead letter, or another try later.
 * @returns seconds to wait before the next try; undefined when the record is over
 * @throws what the AWS client throws when a dead letter was not taken: the record must then come back
 */
export async function settle(
  job: LabelJob,
  outcome: Outcome,
  tries: Tries,
  { queue, attempts, random }: Settling,
): Promise<number | undefined> {
  const bury = async (death: Death): Promise<void> => {
    await queue.deadLetter(deadJob(death.job, info(death, tries)));
    log.error('job', { outcome: 'dead-letter', ...about(death), receives: tries.count });
    addMetric('DeadLettered', { Reason: death.reason });
  };
  const finish = async (done: Done): Promise<void> => {
    const { kind, rest, ...fields } = done;
    if (rest) await bury(rest);
    const lateSeconds = secondsLate(job, tries);
    log.info('job', { outcome: kind, ...fields, lateSeconds, receives: tries.count });
    noteDone(done, tries, outcome.kind === 'retry');
  };
  switch (outcome.kind) {
    case 'done':
      await finish(outcome);
      return undefined;
    case 'dead-letter':
      await bury(outcome);
      return undefined;
    case 'retry': {
      const { reason, failure, detail, atLeastMs, otherwise } = outcome;
      if (isDone(otherwise)) {
        if (isIndexed(tries)) {
          await finish(otherwise);
          return undefined;
        }
      } else if (
        isSpent(reason, tries, attempts.note(job.id, reason, tries.now), failure?.operation)
      ) {
        await bury(otherwise ?? { reason, job: outcome.job ?? job, failure, detail });
        return undefined;
      }
      addMetric('Retried', { Reason: reason });
      addMetric('JobAge', {}, (tries.now - tries.sentAt) / 1000);
      const seconds = delaySeconds(reason, tries, random(), atLeastMs);
      const fields = { ...about(outcome), delaySeconds: seconds, receives: tries.count };
      // What is held back is told of once, by the breaker and the limiter.
      const isHeld = reason === 'circuit-open' || reason === 'rate-limited';
      if (!isHeld) log.warn('job', { outcome: 'retry', ...fields });
      return seconds;
    }
  }
}

const isDone = (end: Death | Done | undefined): end is Done => end !== undefined && 'kind' in end;

function noteDone(
  { contactId }: Done,
  { now, receivedAt, sentAt }: Tries,
  waitedForIndex: boolean,
): void {
  if (contactId === undefined) {
    addMetric('Ignored');
    return;
  }
  addMetric('Labelled');
  // The days of a dead letter that is replayed say nothing of how fast Earmark is; nor do the minutes after
  // which the label of a job that only removes counts as absent.
  if (!waitedForIndex && sentAt - receivedAt < LATE_MS)
    addMetric('EventToLabel', {}, Math.max(0, now - receivedAt));
}

function info({ reason, detail, failure }: Death, tries: Tries): DeadLetterInfo {
  return {
    reason,
    detail,
    operation: failure?.operation,
    httpStatus: failure?.status,
    wixCode: failure?.code,
    wixRequestId: failure?.requestId,
    receives: tries.count,
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
