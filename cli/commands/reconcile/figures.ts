import { byChange, IDS_PER_CALL } from '../../kit/bulk-labels.ts';
import { countLabels } from '../backfill/figures.ts';
import { groupsOf, jobsFor } from './groups.ts';
import type { ReconcilePlan } from './plan.ts';

/** What `--json` prints of a plan. */
export type Figures = ReturnType<typeof figuresOf>;

/** To ask whether a bulk job has ended. */
const QUESTIONS = 2;
/** Until the index shows what was changed. */
const LOOKS = 2;

/** @param perMinute calls to Wix that the command may make */
export function figuresOf(plan: ReconcilePlan, perMinute: number) {
  const { changed, stale, contacts, unseen, cut, undecided, unnamed } = plan;
  const labels = countLabels(changed);
  const newNames = labels.filter(({ add }) => add > 0).length;
  const looks = LOOKS * Math.ceil(changed.length / IDS_PER_CALL);
  const calls =
    changed.length === 0 ? 0 : jobsFor(groupsOf(changed)) + newNames + QUESTIONS + looks;
  return {
    contacts: { compared: contacts, differ: changed.length, stale: stale.length, unseen, cut },
    labels,
    changes: byChange(changed)
      .map((group) => ({
        add: group[0]?.add.toSorted() ?? [],
        remove: group[0]?.remove.toSorted() ?? [],
        contacts: group.length,
      }))
      .sort((a, b) => b.contacts - a.contacts),
    undecided: [...undecided].map(([reason, n]) => ({ reason, contacts: n })),
    unnamed: [...unnamed].map(([name, n]) => ({ name, contacts: n })),
    /** To Wix, at most if all goes well, besides those of this plan. */
    calls,
    minutes: Math.ceil(calls / perMinute),
  };
}
