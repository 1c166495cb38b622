import { idOfLabel } from '../../standing/definition-id.ts';
import type { Evaluation, StandingLabels } from '../../standing/standing.ts';
import type { ContactState } from '../../store/store.ts';
import type { ChangeKind, LabelChange, LabelPlan } from '../labels/plan.ts';

/** A change of one standing label, and the definition that wants it. */
export interface StandingChange {
  readonly name: string;
  readonly change: ChangeKind;
  readonly by: string;
}

/** What a contact is known to have, before anything was. */
export const NO_STATE: ContactState = { held: {}, begun: {}, references: [], definitions: '' };

/** What begins the id under which the labels of a contact that was merged away are in doubt at the one that is left. */
export const MERGED = 'merged ';

/** Names whose changes were begun and of which nobody knows how they ended, with their definitions. */
const inDoubt = ({ begun }: ContactState): ReadonlyMap<string, string> =>
  new Map(Object.values(begun).flatMap(({ names }) => Object.entries(names)));

/**
 * The changes that make the standing labels of a contact what they should be. What is in doubt is made sure of; a
 * definition that cannot be evaluated leaves its labels as they are, and so does one that is gone. Pure.
 * @param seen what Wix has just shown of the contact, by label name; the state counts for the others
 */
export function standingChanges(
  labels: StandingLabels,
  { wanted, undecided }: Evaluation,
  state: ContactState,
  seen: ReadonlyMap<string, boolean> = new Map(),
): readonly StandingChange[] {
  const left = new Set(undecided.map(({ by }) => by as string));
  const doubtful = inDoubt(state);
  const names = new Set([
    ...wanted.keys(),
    ...Object.keys(state.held),
    ...doubtful.keys(),
    ...seen.keys(),
  ]);
  return [...names].flatMap((name): StandingChange[] => {
    const wants = wanted.get(name);
    const held = Object.hasOwn(state.held, name) ? state.held[name] : undefined;
    const by = wants ?? held?.by ?? doubtful.get(name) ?? idOfLabel(name);
    if (left.has(by) || (!wants && !labels.manages(name, by))) return [];
    const isOn = seen.get(name) ?? held !== undefined;
    const isSure = seen.has(name) || !doubtful.has(name);
    if (isSure && isOn === (wants !== undefined)) return [];
    return [{ name, change: wants ? 'add' : 'remove', by }];
  });
}

/** The state with the changes that a try begins: written before Wix is asked. Pure. */
export const withBegun = (
  state: ContactState,
  changes: readonly StandingChange[],
  { tryId, now }: { readonly tryId: string; readonly now: number },
): ContactState => ({
  ...state,
  begun: {
    ...state.begun,
    [tryId]: { names: Object.fromEntries(changes.map(({ name, by }) => [name, by])), at: now },
  },
});

/** The plan of the rules without what standing labels decide, and their changes. */
export function joinedPlan(
  rules: LabelPlan,
  changes: readonly StandingChange[],
  isStanding: (name: string) => boolean,
  now: number,
): LabelPlan {
  const plan = new Map<string, LabelChange>();
  for (const [name, change] of rules) if (!isStanding(name)) plan.set(name, change);
  for (const { name, change } of changes) {
    plan.set(name, { name, change, occurredAt: now, reversible: true });
  }
  return plan;
}
