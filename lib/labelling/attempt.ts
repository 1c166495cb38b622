import { errorFields, log } from '../runtime/log.ts';
import type { Breaker, TryResult } from '../wix/calls/breaker.ts';
import type { CallContext } from '../wix/calls/budget.ts';
import type { TimeLeft } from '../wix/calls/client.ts';
import { type Jobs, labelJobs } from './label-jobs.ts';
import type { JobOutcome } from './outcome.ts';
import type { SiteMemory } from './site-memory.ts';
import type { WorkSite } from './standing/with-history.ts';

export interface AttemptOptions {
  readonly openSite: (context: CallContext) => WorkSite;
  readonly memoryOf: (site: string) => SiteMemory;
}

/**
 * One try at jobs of one contact, through the breaker of their site. A probe tries the first job alone.
 * @returns the outcomes, in order; jobs behind one that must wait may have none
 */
export function createAttempt({ openSite, memoryOf }: AttemptOptions) {
  return async (jobs: Jobs, timeLeft: TimeLeft): Promise<readonly JobOutcome[]> => {
    const [first] = jobs;
    const { site } = first;
    const memory = memoryOf(site);
    const { breaker } = memory;
    const permission = breaker.allow();
    if (!permission.go) {
      return [{ kind: 'retry', reason: 'circuit-open', atLeastMs: permission.waitMs }];
    }
    const { probe } = permission;
    let asked = false;
    const onCall = (): void => {
      asked = true;
    };
    const tried: Jobs = probe ? [first] : jobs;
    try {
      const wix = openSite({ site, timeLeft, patience: 'batch', breaker, probe, onCall });
      const outcomes = await labelJobs(tried, { wix, memory });
      return recordOutcomes(tried, outcomes, { breaker, probe, asked });
    } catch (error) {
      log.error('exception', errorFields(error));
      breaker.record(probe, { jobId: first.id, answer: 'unasked' });
      return [{ kind: 'retry', reason: 'exception' }];
    }
  };
}

/**
 * Records the outcomes of jobs at the breaker. While it is open, a permanent refusal (also the one that opened
 * it) may be the site's fault: such a job is tried again instead.
 * @param asked whether the try made any call
 */
function recordOutcomes(
  jobs: Jobs,
  outcomes: readonly JobOutcome[],
  { breaker, probe, asked }: { breaker: Breaker; probe: boolean; asked: boolean },
): readonly JobOutcome[] {
  let last: TryResult['answer'] | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const answer = answerOf(outcome, asked);
    // Jobs that shared a call and an answer are recorded once, but for a refusal, which is each job's own.
    if (answer !== last || answer === 'refused') {
      breaker.record(probe, { jobId: (jobs[index] ?? jobs[0]).id, answer });
    }
    last = answer;
    const atLeastMs = breaker.waitMs(false);
    if (outcome.kind === 'dead-letter' && atLeastMs > 0) {
      return [...outcomes.slice(0, index), { ...outcome, kind: 'retry', atLeastMs }];
    }
  }
  return outcomes;
}

/** What an outcome shows of the site. A refusal may be the answer to a call that another try made. */
function answerOf(outcome: JobOutcome, asked: boolean): TryResult['answer'] {
  switch (outcome.kind) {
    case 'dead-letter':
      return 'refused';
    case 'done':
      if (!asked) return 'unasked';
      return outcome.contactId && !outcome.rest ? 'done' : 'fine';
    case 'retry': {
      const { reason, failure, otherwise } = outcome;
      if (otherwise && 'kind' in otherwise) return answerOf(otherwise, asked);
      // Wix permanently refused the label; the job is only tried again because the label is new.
      if (reason === 'label-too-new') return 'refused';
      if (!asked) return 'unasked';
      return failure ?? (reason === 'exception' ? 'unasked' : 'fine');
    }
  }
}
