import { log } from '../../runtime/log.ts';
import type { Evaluation } from '../../standing/standing.ts';
import { type ContactState, MOST_FACTS, type OwnerRecord } from '../../store/store.ts';
import { applyPlan, type ContactAtSite } from '../labels/apply.ts';
import { type LabelPlan, newProgress, type PlanProgress } from '../labels/plan.ts';
import {
  joinedPlan,
  NO_STATE,
  type StandingChange,
  standingChanges,
  withBegun,
} from './changes.ts';
import { eraseContact } from './erase.ts';
import { absorb, MOST_ROUNDS, tooManyRounds } from './merged-contacts.ts';
import { moveFacts, sameFacts } from './owner-facts.ts';
import type { ContactJobs } from './owners.ts';
import { openRecord } from './record.ts';
import { lookAtContact } from './seen-labels.ts';
import { isUnchanged, settledState } from './settled.ts';
import type { SiteHistory } from './with-history.ts';

/** How far a plan got that has changes of standing labels in it. */
export interface StandingProgress extends PlanProgress {
  readonly plan: Map<string, NonNullable<ReturnType<LabelPlan['get']>>>;
  /** The names of standing labels that were changed. */
  readonly standing: Set<string>;
}

export const newStandingProgress = (): StandingProgress => ({
  ...newProgress(),
  plan: new Map(),
  standing: new Set(),
});

interface HistoryWork {
  readonly history: SiteHistory;
  readonly jobs: ContactJobs;
  /** What rules want. */
  readonly rulesPlan: LabelPlan;
  /** Filled in as calls succeed. */
  readonly progress: StandingProgress;
}

/**
 * Does jobs at one contact of which there is a history: the changes that rules want, and those that make the standing
 * labels true, in one add and one remove. Which changes are begun is in the store before Wix is asked and how they
 * ended is afterwards, so a change whose end nobody saw is made sure of by whoever looks next. After a change the
 * history is read again: of several workers, the last to finish has seen everything.
 * @returns the contact into which this one was merged, and which is to be labelled instead; undefined when it is done
 * @throws WixError, LabelTooNew, StoreError
 */
export async function labelWithHistory(
  contact: ContactAtSite,
  { history, jobs, rulesPlan, progress }: HistoryWork,
): Promise<string | undefined> {
  const { site, store, labels, now } = history;
  const owner = { site, contactId: contact.contactId };
  if (jobs.some(({ erase }) => erase === 'person')) return eraseContact(history, owner, jobs);
  let { record, references } = await openRecord(history, owner, jobs);
  const tryId = `${now().toString(36)}-${history.random().toString(36).slice(2)}`;
  const isReview = jobs.some(({ review }) => review !== undefined);
  let rules = rulesPlan;
  const looked = await lookAtContact(contact, history, jobs, record.state);
  if ('mergedInto' in looked) {
    await absorb(history, contact.contactId, looked.mergedInto);
    return looked.mergedInto;
  }
  let { seen } = looked;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { mergedInto } = record.state ?? NO_STATE;
    if (mergedInto !== undefined) {
      await moveFacts(store, owner, record.facts, { site, contactId: mergedInto });
      return mergedInto;
    }
    const evaluation = evaluate(history, record);
    const state: ContactState = { ...(record.state ?? NO_STATE), references };
    const changes = record.cut ? [] : standingChanges(labels, evaluation, state, seen);
    let version = record.state?.version;
    if (changes.length > 0) {
      const next = withBegun(state, changes, { tryId, now: now() });
      if (!(await store.saveState(owner, next, version))) {
        record = await store.read(owner);
        continue;
      }
      version = (version ?? 0) + 1;
    }
    const done = await applyChanges(contact, history, rules, changes, state, progress);
    const shown = seen;
    rules = new Map();
    seen = new Map();
    if (changes.length > 0) {
      const after = await store.read(owner);
      if (after.state?.version !== version || !sameFacts(record.facts, after.facts)) {
        record = after;
        continue;
      }
    }
    const settled = settledState({
      labels,
      evaluation,
      state,
      changes,
      seen: shown,
      done,
      tryId,
      now: now(),
    });
    if (isUnchanged(record.state, settled, { isReview, now: now() })) return undefined;
    if (await store.saveState(owner, settled, version)) return undefined;
    record = await store.read(owner);
  }
  throw tooManyRounds();
}

/** What the contact should have. A history that was not read whole says nothing. */
function evaluate({ labels, now }: SiteHistory, { facts, cut }: OwnerRecord): Evaluation {
  if (cut) {
    const reason = `more than ${MOST_FACTS} facts: this is no person, and its labels stay as they are`;
    log.warn('standing-undecided', { definition: 'all', reason });
    return { wanted: new Map(), undecided: [], nextAt: undefined };
  }
  const evaluation = labels.evaluate(facts, now());
  for (const { by, reason } of evaluation.undecided) {
    log.warn('standing-undecided', { definition: by, reason });
  }
  return evaluation;
}

/** Makes the changes at Wix. @returns how far this round got */
async function applyChanges(
  contact: ContactAtSite,
  { labels, now }: SiteHistory,
  rules: LabelPlan,
  changes: readonly StandingChange[],
  { held }: ContactState,
  progress: StandingProgress,
): Promise<PlanProgress> {
  const isStanding = (name: string): boolean =>
    labels.names.has(name) ||
    (Object.hasOwn(held, name) && labels.manages(name, held[name]?.by ?? ''));
  const plan = joinedPlan(rules, changes, isStanding, now());
  const round = newProgress(plan);
  for (const [name, change] of plan) progress.plan.set(name, change);
  for (const { name } of changes) progress.standing.add(name);
  try {
    await applyPlan(contact, plan, round);
  } finally {
    for (const part of ['done', 'inPlace', 'absent', 'refused'] as const) {
      for (const name of round[part]) progress[part].add(name);
    }
    progress.quota ??= round.quota;
  }
  return round;
}
