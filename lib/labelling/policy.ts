import type { WixFailure } from '../wix/failure.ts';

/**
 * What an answer means, whatever job it was for:
 * - `contact-not-found`: not created yet, merged away, deleted, or a member's id
 * - `label-unknown`: a label operation's 404 without that code: a key that is no more, or a wrong route
 * - `labels-quota-reached`: the site is full; only a person can free room
 * - `precondition-failed`: any other 428
 * - `bad-request`: our fault, the rule's, or a key that is no more
 * - `credentials`: the site will refuse every job until a person repairs it
 * - `throttled`: the site's budget is used up
 * - `passing`: heals by itself
 * - `no-time`: nothing was sent
 * - `not-understood`: no row of the table fits
 */
export type Meaning =
  | 'contact-not-found'
  | 'label-unknown'
  | 'labels-quota-reached'
  | 'precondition-failed'
  | 'bad-request'
  | 'credentials'
  | 'throttled'
  | 'passing'
  | 'no-time'
  | 'not-understood';

const LABEL_OPERATIONS: ReadonlySet<string> = new Set(['labelContact', 'unlabelContact']);
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 425]);

/** The answer table of docs/architecture.md, from a failed call to what it means. Pure and total. */
export function meaningOf(failure: WixFailure): Meaning {
  if (failure.kind === 'no-time') return 'no-time';
  if (failure.kind !== 'answer') return 'passing';
  const { operation, status = 0, code, envelope = false } = failure;
  if (operation === 'createToken' && [400, 401, 403, 404].includes(status)) return 'credentials';
  if (status === 429) return 'throttled';
  if (PASSING_STATUSES.has(status) || (status >= 500 && status !== 501)) return 'passing';
  if (status === 404) {
    if (!LABEL_OPERATIONS.has(operation)) return 'not-understood';
    return code === 'CONTACT_NOT_FOUND' ? 'contact-not-found' : 'label-unknown';
  }
  if (status === 428) {
    return code === 'LABELS_QUOTA_REACHED' ? 'labels-quota-reached' : 'precondition-failed';
  }
  if (status === 400) return 'bad-request';
  if (status === 401) return 'credentials';
  // A 403 that no Wix service signed comes from the edge, which throttles bursts that way.
  if (status === 403) return envelope ? 'credentials' : 'passing';
  return 'not-understood';
}

/** Why a job is tried again later. */
export type RetryReason =
  | 'contact-not-found'
  | 'throttled'
  | 'credentials'
  | 'passing'
  | 'site-paused'
  | 'exception'
  | 'no-time';

/** What is known of a job's tries, times in epoch milliseconds. */
export interface Tries {
  readonly now: number;
  /** When the event came in. */
  readonly receivedAt: number;
  /** When the message was sent to the queue: later than that for a dead letter that was replayed. */
  readonly sentAt: number;
  /** When the message was first taken up, however long it had queued before. */
  readonly firstTriedAt: number;
  /** How often SQS handed it out, this time included. */
  readonly count: number;
}

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_DELAY_MS = 5 * SECOND_MS;
const LONGEST_DELAY_MS = 15 * 60 * SECOND_MS;

/** A contact is waited for this long from the event on, and looked for at least so often. */
const CONTACT_WINDOW_MS = 2 * HOUR_MS;
const CONTACT_TRIES = 3;
/**
 * Where processes are too short-lived to see a job fail often enough, this long from the first try is
 * enough: a message must never reach the end of the queue's 14 days, where SQS deletes it.
 */
const LONG_ENOUGH_MS = DAY_MS;

/**
 * Whether a job that failed for `reason` has used up its time. Retry is by age, never by receives.
 * @param seen how often, and since when, this process saw it fail for that reason, this time included
 */
export function isSpent(
  reason: RetryReason,
  tries: Tries,
  seen: { readonly count: number; readonly since: number },
): boolean {
  const age = tries.now - tries.firstTriedAt;
  switch (reason) {
    case 'contact-not-found':
      return (
        tries.now - tries.receivedAt >= CONTACT_WINDOW_MS &&
        (seen.count >= CONTACT_TRIES || age >= LONG_ENOUGH_MS)
      );
    case 'exception':
      return tries.now - seen.since >= HOUR_MS || age >= LONG_ENOUGH_MS;
    case 'no-time':
      return false;
    default:
      return age >= 3 * DAY_MS;
  }
}

/**
 * Seconds until the next try: as long as one has tried already, from 5 s to 15 min, times a half to
 * one at random; that is exponential backoff, and needs no counter. Never sooner than `atLeastMs`
 * (a Retry-After, a site's pause), which is spread by up to a tenth so that jobs do not come back at once.
 * @param random in [0, 1)
 */
export function delaySeconds(tries: Tries, random: number, atLeastMs = 0): number {
  const age = tries.now - tries.firstTriedAt;
  const backoff = Math.min(Math.max(age, SHORTEST_DELAY_MS), LONGEST_DELAY_MS);
  const delay = Math.max(backoff * (0.5 + random / 2), atLeastMs * (1 + random / 10));
  return Math.ceil(delay / SECOND_MS);
}
