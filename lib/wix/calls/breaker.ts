import { log } from '../../runtime/log.ts';
import { addMetric } from '../../runtime/metrics.ts';
import { classify, isUnsent } from './classify.ts';
import type { WixFailure } from './failure.ts';

/** So many jobs in a row that failed by no fault of theirs, or were permanently refused, open the breaker. */
const JOBS_TO_OPEN = 5;
const SHORTEST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 15 * 60_000;
/** Jobs that are held come back one by one, this far apart: all at once they would hold up other sites. */
const APART_MS = 100;
/** While one probe is under way the others look again after this. */
const PROBE_WAIT_MS = 5_000;

/** What a try showed of the site. */
export interface TryResult {
  readonly jobId: string;
  /**
   * `done`: the job is. `refused`: it can never be. `fine`: Wix answered otherwise, also that there is no such
   * contact. `unasked`: nothing was asked, so nothing was learned. Else the failure that ended the try.
   */
  readonly answer: 'done' | 'refused' | 'fine' | 'unasked' | WixFailure;
}

export type Breaker = ReturnType<typeof createBreaker>;

/**
 * A site's breaker, for the life of the process. After a run of failures that no job
 * caused, or of permanent refusals, or one failure of the credentials, the site is not called for a while; then
 * one probe goes through, which closes the breaker or opens it for twice as long.
 */
export function createBreaker(site: string, clock: () => number) {
  let openUntil = 0;
  let openedAt = 0;
  let openings = 0;
  let probing = false;
  let held = 0;
  let heldSinceOpened = 0;
  // By job: one job that fails again and again says nothing of the site. By failure: a call that was made
  // for several jobs and failed is one sign.
  const failedJobs = new Set<string>();
  const failures = new Set<WixFailure>();
  // Only a job that is done shows that not all are refused.
  const refusedJobs = new Set<string>();

  function open(reason: string): void {
    const now = clock();
    const lasts = Math.min(SHORTEST_OPEN_MS * 2 ** openings, LONGEST_OPEN_MS);
    if (openings === 0) {
      openedAt = now;
      log.error('breaker', { site, state: 'open', reason });
    }
    addMetric('BreakerOpen', {});
    openings += 1;
    heldSinceOpened = 0;
    openUntil = now + lasts;
  }

  function close(): void {
    if (openings > 0) {
      const openSeconds = Math.round((clock() - openedAt) / 1000);
      log.info('breaker', { site, state: 'closed', openSeconds, held });
    }
    // Also from a process whose breaker was never open: the process whose breaker was may have ended.
    addMetric('BreakerOpen', {}, 0);
    openings = 0;
    held = 0;
    failedJobs.clear();
    failures.clear();
  }

  return {
    /** Whether a try may begin now; if not, after how many milliseconds to ask again. */
    allow(): { go: true; probe: boolean } | { go: false; waitMs: number } {
      if (openings === 0) return { go: true, probe: false };
      const now = clock();
      if (now >= openUntil && !probing) {
        probing = true;
        return { go: true, probe: true };
      }
      const apartMs = Math.min(heldSinceOpened * APART_MS, LONGEST_OPEN_MS);
      held += 1;
      heldSinceOpened += 1;
      addMetric('BreakerOpen', {});
      return { go: false, waitMs: Math.max(openUntil - now, PROBE_WAIT_MS) + apartMs };
    },
    /** Milliseconds for which a try that was allowed is to make no further call; 0 to go on. */
    waitMs(probe: boolean): number {
      return openings === 0 || probe ? 0 : Math.max(openUntil - clock(), PROBE_WAIT_MS);
    },
    /** A try that was allowed is over. */
    record(probe: boolean, { jobId, answer }: TryResult): void {
      if (probe) probing = false;
      if (answer === 'unasked') return;
      // A try that began before the breaker opened says nothing of the site as it is now.
      const isCurrent = openings === 0 || probe;
      if (answer === 'refused') {
        if (refusedJobs.size < JOBS_TO_OPEN) refusedJobs.add(jobId);
        if (!isCurrent) return;
        if (refusedJobs.size < JOBS_TO_OPEN) close();
        else open(answer);
        return;
      }
      const kind = typeof answer === 'string' ? undefined : classify(answer);
      // 429 is the limiter's business: it neither shows that the site is well nor that it is not.
      if (kind && (kind === 'throttled' || isUnsent(kind))) return;
      if (typeof answer === 'string' || (kind !== 'transient' && kind !== 'credentials')) {
        if (!isCurrent) return;
        if (answer === 'done') refusedJobs.clear();
        close();
        return;
      }
      failures.add(answer);
      failedJobs.add(jobId);
      const signs = Math.min(failures.size, failedJobs.size);
      const enough = kind === 'credentials' || signs >= JOBS_TO_OPEN;
      if (openings === 0 ? enough : probe) open(kind);
    },
  };
}
