import type { Breaker } from './breaker.ts';
import { CALL_TIMEOUT_MS, type Send, type TimeLeft } from './client.ts';
import { WixError } from './failure.ts';
import { createLimiter, type Limiter, type LimiterOptions } from './limiter.ts';

/** A call sleeps no longer until its turn. To postpone the job costs three SQS requests and its place in line. */
const WORTH_WAITING_MS = 20_000;
/** Within this time a new process learns whether it serves several sites. */
const MEETING_MS = 10 * 60_000;
/** Where jobs of other sites may wait meanwhile, a try that has made a call sleeps no longer than this. */
const SHORT_WAIT_MS = 2_000;

/** On whose behalf calls are made, and how long they may wait: one for each try at a job. */
export interface CallContext {
  readonly site: string;
  readonly timeLeft: TimeLeft;
  /** `batch`: other jobs wait meanwhile. `unhurried`: a call waits for its turn as long as there is time. */
  readonly patience: 'batch' | 'unhurried';
  /** Stops a worker's try while it is open, unless the try is the probe. */
  readonly breaker?: Pick<Breaker, 'waitMs'>;
  readonly probe?: boolean;
  /** Called for each call that goes out. */
  readonly onCall?: () => void;
}

/** Sends one request within its site's budget. @throws WixError */
export type SendWithin = Send<CallContext>;

/** `limit` is this process's share of the calls each site may be asked in any 60 seconds. */
export interface BudgetOptions extends Omit<LimiterOptions, 'site'> {
  /** No other site than one is ever asked. */
  readonly oneSite: boolean;
}

/**
 * Puts the breaker and the limiter of each site before `send`. In a process that has met several sites the
 * first call of a try does not sleep: a site at its limit would hold up the others. Nor does it in a young
 * process, which asleep before one site's backlog would not see the jobs of others behind it.
 */
export function sendWithinBudget(send: Send, options: BudgetOptions): SendWithin {
  const { clock } = options;
  const limiters = new Map<string, Limiter>();
  /** The tries that have made a call. */
  const begun = new WeakSet<CallContext>();
  const bornAt = clock();

  /** How long a call may wait for its turn. A try that has begun goes on as long as there is time. */
  function longestWaitMs(context: CallContext, spareMs: number): number {
    if (context.patience === 'unhurried') return spareMs;
    const isBegun = begun.has(context);
    const isYoung = !options.oneSite && clock() - bornAt < MEETING_MS;
    if (limiters.size > 1 || isYoung) return Math.min(spareMs, isBegun ? SHORT_WAIT_MS : 0);
    return isBegun ? spareMs : Math.min(spareMs, WORTH_WAITING_MS);
  }

  return async (request, headers, context) => {
    const { operation } = request;
    const { site, timeLeft, breaker, probe = false, onCall } = context;
    const limiter = limiters.get(site) ?? createLimiter({ site, ...options });
    limiters.set(site, limiter);
    const held = (kind: 'rate-limited' | 'circuit-open', ms: number) =>
      new WixError({ operation, kind, retryAfterMs: ms });

    const checkBreaker = (): void => {
      const openMs = breaker?.waitMs(probe) ?? 0;
      if (openMs > 0) throw held('circuit-open', openMs);
    };

    const spareMs = timeLeft() - CALL_TIMEOUT_MS;
    if (spareMs < 0) throw new WixError({ operation, kind: 'deadline' });
    checkBreaker();
    const heldMs = await limiter.take(longestWaitMs(context, spareMs));
    if (heldMs > 0) throw held('rate-limited', heldMs);
    const begunAt = clock();
    try {
      // It may have opened while this call stood in line.
      checkBreaker();
      begun.add(context);
      onCall?.();
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
