import { groupTag } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import type { JobReason } from '../queue/reasons.ts';
import { log } from '../runtime/log.ts';
import type { WixFailure } from '../wix/calls/failure.ts';
import type { JobDone } from './outcome.ts';
import type { RetryReason } from './retry.ts';

/** Wix's answer, on the line of a job that failed by one. */
interface AnswerFields {
  readonly operation?: string | undefined;
  /** How the call failed: `answer`, `timeout`, `network`, … */
  readonly answer?: WixFailure['kind'] | undefined;
  readonly networkCode?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly wixCode?: string | undefined;
  readonly wixRequestId?: string | undefined;
}

interface DoneFields extends Omit<JobDone, 'kind' | 'rest'> {
  readonly outcome: 'done';
  /** How long after it happened the event was queued, where that is long. */
  readonly lateSeconds?: number | undefined;
}

interface RetryFields extends AnswerFields {
  readonly outcome: 'retry';
  readonly reason: RetryReason;
  readonly detail?: string | undefined;
  /** When the job comes back. */
  readonly delaySeconds: number;
}

interface DeadLetterFields extends AnswerFields {
  readonly outcome: 'dead-letter';
  readonly reason: JobReason;
  readonly detail?: string | undefined;
}

/** The log line `job`, one for each try: the CLI and the engine read it. Beside it are the `jobFields`. */
export type JobLine = { readonly receives: number } & (DoneFields | RetryFields | DeadLetterFields);

type FieldOf<Line> = Line extends unknown ? keyof Line : never;
/** The fields of a `job` line, whatever its outcome. */
export type JobLineField = FieldOf<JobLine>;

const LEVELS = { done: 'info', retry: 'warn', 'dead-letter': 'error' } as const;

export const logJob = (line: JobLine): void => log[LEVELS[line.outcome]]('job', { ...line });

export function answerFields(failure: WixFailure | undefined): AnswerFields {
  if (!failure) return {};
  const { operation, kind, status, code, requestId, networkCode } = failure;
  const answer = { operation, answer: kind, networkCode, httpStatus: status };
  return { ...answer, wixCode: code, wixRequestId: requestId };
}

/** Which job a line is about: on each line that is logged while the job is in hand. */
export function jobFields(job: LabelJob) {
  const { source, topic, eventId } = job.cause;
  return { jobId: job.id, site: job.site, source, topic, eventId, group: groupTag(job) };
}
export type JobField = keyof ReturnType<typeof jobFields>;
