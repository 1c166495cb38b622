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

type Outcomes = {
  /** `lateSeconds`: how long after it happened the event was queued, where that is long. */
  readonly done: Omit<JobDone, 'kind' | 'rest'> & { readonly lateSeconds: number | undefined };
  /** `delaySeconds`: when the job comes back. */
  readonly retry: Failed<RetryReason> & { readonly delaySeconds: number };
  readonly 'dead-letter': Failed<JobReason>;
};
type Failed<Reason> = AnswerFields & { reason: Reason; detail: string | undefined };

/** The log line `job`, one for each try: the CLI and the engine read it. Beside it are the `jobFields`. */
export type JobLine = { readonly receives: number } & {
  [Outcome in keyof Outcomes]: { readonly outcome: Outcome } & Outcomes[Outcome];
}[keyof Outcomes];

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
