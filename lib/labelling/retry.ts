import type { StoreReason } from '../queue/reasons.ts';
import { createMemory } from '../runtime/memory.ts';
import { type FailureKind, isPermanent, isUnsent } from '../wix/calls/classify.ts';
import type { Operation } from '../wix/calls/failure.ts';

/** Why a job is tried again later. For a permanent refusal: where a run of them makes each doubtful. */
export type RetryReason =
  | FailureKind
  | StoreReason
  | 'label-not-applied'
  | 'label-too-new'
  | 'exception';

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
  readonly receives: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * MINUTE_MS;

/** A contact is waited for this long from the event on. */
const CONTACT_WINDOW_MS = 2 * HOUR_MS;
/** And for this long from the first look on, which may come late. */
const CONTACT_LOOKS_MS = 10 * MINUTE_MS;
/** A label that Wix made and that Label Contact refuses is waited for this long from its first refusal on. */
const LABEL_WINDOW_MS = 5 * MINUTE_MS;
/** Where no process lives long enough for that, a day from the first try is enough. */
const LABEL_LONGEST_MS = DAY_MS;
const EXCEPTION_WINDOW_MS = HOUR_MS;
/** A transient failure may last this long from the first try on. */
const TRANSIENT_WINDOW_MS = 3 * DAY_MS;
/** However long a job was held back before, it gets at least so many tries. */
const LEAST_TRIES = 3;
/** Where no process lives long enough to count them, this long from the first try is enough. */
const LONG_ENOUGH_MS = 4 * DAY_MS;
/** A message must never reach the end of the queue's 14 days, where SQS deletes it. */
const LAST_DAY_MS = 13 * DAY_MS;

/**
 * What Wix's index does not show so long after the first try of a job does not exist. Wix documents no bound,
 * only "some seconds". The job that makes the contact or label goes first, however long both were queued.
 */
const INDEX_LAG_MS = 2 * MINUTE_MS;
/** Such a job is tried again after this: some four times in all. */
export const INDEX_WAIT_MS = 30_000;

/** Whether what the index does not show to this try does not exist, rather than not yet. */
export const isIndexed = ({ now, firstTriedAt }: Tries): boolean =>
  now - firstTriedAt >= INDEX_LAG_MS;

/**
 * Whether a job that failed for `reason` has used up its time. Retry is by age, never by receives.
 * @param seen how often, and since when, this process saw it fail for that reason, this time included
 * @param operation which call failed: without a token nothing was asked for the job
 */
export function isSpent(
  reason: RetryReason,
  tries: Tries,
  seen: FailureCount,
  operation?: Operation,
): boolean {
  if (tries.now - tries.sentAt >= LAST_DAY_MS) return true;
  if (operation === 'createToken') return false;
  const age = tries.now - tries.firstTriedAt;
  const triedEnough = seen.count >= LEAST_TRIES || age >= LONG_ENOUGH_MS;
  const lookedEnough = tries.now - seen.since >= CONTACT_LOOKS_MS || age >= LONG_ENOUGH_MS;
  switch (reason) {
    case 'contact-not-found':
      return tries.now - tries.receivedAt >= CONTACT_WINDOW_MS && triedEnough && lookedEnough;
    case 'label-too-new':
      return tries.now - seen.since >= LABEL_WINDOW_MS || age >= LABEL_LONGEST_MS;
    case 'exception':
      return tries.now - seen.since >= EXCEPTION_WINDOW_MS || age >= LONG_ENOUGH_MS;
    case 'transient':
    case 'members-unreadable':
      return age >= TRANSIENT_WINDOW_MS && triedEnough;
    case 'label-not-applied':
      return triedEnough;
    default:
      // Else the site is paused, throttled or refused: the job has not had its chance.
      return isPermanent(reason) && triedEnough;
  }
}

/**
 * The older a job is that is held again and again, the more rarely it comes back: about 500 receives in 13
 * days are well below the queue's maxReceiveCount.
 */
const RARE_SHARE = 1 / 50;
const LONGEST_RARE_MS = HOUR_MS;
const isHeld = (reason: RetryReason): boolean => reason === 'throttled' || isUnsent(reason);

/**
 * Seconds until the next try: the age of the job, from 5 s to 15 min, times a half to one at random, which is
 * exponential backoff without a counter. Never sooner than `atLeastMs` (a Retry-After), spread by up to a tenth.
 * A job that was only held back comes back when the hold is over, or after a fiftieth of its age.
 * @param random in [0, 1)
 */
export function delaySeconds(
  reason: RetryReason,
  tries: Tries,
  random: number,
  atLeastMs = 0,
): number {
  const age = tries.now - tries.firstTriedAt;
  const spread = atLeastMs * (1 + random / 10);
  if (isHeld(reason)) {
    // The limiter has given each a turn of its own already.
    const hold = reason === 'circuit-open' ? spread : atLeastMs;
    return Math.ceil(Math.max(hold, Math.min(age * RARE_SHARE, LONGEST_RARE_MS)) / 1000);
  }
  const backoff = Math.min(Math.max(age, SHORTEST_DELAY_MS), LONGEST_DELAY_MS);
  return Math.ceil(Math.max(backoff * (0.5 + random / 2), spread) / 1000);
}

const MOST_COUNTS = 20_000;
/** A count starts again after this, which is longer than the hour that an answer may ask to wait. */
const FORGOTTEN_MS = 2 * 3_600_000;

/** How often a job failed for one reason, and since when (epoch milliseconds). */
interface FailureCount {
  readonly count: number;
  readonly since: number;
}

export type CountFailure = ReturnType<typeof createFailureCounts>;

/**
 * Counts the failures that this process saw. They are not receives: SQS also counts a receive at which
 * nothing was tried, because the breaker was open or an earlier event of the contact had to wait.
 */
export function createFailureCounts(now: () => number) {
  const counts = createMemory<FailureCount>({ most: MOST_COUNTS, ttlMs: FORGOTTEN_MS, clock: now });
  return (jobId: string, reason: RetryReason): FailureCount => {
    const key = `${reason} ${jobId}`;
    const { count, since } = counts.get(key) ?? { count: 0, since: now() };
    const counted = { count: count + 1, since };
    counts.set(key, counted);
    return counted;
  };
}
