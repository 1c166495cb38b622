import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance, as an argument: tests pass their own. */
export interface TimeAndChance {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds; it never goes back. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** A signal that aborts with a TimeoutError after so many milliseconds. */
  readonly timeoutSignal: (ms: number) => AbortSignal;
}

export const SYSTEM: Omit<TimeAndChance, 'clock'> = {
  now: Date.now,
  random: Math.random,
  sleep,
  timeoutSignal: (ms) => AbortSignal.timeout(ms),
};

/**
 * A clock that never goes back: when the system's is set back, time goes on from where it was, so that what is
 * remembered for a minute is forgotten a minute later.
 */
export function steadyClock(now: () => number): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const time = now();
    if (time + ahead < latest) ahead = latest - time;
    latest = time + ahead;
    return latest;
  };
}
