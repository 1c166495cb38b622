import type { TimeAndChance } from '../../runtime/clock.ts';
import { log } from '../../runtime/log.ts';
import { addMetric } from '../../runtime/metrics.ts';

/** Wix counts a site's requests by the minute (see `docs/limits.md`). */
const WINDOW_MS = 60_000;
/** After 429 without Retry-After a site rests this long. */
const THROTTLE_PAUSE_MS = WINDOW_MS;
/** The share of a minute's calls that a quiet site may be asked at once; the others go evenly. */
const BURST_SHARE = 1 / 9;
/** After 429 the budget is halved, down to a tenth, and grows back by a twentieth a minute. */
const SMALLEST_SHARE = 0.1;
const GROWTH_SHARE = 0.05;
/** However many are held, a call comes back at most this long after its turn would have been. */
const LONGEST_HOLD_MS = 15 * 60_000;
/** Calls that a pause holds come back one by one, this far apart: all at once they would hold up other sites. */
const PAUSED_APART_MS = 100;

export interface LimiterOptions extends Pick<TimeAndChance, 'clock' | 'sleep' | 'random'> {
  readonly site: string;
  /** Calls in any 60 seconds, at least 1. */
  readonly limit: number;
}

/** One process's share of the calls that one site may be asked. */
export type Limiter = ReturnType<typeof createLimiter>;

/**
 * Holds one process to `limit` calls of a site in any 60 seconds, as Wix sees them: a call counts from when it
 * is begun until 60 s after it was answered, whatever the delay on the way. Within that, calls are spread evenly
 * but for a small burst: a backlog never sleeps for long, and a process that takes over does little harm.
 */
export function createLimiter({ site, limit, clock, sleep, random }: LimiterOptions) {
  let underWay = 0;
  /** When the calls of the last 60 s were answered, in order. */
  let ended: number[] = [];
  /** When the next call is due if all are to be spread evenly. */
  let evenAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let shrunk = { to: limit, at: Number.NEGATIVE_INFINITY };
  let heldUntil = Number.NEGATIVE_INFINITY;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let line: Promise<unknown> = Promise.resolve();
  let inLine = 0;

  function budget(at: number): number {
    const grown = (Math.max(0, at - shrunk.at) / 60_000) * GROWTH_SHARE * limit;
    return Math.min(limit, shrunk.to + grown);
  }
  const intervalMs = (at: number): number => WINDOW_MS / budget(at);
  const burstMs = (at: number): number =>
    (Math.max(1, Math.floor(budget(at) * BURST_SHARE)) - 1) * intervalMs(at);

  function windowWait(at: number, ahead: number): number {
    ended = ended.filter((time) => time + WINDOW_MS > at);
    const surplus = underWay + ended.length + ahead - Math.floor(budget(at));
    if (surplus < 0) return 0;
    const freed = ended[surplus];
    return freed === undefined ? intervalMs(at) : freed + WINDOW_MS - at;
  }

  /** How long a call waits that has so many others ahead of it. */
  function waitAt(at: number, ahead = 0): number {
    const dueAt = Math.max(evenAt, at) + ahead * intervalMs(at);
    // Whole milliseconds: rounding errors must not hold up the last of a burst.
    const evenWait = Math.floor(dueAt - burstMs(at) - at);
    return Math.max(0, pausedUntil - at, windowWait(at, ahead), evenWait);
  }

  /** Each call that must come back gets a turn of its own, in whole milliseconds: else it may be held again. */
  function hold(at: number, wait: number): number {
    const turn = Math.max(heldUntil, at + Math.ceil(wait));
    if (turn - at - wait > LONGEST_HOLD_MS) {
      return Math.ceil(wait + LONGEST_HOLD_MS * (0.5 + random() / 2));
    }
    heldUntil = turn + (at < pausedUntil ? PAUSED_APART_MS : intervalMs(at));
    if (at >= pausedUntil && at - loggedAt >= WINDOW_MS) {
      loggedAt = at;
      log.warn('rate-limited', { site, waitSeconds: Math.ceil((turn - at) / 1000) });
    }
    return Math.ceil(turn - at);
  }

  async function headOfLine(latest: number): Promise<number> {
    for (;;) {
      const at = clock();
      const wait = waitAt(at);
      if (wait <= 0) {
        underWay += 1;
        evenAt = Math.max(evenAt, at) + intervalMs(at);
        return 0;
      }
      if (at + wait > latest) return hold(at, wait);
      await sleep(Math.ceil(wait));
    }
  }

  return {
    /**
     * Waits for the turn of one call, in the order of asking.
     * @returns 0: make the call, then say `answered`. Else nothing was counted, because the turn would come
     * later than in `longestWaitMs`: the milliseconds after which to ask again
     */
    async take(longestWaitMs: number): Promise<number> {
      const at = clock();
      const wait = waitAt(at, inLine);
      if (wait > longestWaitMs) return hold(at, wait);
      inLine += 1;
      const turn = line.then(() => headOfLine(at + longestWaitMs));
      line = turn.catch(() => {});
      try {
        const held = await turn;
        if (held === 0 && wait > 0) addMetric('LimiterWait', {}, clock() - at);
        return held;
      } finally {
        inLine -= 1;
      }
    },
    /** A call is over, well or not. */
    answered(): void {
      underWay -= 1;
      ended.push(clock());
    },
    /**
     * A call begun at `begunAt` was answered 429: the site rests for `retryAfterMs`, or a minute, and a bit at
     * random; then it is asked less than before. @returns the milliseconds of the pause
     */
    throttled(begunAt: number, retryAfterMs: number | undefined): number {
      const at = clock();
      // A Retry-After of zero is taken for none: the next call would meet the same answer.
      const pauseMs = (retryAfterMs || THROTTLE_PAUSE_MS) * (1 + random() / 10);
      const isNews = at >= pausedUntil;
      pausedUntil = Math.max(pausedUntil, at + pauseMs);
      // Calls that were under way together count once.
      if (begunAt > shrunk.at) {
        shrunk = { to: Math.max(1, limit * SMALLEST_SHARE, budget(at) / 2), at };
      }
      // No burst after a pause: the first call shows whether it helped.
      evenAt = Math.max(evenAt, pausedUntil + burstMs(pausedUntil));
      if (isNews) {
        const pauseSeconds = Math.ceil(pauseMs / 1000);
        log.warn('throttled', { site, pauseSeconds, perMinute: Math.floor(budget(at)) });
      }
      return pausedUntil - at;
    },
  };
}
