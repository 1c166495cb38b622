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
 * One try at jobs of one contact, through the breaker of their site. A probe tries the first job alone.
 * @returns the outcomes, in order; jobs behind one that must wait may have none
 */
export type Attempt = (jobs: Jobs, timeLeft: TimeLeft) => Promise<readonly Outcome[]>;

export function createAttempt({ openSite, memoryOf, clock }: AttemptOptions): Attempt {
  return async (jobs, timeLeft) => {
    const [first] = jobs;
    const { site } = first;
    const memory = memoryOf(site);
    const { breaker } = memory;
    const permission = breaker.allow(clock());
    if (!permission.go) {
      return [{ kind: 'retry', reason: 'circuit-open', atLeastMs: permission.waitMs }];
    }
    const { probe } = permission;
    let asked = false;
    const onCall = (): void => {
      asked = true;
    };
    const context = { site, timeLeft, patience: 'batch', breaker, probe, onCall } as const;
    const tried: Jobs = probe ? [first] : jobs;
    try {
      const outcomes = await labelJobs(tried, { wix: openSite(context), memory, now: clock });
      return recordOutcomes({ breaker, probe, clock, asked }, tried, outcomes);
    } catch (error) {
      log.error('exception', errorFields(error));
      breaker.record(clock(), probe, { jobId: first.id, answer: 'unasked' });
      return [{ kind: 'retry', reason: 'exception' }];
    }
  };
}

interface TryOptions {
  readonly breaker: Breaker;
  readonly probe: boolean;
  readonly clock: () => number;
  /** Whether the try made any call. */
  readonly asked: boolean;
}

/**
 * Records the outcomes of jobs at the breaker. While it is open, a permanent refusal may be the site's fault
 * and not the job's, also the refusal that opened it: such a job is tried again instead.
 * @returns the outcomes that stand; the last one may be such a retry
 */
function recordOutcomes(
  { breaker, probe, clock, asked }: TryOptions,
  jobs: Jobs,
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  let last: TryResult['answer'] | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const answer = answerOf(outcome, asked);
    // Jobs that shared a call and an answer are recorded once, but for a refusal, which is each job's own.
    if (answer !== last || answer === 'refused') {
      breaker.record(clock(), probe, { jobId: jobs[index]?.id ?? jobs[0].id, answer });
    }
    last = answer;
    const pauseMs = breaker.waitMs(clock(), false);
    if (outcome.kind === 'dead-letter' && pauseMs > 0) {
      return [...outcomes.slice(0, index), { ...outcome, kind: 'retry', atLeastMs: pauseMs }];
    }
  }
  return outcomes;
}

/** What an outcome shows of the site. A refusal may be the answer to a call that another try made. */
function answerOf(outcome: Outcome, asked: boolean): TryResult['answer'] {
  if (outcome.kind === 'retry' && outcome.otherwise && 'kind' in outcome.otherwise) {
    return answerOf(outcome.otherwise, asked);
  }
  if (outcome.kind === 'dead-letter' || isRefused(outcome)) return 'refused';
  if (!asked) return 'unasked';
  if (outcome.kind === 'done') return outcome.contactId && !outcome.rest ? 'done' : 'fine';
  return outcome.failure ?? (outcome.reason === 'exception' ? 'unasked' : 'fine');
}

/** Wix refused the label for good, and the job is only tried again because the label is new. */
const isRefused = (outcome: Outcome): boolean =>
  outcome.kind === 'retry' && outcome.reason === 'label-too-new';
