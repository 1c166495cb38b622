import { CALL_TIMEOUT_MS, type Send, type TimeLeft, type WixRequest } from './client.ts';
import { WixError } from './failure.ts';
import { createLimiter, type Limiter, type LimiterOptions } from './limiter.ts';

/**
 * To sleep for a site's next turn costs Lambda time, to postpone a job costs three SQS requests and
 * its place in the line. Longer than this is not slept.
 */
const WORTH_WAITING_MS = 20_000;
/** A process that may serve several sites learns within this time of its life which ones there are. */
const MEETING_MS = 10 * 60_000;
/** Where other sites' jobs wait meanwhile, only what was begun is slept for, and no longer than this. */
const SHORT_WAIT_MS = 2_000;

/** On whose behalf calls are made, and whether they may be: one for each try at a job. */
export interface CallContext {
  readonly site: string;
  readonly timeLeft: TimeLeft;
  /** Milliseconds for which the site's breaker wants no call; 0 to go. */
  readonly breakerWaitMs: () => number;
  /** How many calls were made in this context; counted here. */
  calls: number;
}

/** Sends one request within its site's budget. @throws WixError */
export type SendWithin = <T>(
  request: WixRequest<T>,
  headers: Readonly<Record<string, string>>,
  context: CallContext,
) => Promise<T>;

/** `limit` is this process's share of the calls each site may be asked in any 60 seconds. */
export interface BudgetOptions extends Omit<LimiterOptions, 'site'> {
  /** No other site than one is ever asked. */
  readonly oneSite: boolean;
}

/**
 * Puts the breaker and the limiter of each site before `send`. In a process that has met several sites
 * nobody sleeps for a first call, or a site at its limit would hold up the others. Nor does a young one
 * that may yet meet some: asleep before one site's backlog it would never see what stands behind.
 */
export function sendWithinBudget(send: Send, options: BudgetOptions): SendWithin {
  const { clock } = options;
  const limiters = new Map<string, Limiter>();
  const bornAt = clock();

  function limiterOf(site: string): Limiter {
    const known = limiters.get(site) ?? createLimiter({ site, ...options });
    limiters.set(site, known);
    return known;
  }

  /** How long a call may wait for its turn. What was begun is carried on as long as there is time. */
  function longestWaitMs({ calls }: CallContext, spareMs: number): number {
    const begun = calls > 0;
    const isYoung = !options.oneSite && clock() - bornAt < MEETING_MS;
    if (limiters.size > 1 || isYoung) return Math.min(spareMs, begun ? SHORT_WAIT_MS : 0);
    return begun ? spareMs : Math.min(spareMs, WORTH_WAITING_MS);
  }

  return async (request, headers, context) => {
    const { operation } = request;
    const { site, timeLeft, breakerWaitMs } = context;
    const limiter = limiterOf(site);
    const held = (kind: 'rate-limited' | 'circuit-open', ms: number) =>
      new WixError({ operation, kind, retryAfterMs: ms });

    const spareMs = timeLeft() - CALL_TIMEOUT_MS;
    if (spareMs < 0) throw new WixError({ operation, kind: 'deadline' });
    const pausedMs = breakerWaitMs();
    if (pausedMs > 0) throw held('circuit-open', pausedMs);
    const heldMs = await limiter.take(longestWaitMs(context, spareMs));
    if (heldMs > 0) throw held('rate-limited', heldMs);
    const begunAt = clock();
    try {
      // The breaker may have opened while this call stood in line.
      const openMs = breakerWaitMs();
      if (openMs > 0) throw held('circuit-open', openMs);
      context.calls += 1;
      return await send(request, headers, timeLeft);
    } catch (error) {
      if (!(error instanceof WixError) || error.failure.status !== 429) throw error;
      const retryAfterMs = limiter.throttled(begunAt, error.failure.retryAfterMs);
      throw new WixError({ ...error.failure, retryAfterMs });
    } finally {
      limiter.answered();
    }
  };
}
