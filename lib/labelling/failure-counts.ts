import { remember } from '../runtime/remember.ts';
import type { RetryReason } from './retry.ts';

const REMEMBERED = 20_000;
/**
 * A job that did not fail that way for so long was held back meanwhile: its tries begin anew. Longer than
 * the hour that an answer may ask to wait, and a bit.
 */
const FORGOTTEN_MS = 2 * 3_600_000;

/** How often and since when (epoch milliseconds) a job was seen to fail for one reason. */
export interface Attempts {
  readonly count: number;
  readonly since: number;
}

/**
 * What this process saw jobs fail for. SQS counts every receive, also those at which nothing was
 * tried because the site was paused or another event of the contact came first; these do not count.
 */
export interface FailureCounts {
  /** Counts one more failure. */
  note(jobId: string, reason: RetryReason, now: number): Attempts;
}

export function createFailureCounts(): FailureCounts {
  const seen = new Map<string, Attempts & { readonly lastAt: number }>();
  return {
    note(jobId, reason, now) {
      const key = `${reason} ${jobId}`;
      const last = seen.get(key);
      const before = last && now - last.lastAt < FORGOTTEN_MS ? last : { count: 0, since: now };
      const attempts = { count: before.count + 1, since: before.since };
      remember(seen, key, { ...attempts, lastAt: now }, REMEMBERED);
      return attempts;
    },
  };
}
