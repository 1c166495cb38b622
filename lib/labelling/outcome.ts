import type { LabelJob } from '../queue/job.ts';
import type { JobReason } from '../queue/reasons.ts';
import { errorFields, log } from '../runtime/log.ts';
import { classify, isPermanent } from '../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../wix/calls/failure.ts';
import { LabelTooNew, NotApplied, newProgress, type Progress } from './labels/apply.ts';
import { quotaNumbers } from './labels/label-keys.ts';
import { INDEX_WAIT_MS } from './retry.ts';

/** Why a job, or what is left of it, can never be done. */
export type DeathReason = JobReason;

/** The part of a job that is dead, and why. */
export interface Death {
  readonly reason: DeathReason;
  /** What is left to do: the job itself, or fewer of its labels. */
  readonly job: LabelJob;
  readonly detail?: string | undefined;
  readonly failure?: WixFailure | undefined;
}

/** What was done to a contact, in label names. */
export interface Done {
  readonly kind: 'done';
  /** `no-such-contact`: nobody to label, and the rules say to let it be; or there was nothing to put. */
  readonly reason?: 'no-such-contact' | undefined;
  readonly contactId?: string | undefined;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Labels that were in place already. */
  readonly settled: readonly string[];
  /** Labels left alone because a later event of this contact had its say about them already. */
  readonly superseded: readonly string[];
  /** Labels that could not be had while the rest was done. */
  readonly rest?: Death | undefined;
}

interface Later {
  readonly kind: 'retry';
  /** Wait at least so long: what Wix asked for, or what is left of the site's pause. */
  readonly atLeastMs?: number | undefined;
  readonly detail?: string | undefined;
  readonly failure?: WixFailure | undefined;
  /** What is left to do, where some of it is done. */
  readonly job?: LabelJob | undefined;
}

/**
 * To be tried again. When its time is up the job is dead by the same reason, or as `otherwise` has it: done,
 * where it only waits for an index of Wix's to show what is to be taken.
 */
export type Retry = Later &
  (
    | { readonly reason: DeathReason; readonly otherwise?: undefined }
    | { readonly reason: 'contact-not-found'; readonly otherwise: Done }
    | { readonly reason: 'label-too-new'; readonly otherwise: Death | Done }
  );

/** What became of one try at a job. */
export type Outcome = Done | Retry | ({ readonly kind: 'dead-letter' } & Death);

/**
 * Where the search for a contact ended. `unclear`: the jobs name it in different ways. `unseen`: there is
 * one, and what labels contacts does not see it.
 */
export type Found =
  | { readonly contactId: string }
  | { readonly nobody: 'unclear' }
  | { readonly nobody: 'ignored' }
  | { readonly nobody: 'missing' | 'unseen'; readonly failure: WixFailure | undefined };

/** What became of a job when the search for its contact came to an end. */
export function outcomeOf(job: LabelJob, found: Found, progress: Progress): Outcome {
  if ('contactId' in found) {
    const shares = sharesOf(job, progress);
    const { contactId } = found;
    const done: Done = { kind: 'done', ...shares, contactId, rest: quotaDeath(job, progress) };
    // A job that adds is not tried again for it: another try would put anew what a newer event may have taken.
    return job.add.length === 0 && job.remove.some((name) => isAbsent(name, progress))
      ? lookAgain('label-too-new', done)
      : done;
  }
  const isOver = found.nobody === 'missing' && job.add.length === 0;
  if ('failure' in found && !isOver) {
    return { kind: 'retry', reason: 'contact-not-found', failure: found.failure };
  }
  const none = sharesOf(job, newProgress());
  const done: Done = { kind: 'done', reason: 'no-such-contact', ...none };
  return job.remove.length > 0 ? lookAgain('contact-not-found', done) : done;
}

/** Of what is to be taken, that an index shows nothing is no proof while the job is young. */
function lookAgain(reason: 'contact-not-found' | 'label-too-new', otherwise: Done): Retry {
  return { kind: 'retry', reason, atLeastMs: INDEX_WAIT_MS, otherwise };
}

const isAbsent = (name: string, { plan, absent }: Progress): boolean =>
  absent.has(name) && plan?.get(name)?.change === 'remove';

/** What of a job's own wishes became what. */
function sharesOf(
  { add, remove }: LabelJob,
  { plan, done, settled, absent }: Progress,
): Pick<Done, 'added' | 'removed' | 'settled' | 'superseded'> {
  const granted = (change: 'add' | 'remove', names: readonly string[]): string[] =>
    names.filter((name) => plan?.get(name)?.change === change);
  const added = granted('add', add);
  const removed = granted('remove', remove);
  const wishes = [...added, ...removed];
  return {
    added: added.filter((name) => done.has(name)),
    removed: removed.filter((name) => done.has(name)),
    settled: wishes.filter((name) => settled.has(name) || absent.has(name)),
    superseded: plan ? [...add, ...remove].filter((name) => !wishes.includes(name)) : [],
  };
}

function quotaDeath(job: LabelJob, { plan, refused, quota }: Progress): Death | undefined {
  if (!quota) return undefined;
  const add = job.add.filter((name) => refused.has(name) && plan?.get(name)?.change === 'add');
  if (add.length === 0) return undefined;
  const { labelsQuota, labelsCurrentTotal } = quotaNumbers(quota);
  return {
    reason: 'labels-quota-reached',
    job: { ...job, add, remove: [] },
    detail: `The site has ${labelsCurrentTotal} of ${labelsQuota} labels. Delete labels, then replay.`,
    failure: quota,
  };
}

/** The job without what is done already: replaying it must not put back what a later event took. */
function remaining(job: LabelJob, progress: Progress): LabelJob {
  const { added, removed, settled, superseded } = sharesOf(job, progress);
  const over = new Set([...added, ...removed, ...settled, ...superseded]);
  const open = (names: readonly string[]): string[] =>
    names.filter((name) => !over.has(name) || isAbsent(name, progress));
  return { ...job, add: open(job.add), remove: open(job.remove) };
}

/** What becomes of a job that met this. */
export function failed(job: LabelJob, error: unknown, progress: Progress): Outcome {
  const left = (): LabelJob => remaining(job, progress);
  if (error instanceof LabelTooNew) {
    const { failure, ...why } = deathBy(error.refusal);
    const otherwise = { ...why, failure, job: left() };
    return { kind: 'retry', reason: 'label-too-new', failure, job: left(), otherwise };
  }
  if (!(error instanceof WixError)) {
    log.error('exception', errorFields(error));
    return { kind: 'retry', reason: 'exception' };
  }
  const { failure } = error;
  const meaning = classify(failure);
  if (isPermanent(meaning)) return { kind: 'dead-letter', job: left(), ...deathBy(error) };
  return { kind: 'retry', reason: meaning, atLeastMs: failure.retryAfterMs, failure, job: left() };
}

/** The dead letter of an answer for good. */
function deathBy(
  refusal: WixError | NotApplied,
): Pick<Death, 'reason' | 'detail'> & { readonly failure: WixFailure } {
  if (refusal instanceof NotApplied) {
    const failure = { operation: refusal.operation, kind: 'answer', status: 200 } as const;
    return { reason: 'label-not-applied', failure, detail: refusal.message };
  }
  const { failure } = refusal;
  const detail = failure.fields && `Refused: ${failure.fields.join(', ')}.`;
  return { reason: classify(failure), failure, detail };
}
