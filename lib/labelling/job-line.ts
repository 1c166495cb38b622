import { groupTag } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import type { JobReason } from '../queue/reasons.ts';
import { log } from '../runtime/log.ts';
import type { WixFailure } from '../wix/calls/failure.ts';
import type { JobDone } from './outcome.ts';
import type { RetryReason } from './retry.ts';

/** Wix's answer, on the line of a job that failed by one. `answer`: how, e.g. `answer`, `timeout`, `network`. */
export const answerFields = (failure: WixFailure | undefined) => ({
  operation: failure?.operation,
  answer: failure?.kind,
  networkCode: failure?.networkCode,
  httpStatus: failure?.status,
  wixCode: failure?.code,
  wixRequestId: failure?.requestId,
});
type AnswerFields = Readonly<ReturnType<typeof answerFields>>;

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

/** Which job a line is about: on each line that is logged while the job is in hand. */
export function jobFields(job: LabelJob) {
  const { source, topic, eventId } = job.cause;
  return { jobId: job.id, site: job.site, source, topic, eventId, group: groupTag(job) };
}
export type JobField = keyof ReturnType<typeof jobFields>;
