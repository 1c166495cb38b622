import { isReversible, type LabelJob } from '../../queue/job.ts';
import type { WixFailure } from '../../wix/calls/failure.ts';

/** Events so close in time count in the order they came: some senders write whole seconds, and clocks differ. */
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

/** Whether a plan adds any label. Pure. */
export const putsLabels = (plan: LabelPlan): boolean =>
  plan.values().some(({ change }) => change === 'add');

/** How far the plan for one contact got, in label names: filled in as calls succeed. */
export interface PlanProgress {
  /** Undefined until there is a contact to plan for. */
  readonly plan: LabelPlan | undefined;
  /** Added or removed, as the plan has it. */
  readonly done: Set<string>;
  /** In place already, by an answer of Wix. */
  readonly inPlace: Set<string>;
  /** To be removed, and no label by Wix's index, which may be behind. */
  readonly absent: Set<string>;
  /** Labels that the site has no room for. */
  readonly refused: Set<string>;
  /** The answer that reported the full site. */
  quota: WixFailure | undefined;
}

export const newProgress = (plan?: LabelPlan): PlanProgress => ({
  plan,
  done: new Set(),
  inPlace: new Set(),
  absent: new Set(),
  refused: new Set(),
  quota: undefined,
});
