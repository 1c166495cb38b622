import type { Evaluation, StandingLabels } from '../../standing/standing.ts';
import type { BegunChanges, ContactState, HeldLabel } from '../../store/store.ts';
import type { PlanProgress } from '../labels/plan.ts';
import { MERGED, type StandingChange } from './changes.ts';

/** No invocation lives so long: what was begun before, and was made sure of, is over. */
const OVER_MS = 2 * 60_000;
/** A label that was put on so recently may not be in Wix's index yet: that nothing is found proves nothing. */
const INDEX_LAG_MS = 2 * 60_000;
/** A site that is full is asked again after this. */
const FULL_SITE_MS = 3_600_000;

interface Settled {
  readonly labels: StandingLabels;
  readonly evaluation: Evaluation;
  /** As it was before. */
  readonly state: ContactState;
  readonly changes: readonly StandingChange[];
  /** What Wix showed of the contact before they were made, by label name. */
  readonly seen: ReadonlyMap<string, boolean>;
  readonly done: PlanProgress;
  readonly tryId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The state of a contact when its changes are made. Pure. */
export function settledState({
  labels,
  evaluation,
  state,
  changes,
  seen,
  done,
  tryId,
  now,
}: Settled): ContactState {
  const held: Record<string, HeldLabel> = { ...state.held };
  let again = Number.POSITIVE_INFINITY;
  for (const [name, isOn] of seen) {
    const by = evaluation.wanted.get(name);
    if (!isOn && !isYoung(name, state, now)) delete held[name];
    if (isOn && by !== undefined) held[name] ??= { since: now, by };
  }
  for (const { name, change, by } of changes) {
    if (done.refused.has(name)) {
      again = Math.min(again, now + FULL_SITE_MS);
    } else if (change === 'add') {
      held[name] = { since: held[name]?.since ?? now, by };
    } else if (done.absent.has(name) && isYoung(name, state, now)) {
      again = Math.min(again, now + INDEX_LAG_MS);
    } else {
      delete held[name];
    }
  }
  for (const [name, by] of evaluation.wanted) {
    const one = held[name];
    if (one && one.by !== by) held[name] = { ...one, by };
  }
  const dueAt = Math.min(evaluation.nextAt ?? Number.POSITIVE_INFINITY, again);
  return {
    held,
    begun: stillOpen(state.begun, changes, { tryId, labels, now }),
    references: state.references,
    definitions: labels.hash,
    dueAt: Number.isFinite(dueAt) ? dueAt : undefined,
    ...(state.mergedFrom && { mergedFrom: state.mergedFrom }),
  };
}

const isYoung = (name: string, { held, begun }: ContactState, now: number): boolean => {
  const times = Object.values(begun).flatMap(({ names, at }) =>
    Object.hasOwn(names, name) ? at : [],
  );
  return Math.max(0, held[name]?.since ?? 0, ...times) > now - INDEX_LAG_MS;
};

/**
 * What was begun and is not over: by others so recently that a call of theirs may still arrive at Wix, or what could
 * not be made sure of now.
 */
function stillOpen(
  begun: ContactState['begun'],
  changes: readonly StandingChange[],
  { tryId, labels, now }: Pick<Settled, 'tryId' | 'labels' | 'now'>,
): Record<string, BegunChanges> {
  const made = new Set(changes.map(({ name }) => name));
  const isOpen = ([name, by]: readonly [string, string]): boolean =>
    !made.has(name) && labels.manages(name, by);
  return Object.fromEntries(
    Object.entries(begun).flatMap(([id, { names, at }]) => {
      if (id === tryId) return [];
      const mayArrive = !id.startsWith(MERGED) && at > now - OVER_MS;
      const left = mayArrive ? names : Object.fromEntries(Object.entries(names).filter(isOpen));
      return Object.keys(left).length > 0 ? [[id, { names: left, at }]] : [];
    }),
  );
}

/**
 * Whether a state need not be written. One that is due too early costs a look then, where to write it with each event
 * would cost more; a review sets it right.
 */
export function isUnchanged(
  before: ContactState | undefined,
  after: ContactState,
  { isReview, now }: { readonly isReview: boolean; readonly now: number },
): boolean {
  if (!before) return false;
  const { dueAt: due, ...rest } = before;
  const { dueAt: next, ...others } = after;
  const isEarlyEnough =
    due === next || (!isReview && due !== undefined && due > now && due <= (next ?? due));
  return isEarlyEnough && isSame(rest, others);
}

function isSame(before: Omit<ContactState, 'dueAt'>, after: Omit<ContactState, 'dueAt'>): boolean {
  const textOf = ({ held, begun, references, definitions }: Omit<ContactState, 'dueAt'>): string =>
    JSON.stringify([
      Object.entries(held).sort(),
      Object.entries(begun).sort(),
      references,
      definitions,
    ]);
  return textOf(before) === textOf(after);
}
