import type { LabelKeys } from '../../../lib/labelling/labels/label-keys.ts';
import { newProgress } from '../../../lib/labelling/labels/plan.ts';
import { type StandingChange, standingChanges } from '../../../lib/labelling/standing/changes.ts';
import { settledState } from '../../../lib/labelling/standing/settled.ts';
import type { Evaluation, StandingLabels } from '../../../lib/standing/standing.ts';
import { forEachOf } from '../../../lib/store/for-each.ts';
import type { ContactState, HistoryStore, StoredState } from '../../../lib/store/store.ts';
import type { WixSite } from '../../../lib/wix/site.ts';
import { IDS_PER_CALL } from '../../kit/bulk-labels.ts';
import { inParts } from '../../kit/patient-call.ts';

export interface PlanOptions {
  readonly store: HistoryStore;
  /** The site's id, as jobs name it. */
  readonly site: string;
  readonly labels: StandingLabels;
  /** Names that rules give or take: those are left to the rules. */
  readonly ruleNames: ReadonlySet<string>;
  /** Whether labels that rules.yml no longer names are to be taken off. */
  readonly removes: boolean;
  readonly wix: WixSite;
  readonly labelKeys: LabelKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Hears how many contacts have been looked at. */
  readonly onRead: (contacts: number) => void;
}

/** A contact whose labels, or what is kept of them, are not as they should be. */
export interface ContactPlan {
  readonly contactId: string;
  readonly state: StoredState;
  readonly evaluation: Evaluation;
  /** Which standing labels Wix shows, by name. */
  readonly seen: ReadonlyMap<string, boolean>;
  /** None where Wix has the right labels, and the state alone does not say so. */
  readonly changes: readonly StandingChange[];
  /** The names of `changes`. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What Wix has against what should be. */
export interface ReconcilePlan {
  /** Contacts that were held against Wix. */
  readonly contacts: number;
  /** Contacts that Wix does not show: deleted, merged, or too new for its index. */
  readonly unseen: number;
  /** Contacts with more facts than are read: no persons. Their labels stay. */
  readonly cut: number;
  /** Contacts whose labels differ. */
  readonly changed: readonly ContactPlan[];
  /** Contacts of which the state alone differs. */
  readonly stale: readonly ContactPlan[];
  /** Contacts by the reason for which a definition says nothing of them: its labels stay. */
  readonly undecided: ReadonlyMap<string, number>;
  /** Contacts by label that rules.yml no longer names, and that Earmark has put on them. */
  readonly unnamed: ReadonlyMap<string, number>;
}

/**
 * Reads every contact of the site of which a history is kept, and what Wix shows of it. Nothing is changed.
 * @throws StoreError, WixError, AbortError
 */
export async function planReconcile(options: PlanOptions): Promise<ReconcilePlan> {
  const { store, site, onRead } = options;
  const plan = emptyPlan();
  let cursor: string | undefined;
  do {
    const page = await store.contacts(site, IDS_PER_CALL, cursor);
    await planPage(page.contactIds, plan, options);
    cursor = page.cursor;
    onRead(plan.contacts);
  } while (cursor !== undefined);
  return plan;
}

type Draft = ReturnType<typeof emptyPlan>;
const emptyPlan = () => ({
  contacts: 0,
  unseen: 0,
  cut: 0,
  changed: [] as ContactPlan[],
  stale: [] as ContactPlan[],
  undecided: new Map<string, number>(),
  unnamed: new Map<string, number>(),
});

/** A contact as the store has it. */
interface Known {
  readonly contactId: string;
  readonly state: StoredState;
  readonly evaluation: Evaluation;
}

async function planPage(
  contactIds: readonly string[],
  plan: Draft,
  options: PlanOptions,
): Promise<void> {
  const { wix, labelKeys, labels } = options;
  const known = await readAll(contactIds, plan, options);
  const keysOf = await labelsShown(known, options);
  const names = new Set([...labels.names, ...known.flatMap(namesOf)]);
  const { keys } = await labelKeys.resolve(wix, { add: [], remove: [...names] });
  for (const one of known) {
    const shown = keysOf.get(one.contactId);
    if (shown === undefined) {
      plan.unseen += 1;
      continue;
    }
    plan.contacts += 1;
    const isOn = (name: string): boolean => shown.has(keys.get(name) ?? '');
    const its = new Set([...labels.names, ...namesOf(one)]);
    addContact(one, new Map([...its].map((name) => [name, isOn(name)])), plan, options);
  }
}

/** The names that may be on a contact, or should be, besides those that stand in rules.yml. */
const namesOf = ({ state, evaluation }: Known): readonly string[] => [
  ...Object.keys(state.held),
  ...Object.values(state.begun).flatMap(({ names }) => Object.keys(names)),
  ...evaluation.wanted.keys(),
];

async function readAll(
  contactIds: readonly string[],
  plan: Draft,
  { store, site, labels, now }: PlanOptions,
): Promise<readonly Known[]> {
  const known: Known[] = [];
  await forEachOf(contactIds, async (contactId) => {
    const { facts, state, cut } = await store.read({ site, contactId });
    if (!state || state.mergedInto !== undefined) return;
    if (cut) plan.cut += 1;
    else known.push({ contactId, state, evaluation: labels.evaluate(facts, now()) });
  });
  return known;
}

/** The label keys that Wix shows, by contact. */
async function labelsShown(
  known: readonly Known[],
  { wix }: PlanOptions,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const keysOf = new Map<string, ReadonlySet<string>>();
  await inParts(known, IDS_PER_CALL, async (part) => {
    const values = part.map(({ contactId }) => contactId);
    const { contacts } = await wix.queryContacts({ by: 'id', values });
    for (const { id, labelKeys } of contacts) keysOf.set(id, new Set(labelKeys));
  });
  return keysOf;
}

function addContact(
  { contactId, state, evaluation }: Known,
  seen: ReadonlyMap<string, boolean>,
  plan: Draft,
  { labels, ruleNames, removes, now }: PlanOptions,
): void {
  for (const reason of new Set(evaluation.undecided.map((one) => `${one.by}: ${one.reason}`))) {
    count(plan.undecided, reason);
  }
  const unnamed = Object.entries(state.held).flatMap(([name, { by }]): StandingChange[] =>
    seen.get(name) &&
    !labels.manages(name, by) &&
    !ruleNames.has(name) &&
    !evaluation.wanted.has(name)
      ? [{ name, change: 'remove', by }]
      : [],
  );
  for (const { name } of unnamed) count(plan.unnamed, name);
  const changes = [
    ...standingChanges(labels, evaluation, state, seen),
    ...(removes ? unnamed : []),
  ];
  const named = (kind: StandingChange['change']) =>
    changes.flatMap(({ name, change }) => (change === kind ? name : []));
  const add = named('add');
  const one = { contactId, state, evaluation, seen, changes, add, remove: named('remove') };
  if (changes.length > 0) plan.changed.push(one);
  else if (heldText(settled(one, labels, now())) !== heldText(state)) plan.stale.push(one);
}

/** The state of a contact whose changes are made. */
export const settled = (
  { state, evaluation, changes, seen }: ContactPlan,
  labels: StandingLabels,
  now: number,
  tryId = '',
): ContactState =>
  settledState({ labels, evaluation, state, changes, seen, done: newProgress(), tryId, now });

const heldText = ({ held }: ContactState): string =>
  JSON.stringify(
    Object.entries(held)
      .map(([name, { by }]) => [name, by])
      .sort(),
  );

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
