import { remember } from '../runtime/remember.ts';
import type { RetryReason } from './policy.ts';

const REMEMBERED = 20_000;

/** How often and since when (epoch milliseconds) a job was seen to fail for one reason. */
export interface Attempts {
  readonly count: number;
  readonly since: number;
}

/**
 * What this process saw jobs fail for. SQS counts every receive, also those at which nothing was
 * tried because the site was paused or another event of the contact came first; these do not count.
 */
export interface AttemptsMemory {
  /** Counts one more failure. */
  note(jobId: string, reason: RetryReason, now: number): Attempts;
}

export function createAttemptsMemory(): AttemptsMemory {
  const seen = new Map<string, Attempts>();
  return {
    note(jobId, reason, now) {
      const key = `${reason} ${jobId}`;
      const before = seen.get(key);
      const attempts = { count: (before?.count ?? 0) + 1, since: before?.since ?? now };
      remember(seen, key, attempts, REMEMBERED);
      return attempts;
    },
  };
}
