import { errorFields, log } from '../runtime/log.ts';
import type { Breaker, TryResult } from '../wix/calls/breaker.ts';
import type { CallContext } from '../wix/calls/budget.ts';
import type { TimeLeft } from '../wix/calls/client.ts';
import type { WixSite } from '../wix/site.ts';
import { type Jobs, labelJobs } from './label-jobs.ts';
import type { Outcome } from './outcome.ts';
import type { SiteMemory } from './site-memory.ts';

export interface AttemptOptions {
  readonly openSite: (context: CallContext) => WixSite;
  readonly memoryOf: (site: string) => SiteMemory;
  /** Milliseconds; it must not go back. */
  readonly clock: () => number;
}

/**
 * One try at jobs of one contact, through the breaker of their site. A probe is the first of them alone.
 * @returns their outcomes, in order; some of the last may be left out, and those behind one that must wait
 */
export type Attempt = (jobs: Jobs, timeLeft: TimeLeft) => Promise<readonly Outcome[]>;

export function createAttempt({ openSite, memoryOf, clock }: AttemptOptions): Attempt {
  return async (jobs, timeLeft) => {
    const [first] = jobs;
    const { site } = first;
    const memory = memoryOf(site);
    const { breaker } = memory;
    const admission = breaker.allow(clock());
    if (!admission.go) {
      return [{ kind: 'retry', reason: 'circuit-open', atLeastMs: admission.waitMs }];
    }
    const { probe } = admission;
    const context = {
      site,
      timeLeft,
      breakerWaitMs: () => breaker.waitMs(clock(), probe),
      calls: 0,
    };
    const tried: Jobs = probe ? [first] : jobs;
    try {
      const outcomes = await labelJobs(tried, { wix: openSite(context), memory, now: clock });
      return teach({ breaker, probe, clock, asked: context.calls > 0 }, tried, outcomes);
    } catch (error) {
      log.error('exception', errorFields(error));
      breaker.record(clock(), probe, { jobId: first.id, answer: 'unasked' });
      return [{ kind: 'retry', reason: 'exception' }];
    }
  };
}

interface Lesson {
  readonly breaker: Breaker;
  readonly probe: boolean;
  readonly clock: () => number;
  /** Whether the try made any call. */
  readonly asked: boolean;
}

/**
 * Tells the breaker what became of jobs. A refusal for good is doubted while the breaker is open, be it
 * that this very one opened it: then it is the site, perhaps, and the job waits for another try.
 * @returns the outcomes that stand, the last one perhaps in doubt
 */
function teach(
  { breaker, probe, clock, asked }: Lesson,
  jobs: Jobs,
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  let told: TryResult['answer'] | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const answer = answerOf(outcome, asked);
    // One call for several jobs is one sign, but each of them may be refused for it.
    if (answer !== told || answer === 'refused') {
      breaker.record(clock(), probe, { jobId: jobs[index]?.id ?? jobs[0].id, answer });
    }
    told = answer;
    const pauseMs = breaker.waitMs(clock(), false);
    if (outcome.kind === 'dead-letter' && pauseMs > 0) {
      return [...outcomes.slice(0, index), { ...outcome, kind: 'retry', atLeastMs: pauseMs }];
    }
  }
  return outcomes;
}

/** What an outcome tells of the site; an exception nothing. A refusal may come from a call that others made. */
function answerOf(outcome: Outcome, asked: boolean): TryResult['answer'] {
  if (outcome.kind === 'retry' && outcome.otherwise && 'kind' in outcome.otherwise) {
    return answerOf(outcome.otherwise, asked);
  }
  if (outcome.kind === 'dead-letter' || isRefused(outcome)) return 'refused';
  if (!asked) return 'unasked';
  if (outcome.kind === 'done') return outcome.contactId && !outcome.rest ? 'done' : 'fine';
  return outcome.failure ?? (outcome.reason === 'exception' ? 'unasked' : 'fine');
}

/** Wix refused its label for good, and it is only waited for because the label is new. */
const isRefused = (outcome: Outcome): boolean =>
  outcome.kind === 'retry' && outcome.reason === 'label-too-new';
