import { isReversible, type LabelJob } from '../../queue/job.ts';

/**
 * Events so close to each other count in the order they came: Shopify and Stripe tell whole seconds,
 * clocks differ, and where a sender gives no time it is that of arrival.
 */
const SAME_TIME_MS = 5_000;

/** One label of a contact, and what the event that has the last say wants of it. */
export interface LabelChange {
  readonly name: string;
  readonly change: 'add' | 'remove';
  /** When that event happened. Epoch milliseconds. */
  readonly occurredAt: number;
  /** Some rule may undo it, so another worker may have. */
  readonly reversible: boolean;
}

/** What is to be done to one contact for several jobs, by label name. */
export type Plan = ReadonlyMap<string, LabelChange>;

/**
 * What jobs about one contact, in the order they came, come to together: for each label the event that
 * happened last has its say. Pure.
 * @param lastSay when the event happened that had its say about a label before these (epoch milliseconds)
 */
export function planOf(
  jobs: readonly LabelJob[],
  lastSay: (name: string) => number | undefined,
): Plan {
  const plan = new Map<string, LabelChange>();
  for (const job of jobs) {
    const occurredAt = Date.parse(job.cause.occurredAt);
    for (const change of ['add', 'remove'] as const) {
      for (const name of job[change]) {
        const before = plan.get(name);
        const last = before?.occurredAt ?? lastSay(name) ?? occurredAt;
        if (last - occurredAt > SAME_TIME_MS) continue;
        const reversible = isReversible(job, name) || (before?.reversible ?? false);
        plan.set(name, { name, change, occurredAt: Math.max(last, occurredAt), reversible });
      }
    }
  }
  return plan;
}

/** Whether anything is left to put of what jobs about one contact want together. Pure. */
export const putsLabels = (jobs: readonly LabelJob[]): boolean =>
  planOf(jobs, () => undefined)
    .values()
    .some(({ change }) => change === 'add');
