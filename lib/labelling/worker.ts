import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { deadMessage } from '../queue/dead-letter.ts';
import { LabelJob } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { parseJson } from '../runtime/json.ts';
import { errorFields, log, withLogFields } from '../runtime/log.ts';
import type { TimeLeft } from '../wix/client.ts';
import type { WixSite } from '../wix/wix.ts';
import { createAttemptsMemory } from './attempts.ts';
import type { Ending } from './gate.ts';
import { labelJob } from './label-job.ts';
import type { Outcome } from './outcome.ts';
import { meaningOf } from './policy.ts';
import { settle, triesOf } from './settle.ts';
import { createSiteMemories } from './site.ts';

/** Kept at the end of an invocation for settling: SQS has up to 4 s for a dead letter, 4 s to postpone. */
const SETTLING_MS = 10_000;
/** When even a dead letter cannot be sent, the job comes back after this. */
const UNSETTLED_SECONDS = 30;

export interface WorkerOptions {
  readonly openSite: (site: string, timeLeft: TimeLeft) => WixSite;
  readonly queue: Pick<Queue, 'postpone' | 'deadLetter'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Works off one batch; gives the records that SQS shall keep. `remainingMs` is of the invocation. */
export type Worker = (
  records: readonly SQSRecord[],
  remainingMs: () => number,
) => Promise<SQSBatchResponse>;

/**
 * The worker of the jobs queue. Contacts go side by side; the records of one contact go in order, and
 * when one must wait, those behind it wait as long, so that no event overtakes another.
 */
export function createWorker({ openSite, queue, now, random }: WorkerOptions): Worker {
  const memoryOf = createSiteMemories();
  const attempts = createAttemptsMemory();

  /** One try at one job, through the site's gate. */
  async function attempt(job: LabelJob, timeLeft: TimeLeft): Promise<Outcome> {
    const memory = memoryOf(job.site);
    const admission = memory.gate.admit(now());
    if (!admission.go) return { kind: 'retry', reason: 'site-paused', atLeastMs: admission.waitMs };
    // An exception tells nothing of the site, as when there was no time to ask it.
    let end: Ending = { jobId: job.id, meaning: 'no-time' };
    try {
      const outcome = await labelJob(job, openSite(job.site, timeLeft), memory, now);
      end = endingOf(job, outcome);
      return outcome;
    } catch (error) {
      log.error('exception', errorFields(error));
      return { kind: 'retry', reason: 'exception' };
    } finally {
      memory.gate.settle(now(), admission.probe, end);
    }
  }

  async function buryMessage(record: SQSRecord, paths: readonly string[]): Promise<undefined> {
    const { messageId, body } = record;
    const detail = `Not a job that this version of Earmark reads: ${paths.join(', ')}.`;
    log.error('invalid-job', { messageId, detail });
    const attempts = Number(record.attributes.ApproximateReceiveCount);
    const why = { reason: 'invalid-job', detail, attempts };
    await queue.deadLetter(deadMessage(body, groupOf(record), messageId, why));
  }

  /** @returns seconds to wait before the next try; undefined when the record is over */
  async function workOff(record: SQSRecord, timeLeft: TimeLeft): Promise<number | undefined> {
    try {
      const parsed = LabelJob.safeParse(parseJson(record.body));
      if (!parsed.success) {
        const paths = parsed.error.issues.map(({ path }) => path.join('.') || 'the message');
        return await buryMessage(record, paths);
      }
      const job = parsed.data;
      return await withLogFields(jobFields(job), async () => {
        const outcome = await attempt(job, timeLeft);
        return settle(job, outcome, triesOf(record, job, now()), { queue, attempts, random });
      });
    } catch (error) {
      log.error('unsettled', { messageId: record.messageId, ...errorFields(error) });
      return UNSETTLED_SECONDS;
    }
  }

  /** Where this fails (an expired receipt, SQS in trouble) the record comes back when it becomes visible. */
  async function postpone(record: SQSRecord, seconds: number): Promise<void> {
    try {
      await queue.postpone(record.receiptHandle, seconds);
    } catch (error) {
      log.warn('not-postponed', { messageId: record.messageId, ...errorFields(error) });
    }
  }

  /** @returns the records to keep: the first that must wait and all behind it */
  async function workOffGroup(
    records: readonly SQSRecord[],
    timeLeft: TimeLeft,
  ): Promise<readonly SQSRecord[]> {
    for (const [index, record] of records.entries()) {
      const seconds = await workOff(record, timeLeft);
      if (seconds === undefined) continue;
      const kept = records.slice(index);
      await Promise.all(kept.map((held) => postpone(held, seconds)));
      return kept;
    }
    return [];
  }

  return async (records, remainingMs) => {
    const timeLeft = (): number => remainingMs() - SETTLING_MS;
    const groups = Object.values(Object.groupBy(records, groupOf));
    const kept = await Promise.all(groups.map((group) => workOffGroup(group ?? [], timeLeft)));
    return {
      batchItemFailures: kept.flat().map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  };
}

/** What a try taught of the site. Nothing, where later events left nothing to ask Wix about. */
function endingOf({ id }: LabelJob, outcome: Outcome): Ending {
  if (outcome.kind !== 'done') {
    const { failure } = outcome;
    const meaning = failure && meaningOf(failure);
    return { jobId: id, meaning, retryAfterMs: failure?.retryAfterMs };
  }
  const { added, removed, settled, rest, superseded } = outcome;
  const asked = added.length + removed.length + settled.length > 0 || rest !== undefined;
  return { jobId: id, meaning: asked || superseded.length === 0 ? undefined : 'no-time' };
}

const groupOf = ({ attributes, messageId }: SQSRecord): string =>
  attributes.MessageGroupId ?? messageId;

function jobFields({ id, site, cause }: LabelJob): Record<string, unknown> {
  return { jobId: id, site, source: cause.source, topic: cause.topic, eventId: cause.eventId };
}
