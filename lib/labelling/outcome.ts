import type { LabelJob } from '../queue/job.ts';
import type { WixFailure } from '../wix/failure.ts';
import type { RetryReason } from './policy.ts';

/** Why a job, or what is left of it, can never be done. */
export type DeathReason =
  | RetryReason
  | 'labels-quota-reached'
  | 'label-unknown'
  | 'label-not-applied'
  | 'bad-request'
  | 'precondition-failed'
  | 'not-understood';

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
  /** `no-such-contact`: nobody to label, and the rules say to let it be. */
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

export interface Retry {
  readonly kind: 'retry';
  readonly reason: RetryReason;
  /** Wait at least so long: what Wix asked for, or what is left of the site's pause. */
  readonly atLeastMs?: number | undefined;
  readonly failure?: WixFailure | undefined;
  /** What is left to do, where some of it is done. */
  readonly job?: LabelJob | undefined;
}

/** What became of one try at a job. */
export type Outcome = Done | Retry | ({ readonly kind: 'dead' } & Death);
