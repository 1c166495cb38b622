import { log } from '../runtime/log.ts';
import type { Meaning } from './policy.ts';

/** After 429 without Retry-After a site rests this long: Wix counts by the minute. */
const THROTTLE_PAUSE_MS = 60_000;
/** So many jobs that failed one after the other, by no fault of theirs, open the breaker. */
const FAILURES_TO_OPEN = 5;
const SHORTEST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 15 * 60_000;
/** While one probe is under way the others look again after this. */
const PROBE_WAIT_MS = 5_000;

/** Whether a site may be called now; if not, for how long not. */
export type Admission =
  | { readonly go: true; readonly probe: boolean }
  | { readonly go: false; readonly waitMs: number };

/**
 * A site's breaker and pause, for the life of the process. Times are epoch milliseconds and come in
 * as arguments. After a run of failures that no job caused, or one of the credentials, the site is
 * not called; when that time is over one probe goes through, and closes the breaker or opens it for
 * twice as long.
 */
export interface Gate {
  /** Asks to start a job. */
  admit(now: number): Admission;
  /**
   * A started job is over: `meaning` is that of the answer that ended it, undefined when all went
   * well, `no-time` when nothing was learned of the site.
   */
  settle(now: number, probe: boolean, end: Ending): void;
}

export interface Ending {
  readonly jobId: string;
  readonly meaning: Meaning | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** One gate for one site. */
export function createGate(site: string): Gate {
  let pausedUntil = 0;
  // By job: one that fails again and again is no sign that the site does.
  const failed = new Set<string>();
  let openings = 0;
  let probing = false;

  function open(now: number, reason: Meaning): void {
    const lasts = Math.min(SHORTEST_OPEN_MS * 2 ** openings, LONGEST_OPEN_MS);
    if (openings === 0) log.error('breaker', { site, state: 'open', reason });
    openings += 1;
    pausedUntil = Math.max(pausedUntil, now + lasts);
  }

  function close(): void {
    if (openings > 0) log.info('breaker', { site, state: 'closed' });
    openings = 0;
    failed.clear();
  }

  return {
    admit(now) {
      if (now < pausedUntil) return { go: false, waitMs: pausedUntil - now };
      if (openings === 0) return { go: true, probe: false };
      if (probing) return { go: false, waitMs: PROBE_WAIT_MS };
      probing = true;
      return { go: true, probe: true };
    },
    settle(now, probe, { jobId, meaning, retryAfterMs = THROTTLE_PAUSE_MS }) {
      if (probe) probing = false;
      if (meaning === 'no-time') return;
      if (meaning === 'throttled') {
        pausedUntil = Math.max(pausedUntil, now + retryAfterMs);
        return;
      }
      if (meaning !== 'passing' && meaning !== 'credentials') return close();
      failed.add(jobId);
      const runOfFailures = meaning === 'credentials' || failed.size >= FAILURES_TO_OPEN;
      if (openings === 0 ? runOfFailures : probe) open(now, meaning);
    },
  };
}
