import { createMemory } from '../runtime/memory.ts';
import type { RetryReason } from './retry.ts';

const MOST_COUNTS = 20_000;
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

/** Counts one more failure of a job. */
export type CountFailure = (jobId: string, reason: RetryReason) => FailureCount;

/**
 * Counts the failures that this process saw. They are not receives: SQS also counts a receive at which
 * nothing was tried, because the breaker was open or an earlier event of the contact had to wait.
 */
export function createFailureCounts(now: () => number): CountFailure {
  const counts = createMemory<FailureCount>({ most: MOST_COUNTS, ttlMs: FORGOTTEN_MS, clock: now });
  return (jobId, reason) => {
    const key = `${reason} ${jobId}`;
    const { count, since } = counts.get(key) ?? { count: 0, since: now() };
    const counted = { count: count + 1, since };
    counts.set(key, counted);
    return counted;
  };
}
