import type { LabelJob } from '../../queue/job.ts';
import { addMetric } from '../../runtime/metrics.ts';
import { StoreError } from '../../store/store.ts';
import type { PlanProgress } from '../labels/plan.ts';
import {
  type DeadJob,
  failed,
  type JobDone,
  type JobOutcome,
  outcomeOf,
  type SearchResult,
} from '../outcome.ts';
import type { StandingProgress } from './label-with-history.ts';
import type { SiteHistory } from './with-history.ts';

const isStanding = (progress: PlanProgress): progress is StandingProgress => 'standing' in progress;

/**
 * What became of a job where there are standing labels: their changes are reported with the last of several jobs. What is
 * left of a job holds its own labels alone, for another try finds out again which standing labels are to change.
 */
export function outcomeWithStanding(
  job: LabelJob,
  isLast: boolean,
  found: SearchResult,
  progress: PlanProgress,
  { awaited }: Pick<SiteHistory, 'awaited'>,
): JobOutcome {
  const names = isLast && isStanding(progress) ? [...progress.standing] : [];
  const wants = (name: string): string | undefined => progress.plan?.get(name)?.change;
  const add = names.filter((name) => wants(name) === 'add');
  const remove = names.filter((name) => wants(name) === 'remove' && !progress.absent.has(name));
  const whole: LabelJob = {
    ...job,
    add: [...job.add, ...add, ...('nobody' in found ? awaited : [])],
    remove: [...job.remove, ...remove],
  };
  const outcome = outcomeOf(whole, found, progress);
  return outcome.kind === 'done' ? doneWithStanding(outcome, job, names) : outcome;
}

function doneWithStanding(
  { rest, ...done }: JobDone,
  job: LabelJob,
  names: readonly string[],
): JobDone {
  const own = rest?.job.add.filter((name) => job.add.includes(name)) ?? [];
  const changed = [...done.added, ...done.removed, ...done.inPlace];
  const standing = names.filter((name) => changed.includes(name));
  // A review comes again by itself; an event is given up loudly.
  const isQuiet = job.review !== undefined && own.length === 0;
  return {
    ...done,
    ...(job.facts && { facts: job.facts.length }),
    ...(job.review && { review: job.review }),
    ...(standing.length > 0 && { standing }),
    ...(rest &&
      !isQuiet && { rest: { ...withNames(rest, own), job: { ...job, add: own, remove: [] } } }),
  };
}

/** Says which standing labels found no room: they are not the job's own, which a dead letter lists. */
function withNames(rest: DeadJob, own: readonly string[]): DeadJob {
  const standing = rest.job.add.filter((name) => !own.includes(name));
  if (standing.length === 0) return rest;
  const names = standing.map((name) => `"${name}"`).join(', ');
  return { ...rest, detail: `${rest.detail} It has no room for ${names}.` };
}

/** What becomes of a job whose try ended in this error. Where the store does not answer, the job waits. */
export function failedWithStanding(
  job: LabelJob,
  error: unknown,
  progress: PlanProgress,
): JobOutcome {
  if (!(error instanceof StoreError)) return failed(job, error, progress);
  addMetric('StoreErrors', { Reason: error.failure });
  return { kind: 'retry', reason: `store-${error.failure}`, detail: error.message };
}
