import { errorFields, log } from '../runtime/log.ts';
import type { CallContext } from '../wix/budget.ts';
import type { TimeLeft } from '../wix/client.ts';
import type { WixSite } from '../wix/wix.ts';
import type { Ending } from './gate.ts';
import { type Jobs, labelJobs } from './label-jobs.ts';
import type { Outcome } from './outcome.ts';
import type { SiteMemory } from './site.ts';

export interface AttemptOptions {
  readonly openSite: (context: CallContext) => WixSite;
  readonly memoryOf: (site: string) => SiteMemory;
  /** Milliseconds; it must not go back. */
  readonly clock: () => number;
}

/**
 * One try at jobs of one contact, through the breaker of their site.
 * @returns their outcomes, in order; those behind one that must wait may be left out
 */
export type Attempt = (jobs: Jobs, timeLeft: TimeLeft) => Promise<readonly Outcome[]>;

export function createAttempt({ openSite, memoryOf, clock }: AttemptOptions): Attempt {
  return async (jobs, timeLeft) => {
    const [{ site, id }] = jobs;
    const memory = memoryOf(site);
    const { gate } = memory;
    const admission = gate.admit(clock());
    if (!admission.go) {
      return [{ kind: 'retry', reason: 'site-paused', atLeastMs: admission.waitMs }];
    }
    const { probe } = admission;
    const context = {
      site,
      timeLeft,
      breakerWaitMs: () => gate.waitMs(clock(), probe),
      calls: 0,
    };
    let answer: Ending['answer'] = 'unasked';
    try {
      const outcomes = await labelJobs(jobs, { wix: openSite(context), memory, now: clock });
      if (context.calls > 0) answer = answerOf(outcomes);
      return outcomes;
    } catch (error) {
      log.error('exception', errorFields(error));
      return [{ kind: 'retry', reason: 'exception' }];
    } finally {
      gate.settle(clock(), probe, { jobId: id, answer });
    }
  };
}

/** What outcomes tell of the site: a failure of the last call, or that it answered; an exception nothing. */
function answerOf(outcomes: readonly Outcome[]): Ending['answer'] {
  const last = outcomes.at(-1);
  if (last?.kind !== 'retry') return 'fine';
  return last.failure ?? (last.reason === 'exception' ? 'unasked' : 'fine');
}
