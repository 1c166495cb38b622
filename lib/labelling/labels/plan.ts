import { isReversible, type LabelJob } from '../../queue/job.ts';

/**
 * Events so close in time count in the order they came: Shopify and Stripe send whole seconds, clocks
 * differ, and an event without a time has that of its arrival.
 */
const SAME_TIME_MS = 5_000;

export type ChangeKind = 'add' | 'remove';

/** One label of a contact, and what the latest event wants of it: the last write wins. */
export interface LabelChange {
  readonly name: string;
  readonly change: ChangeKind;
  /** When that event happened. Epoch milliseconds. */
  readonly occurredAt: number;
  /** Some rule may undo it, so another worker may have. */
  readonly reversible: boolean;
}

/** What is to be done to one contact for several jobs, by label name. */
export type LabelPlan = ReadonlyMap<string, LabelChange>;

/**
 * Folds jobs about one contact, in the order they came, into one change a label: that of the event that
 * happened last. Pure.
 * @param lastWriteAt when the latest event before these jobs happened that wrote a label (epoch milliseconds)
 */
export function planOf(
  jobs: readonly LabelJob[],
  lastWriteAt: (name: string) => number | undefined,
): LabelPlan {
  const plan = new Map<string, LabelChange>();
  for (const job of jobs) {
    const occurredAt = Date.parse(job.cause.occurredAt);
    for (const change of ['add', 'remove'] as const) {
      for (const name of job[change]) {
        const before = plan.get(name);
        const last = before?.occurredAt ?? lastWriteAt(name) ?? occurredAt;
        if (last - occurredAt > SAME_TIME_MS) continue;
        const reversible = isReversible(job, name) || (before?.reversible ?? false);
        plan.set(name, { name, change, occurredAt: Math.max(last, occurredAt), reversible });
      }
    }
  }
  return plan;
}

/** Whether jobs about one contact, taken together, add any label. Pure. */
export const putsLabels = (jobs: readonly LabelJob[]): boolean =>
  planOf(jobs, () => undefined)
    .values()
    .some(({ change }) => change === 'add');
