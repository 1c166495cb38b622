import { isPermanent, mayBeTheKey } from '../../wix/calls/classify.ts';
import { WixError } from '../../wix/calls/failure.ts';
import { inCalls } from '../../wix/labels.ts';
import type { WixSite } from '../../wix/site.ts';
import type { LabelKeys, ResolvedKeys, WantedLabels } from './label-keys.ts';
import type { LabelMemory } from './label-memory.ts';
import type { ChangeKind, LabelChange, LabelPlan, PlanProgress } from './plan.ts';
import { type JobRefusal, LabelTooNew, notApplied, refusalBy } from './refusals.ts';

/** One contact, and what may be asked of Wix about it. */
export interface ContactAtSite {
  readonly wix: WixSite;
  readonly memory: { readonly keys: LabelKeys; readonly labels: LabelMemory };
  readonly contactId: string;
}

type Keys = ReadonlyMap<string, string>;
type Changes = readonly LabelChange[];

/**
 * Changes the labels of one contact: one call to add, one to remove, and none for a change that is in place.
 * Where Wix's last answer shows all changes in place, labels that no rule undoes are left alone, and for the
 * others the contact is read first: a read makes Wix send no `contact_updated`, which ends a loop with an
 * automation that answers labels with events.
 * @throws WixError for an answer that ends the try; LabelTooNew
 */
export async function applyPlan(
  contact: ContactAtSite,
  plan: LabelPlan,
  progress: PlanProgress,
): Promise<void> {
  if (plan.size === 0) return;
  const { wix, memory, contactId } = contact;
  const resolved = await memory.keys.resolve(wix, namesOf([...plan.values()]));
  const labels = createContactLabels(contact, resolved, progress);
  labels.setAside([...plan.values()], resolved, progress.absent);

  const open = new Map([...plan].filter(([name]) => resolved.keys.has(name)));
  labels.dropFulfilled(open, isLasting);
  if (open.size > 0 && [...open.values()].every(labels.isInPlace)) {
    const read = await wix.getContact(contactId);
    if (read?.id === contactId) {
      memory.labels.observe(contactId, read.labelKeys);
      labels.dropFulfilled(open, () => true);
    }
  }
  const added = await labels.send('add', open);
  // The answer has listed the labels that there are to remove.
  if (added) labels.dropFulfilled(open, ({ change }) => change === 'remove');
  await labels.send('remove', open);
}

/**
 * A label that Earmark added stays for the next minutes, if no rule removes it. For a removal that no rule
 * undoes this does not hold: a person or an automation of the site may add the label.
 */
const isLasting = ({ change, reversible }: LabelChange): boolean => change === 'add' && !reversible;

/** Changes the labels of one contact, and records in `progress` how far it got. */
function createContactLabels(
  { wix, memory, contactId }: ContactAtSite,
  resolved: ResolvedKeys,
  progress: PlanProgress,
) {
  function record({ name, occurredAt }: LabelChange, as: Set<string>): void {
    as.add(name);
    memory.labels.recordWrite(contactId, name, occurredAt);
  }

  /**
   * Whether Wix's last answer about the contact shows the change in place. That a key is not on the contact
   * proves something only while the key is known to be the label's.
   */
  function isInPlace({ name, change }: LabelChange): boolean {
    const has = memory.labels.observed(contactId)?.has(resolved.keys.get(name) ?? '');
    return change === 'add' ? has === true : has === false && resolved.fresh.has(name);
  }

  /** Takes the changes out of `open` that are in place, where `isSure` accepts the last answer as proof. */
  function dropFulfilled(
    open: Map<string, LabelChange>,
    isSure: (change: LabelChange) => boolean,
  ): void {
    for (const change of open.values()) {
      if (!isSure(change) || !isInPlace(change)) continue;
      open.delete(change.name);
      record(change, progress.inPlace);
    }
  }

  /** Records changes without a key: a name that is no label is on nobody, a full site has no room for it. */
  function setAside(changes: Changes, found: ResolvedKeys, noLabel: Set<string>): void {
    for (const change of changes) {
      if (found.absent.includes(change.name)) record(change, noLabel);
      if (!found.refused.includes(change.name)) continue;
      progress.refused.add(change.name);
      progress.quota = found.quota;
    }
  }

  /** @returns the changes that Wix refused where it may not know a key. @throws WixError */
  async function sendOnce(kind: ChangeKind, changes: Changes, keys: Keys) {
    const operation = OPERATIONS[kind];
    const keyOf = keyIn(keys);
    memory.labels.invalidate(contactId);
    try {
      const has = await wix[operation](contactId, [...new Set(changes.map(keyOf))]);
      memory.labels.observe(contactId, has);
      const isDone = (change: LabelChange): boolean =>
        has.includes(keyOf(change)) === (kind === 'add');
      for (const change of changes.filter(isDone)) {
        memory.keys.confirm(change.name, kind);
        record(change, progress.done);
      }
      const left = changes.filter((change) => !isDone(change));
      return left.length > 0 ? { refusal: notApplied(operation), changes: left } : undefined;
    } catch (error) {
      if (!(error instanceof WixError) || !mayBeTheKey(error.failure)) throw error;
      return { refusal: refusalBy(error.failure), changes };
    }
  }

  /** One call. If Wix seems to refuse its keys, the older ones are found again, and there is one more call. */
  async function sendOrRefresh(kind: ChangeKind, changes: Changes): Promise<void> {
    const refused = await sendOnce(kind, changes, resolved.keys);
    if (!refused) return;
    const old = refused.changes.filter(({ name }) => !resolved.young.has(name));
    if (old.length === 0) throw inTime(refused.refusal);
    memory.keys.forget(old.map(({ name }) => name));
    const found = await memory.keys.resolve(wix, namesOf(old));
    // The index knows no other key: the label is gone.
    setAside(old, found, progress.inPlace);
    const keys = new Map(resolved.keys);
    for (const { name } of old) keys.delete(name);
    for (const [name, key] of found.keys) keys.set(name, key);
    const there = refused.changes.filter(({ name }) => keys.has(name));
    for (const some of inCalls(OPERATIONS[kind], contactId, there, keyIn(keys))) {
      const again = await sendOnce(kind, some, keys);
      if (again) throw inTime(again.refusal);
    }
  }

  /** Makes the open changes of one kind. @returns whether there were any */
  async function send(kind: ChangeKind, open: ReadonlyMap<string, LabelChange>): Promise<boolean> {
    const changes = [...open.values()].filter(({ change }) => change === kind);
    for (const some of inCalls(OPERATIONS[kind], contactId, changes, keyIn(resolved.keys))) {
      await sendOrRefresh(kind, some);
    }
    return changes.length > 0;
  }

  return { isInPlace, dropFulfilled, setAside, send };
}

const OPERATIONS = { add: 'labelContact', remove: 'unlabelContact' } as const;

function namesOf(changes: Changes): WantedLabels {
  const names = (kind: ChangeKind): string[] =>
    changes.filter(({ change }) => change === kind).map(({ name }) => name);
  return { add: names('add'), remove: names('remove') };
}

const keyIn =
  (keys: Keys) =>
  ({ name }: LabelChange): string =>
    keys.get(name) ?? '';

/** A transient refusal as it is; a permanent one is not permanent yet for a new key. */
function inTime(refusal: JobRefusal): WixError | LabelTooNew {
  const { reason, failure } = refusal;
  const isLasting = reason === 'label-not-applied' || isPermanent(reason);
  return isLasting ? new LabelTooNew(refusal) : new WixError(failure);
}
