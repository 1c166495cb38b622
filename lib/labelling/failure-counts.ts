import { remember } from '../runtime/remember.ts';
import type { RetryReason } from './retry.ts';

const REMEMBERED = 20_000;
/**
 * A job that has not failed for this reason for so long was held back meanwhile, so its count starts again.
 * Longer than the hour that an answer may ask to wait.
 */
const FORGOTTEN_MS = 2 * 3_600_000;

/** How often a job failed for one reason, and since when (epoch milliseconds). */
interface FailureCount {
  readonly count: number;
  readonly since: number;
}

/**
 * The failures of jobs that this process saw, by reason. They are not receives: SQS also counts a receive
 * at which nothing was tried, because the breaker was open or an earlier event of the contact had to wait.
 */
export interface FailureCounts {
  /** Counts one more failure. */
  record(jobId: string, reason: RetryReason, now: number): FailureCount;
}

export function createFailureCounts(): FailureCounts {
  const seen = new Map<string, FailureCount & { readonly lastAt: number }>();
  return {
    record(jobId, reason, now) {
      const key = `${reason} ${jobId}`;
      const last = seen.get(key);
      const before = last && now - last.lastAt < FORGOTTEN_MS ? last : { count: 0, since: now };
      const failures = { count: before.count + 1, since: before.since };
      remember(seen, key, { ...failures, lastAt: now }, REMEMBERED);
      return failures;
    },
  };
}
