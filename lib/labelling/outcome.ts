import type { ReviewCause } from '../queue/history-parts.ts';
import type { LabelJob } from '../queue/job.ts';
import type { JobReason } from '../queue/reasons.ts';
import { errorFields, log } from '../runtime/log.ts';
import { classify, isPermanent } from '../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../wix/calls/failure.ts';
import { quotaNumbers } from './labels/label-keys.ts';
import { type ChangeKind, newProgress, type PlanProgress } from './labels/plan.ts';
import { LabelTooNew, refusalBy } from './labels/refusals.ts';
import { INDEX_WAIT_MS } from './retry.ts';

/** A job that becomes a dead letter, or the part of it that does, and why. */
export interface DeadJob {
  readonly reason: JobReason;
  /** What is left to do: the job itself, or fewer of its labels. */
  readonly job: LabelJob;
  readonly detail?: string | undefined;
  readonly failure?: WixFailure | undefined;
}

/** What became of the labels that a job names. */
interface LabelResults {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Labels that were in place already. */
  readonly inPlace: readonly string[];
  /** Labels left alone because a later event of this contact has put or taken them already. */
  readonly superseded: readonly string[];
}

/** A job that is over. */
export interface JobDone extends LabelResults {
  readonly kind: 'done';
  /** `no-such-contact`: nobody to label, and the rules ignore that, or the job only removes labels. */
  readonly reason?: 'no-such-contact' | undefined;
  readonly contactId?: string | undefined;
  /** The part that became a dead letter while the rest was done: labels that a full site has no room for. */
  readonly rest?: DeadJob | undefined;
  /** How many facts the job brought into the history. */
  readonly facts?: number;
  readonly review?: ReviewCause;
  /** Those of the labels above that are standing labels. */
  readonly standing?: readonly string[];
}

/**
 * A job to be tried again. When its time is up it becomes a dead letter of the same reason, or ends as
 * `otherwise` says: a job that only waits for Wix's index to show what it should remove is then done.
 */
export type JobRetry = {
  readonly kind: 'retry';
  /** Wait at least so long: what Wix asked for, or what is left of the site's pause. */
  readonly atLeastMs?: number | undefined;
  readonly detail?: string | undefined;
  readonly failure?: WixFailure | undefined;
  /** What is left to do, where some of it is done. */
  readonly job?: LabelJob | undefined;
} & (
  | { readonly reason: JobReason; readonly otherwise?: undefined }
  | { readonly reason: 'contact-not-found'; readonly otherwise: JobDone }
  | { readonly reason: 'label-too-new'; readonly otherwise: DeadJob | JobDone }
);

/** What became of one try at a job. */
export type JobOutcome = JobDone | JobRetry | ({ readonly kind: 'dead-letter' } & DeadJob);

/** How the search for a contact ended. `unseen`: Get Contact returns it, and Label Contact does not know it. */
export type SearchResult =
  | { readonly contactId: string }
  | { readonly nobody: 'ignored' }
  | { readonly nobody: 'missing' | 'unseen'; readonly failure: WixFailure | undefined };

/** What became of a job when the search for its contact came to an end. */
export function outcomeOf(job: LabelJob, found: SearchResult, progress: PlanProgress): JobOutcome {
  if ('contactId' in found) {
    const results = resultsOf(job, progress);
    const rest = overQuota(job, progress);
    const done: JobDone = { kind: 'done', ...results, contactId: found.contactId, rest };
    // A job that also adds is not tried again: another try might put back what a newer event has taken.
    return job.add.length === 0 && job.remove.some((name) => isAbsent(name, progress))
      ? lookAgain('label-too-new', done)
      : done;
  }
  const isOver = found.nobody === 'missing' && job.add.length === 0;
  if ('failure' in found && !isOver) {
    return { kind: 'retry', reason: 'contact-not-found', failure: found.failure };
  }
  const none = resultsOf(job, newProgress());
  const done: JobDone = { kind: 'done', reason: 'no-such-contact', ...none };
  return job.remove.length > 0 ? lookAgain('contact-not-found', done) : done;
}

/** While a job is young, an index that shows nothing to remove proves nothing. */
function lookAgain(reason: 'contact-not-found' | 'label-too-new', otherwise: JobDone): JobRetry {
  return { kind: 'retry', reason, atLeastMs: INDEX_WAIT_MS, otherwise };
}

const isPlanned = (name: string, change: ChangeKind, { plan }: PlanProgress): boolean =>
  plan?.get(name)?.change === change;

const isAbsent = (name: string, progress: PlanProgress): boolean =>
  progress.absent.has(name) && isPlanned(name, 'remove', progress);

/** What became of each label that the job itself names. */
function resultsOf({ add, remove }: LabelJob, progress: PlanProgress): LabelResults {
  const { plan, done, inPlace, absent } = progress;
  const added = add.filter((name) => isPlanned(name, 'add', progress));
  const removed = remove.filter((name) => isPlanned(name, 'remove', progress));
  const wanted = [...added, ...removed];
  return {
    added: added.filter((name) => done.has(name)),
    removed: removed.filter((name) => done.has(name)),
    inPlace: wanted.filter((name) => inPlace.has(name) || absent.has(name)),
    superseded: plan ? [...add, ...remove].filter((name) => !wanted.includes(name)) : [],
  };
}

function overQuota(job: LabelJob, progress: PlanProgress): DeadJob | undefined {
  const { refused, quota } = progress;
  const add = job.add.filter((name) => refused.has(name) && isPlanned(name, 'add', progress));
  if (!quota || add.length === 0) return undefined;
  const { labelsQuota, labelsCurrentTotal } = quotaNumbers(quota);
  return {
    reason: 'labels-quota-reached',
    job: { ...job, add, remove: [] },
    detail: `The site has ${labelsCurrentTotal} of ${labelsQuota} labels. Delete labels, wait ten minutes, then replay.`,
    failure: quota,
  };
}

/** The job without what is done already: a replay must not put back what a later event took. */
function remaining(job: LabelJob, progress: PlanProgress): LabelJob {
  const over = new Set(Object.values(resultsOf(job, progress)).flat());
  const open = (names: readonly string[]): string[] =>
    names.filter((name) => !over.has(name) || isAbsent(name, progress));
  return { ...job, add: open(job.add), remove: open(job.remove) };
}

/** What becomes of a job whose try ended in this error. */
export function failed(job: LabelJob, error: unknown, progress: PlanProgress): JobOutcome {
  const left = remaining(job, progress);
  if (error instanceof LabelTooNew) {
    const { refusal } = error;
    const otherwise = { ...refusal, job: left };
    const { failure } = refusal;
    return { kind: 'retry', reason: 'label-too-new', failure, job: left, otherwise };
  }
  if (!(error instanceof WixError)) {
    log.error('exception', errorFields(error));
    return { kind: 'retry', reason: 'exception' };
  }
  const { failure } = error;
  const kind = classify(failure);
  if (isPermanent(kind)) return { kind: 'dead-letter', job: left, ...refusalBy(failure) };
  return { kind: 'retry', reason: kind, atLeastMs: failure.retryAfterMs, failure, job: left };
}
