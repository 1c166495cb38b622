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
  work: HistoryWork,
): Promise<string | undefined> {
  const { history, jobs, rulesPlan } = work;
  const owner = { site: history.site, contactId: contact.contactId };
  if (jobs.some(({ erase }) => erase === 'person')) return eraseContact(history, owner, jobs);
  const opened = await openRecord(history, owner, jobs);
  const looked = await lookAtContact(contact, history, jobs, opened.record.state);
  if ('mergedInto' in looked) {
    await absorb(history, contact.contactId, looked.mergedInto);
    return looked.mergedInto;
  }
  const { references } = opened;
  const tryId = `${history.now().toString(36)}-${history.random().toString(36).slice(2)}`;
  let todo: Todo = { record: opened.record, rules: rulesPlan, seen: looked.seen };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { mergedInto } = todo.record.state ?? NO_STATE;
    if (mergedInto !== undefined) {
      await moveFacts(history.store, owner, todo.record.facts, { ...owner, contactId: mergedInto });
      return mergedInto;
    }
    const left = await doRound(contact, work, { ...todo, references, tryId });
    if (left === undefined) return undefined;
    todo = left;
  }
  throw tooManyRounds();
}

/** What there is to do at a contact, as it was last read. */
interface Todo {
  readonly record: OwnerRecord;
  /** What rules want, and is not done yet. */
  readonly rules: LabelPlan;
  /** What Wix showed of the contact, where no change was made since. */
  readonly seen: ReadonlyMap<string, boolean>;
}

interface Try {
  readonly tryId: string;
  /** What is known to mean the contact. */
  readonly references: readonly string[];
}

/** @returns what there is to do still, since somebody else was at the contact meanwhile; undefined when it is done */
async function doRound(
  contact: ContactAtSite,
  { history, jobs, progress }: HistoryWork,
  { record, rules, seen, references, tryId }: Todo & Try,
): Promise<Todo | undefined> {
  const { site, store, labels, now } = history;
  const owner = { site, contactId: contact.contactId };
  const evaluation = evaluate(history, record);
  const state: ContactState = { ...(record.state ?? NO_STATE), references };
  const changes = record.cut ? [] : standingChanges(labels, evaluation, state, seen);
  let version = record.state?.version;
  if (changes.length > 0) {
    const begun = withBegun(state, changes, { tryId, now: now() });
    if (!(await store.saveState(owner, begun, version))) {
      return { record: await store.read(owner), rules, seen };
    }
    version = (version ?? 0) + 1;
  }
  const done = await applyChanges(contact, history, rules, changes, state, progress);
  const next = (after: OwnerRecord): Todo => ({ record: after, rules: new Map(), seen: new Map() });
  if (changes.length > 0) {
    const after = await store.read(owner);
    if (after.state?.version !== version || !sameFacts(record.facts, after.facts)) {
      return next(after);
    }
  }
  const outcome = { labels, evaluation, state, changes, seen, done, tryId, now: now() };
  const settled = settledState(outcome);
  const isReview = jobs.some(({ review }) => review !== undefined);
  if (isUnchanged(record.state, settled, { isReview, now: now() })) return undefined;
  if (await store.saveState(owner, settled, version)) return undefined;
  return next(await store.read(owner));
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
