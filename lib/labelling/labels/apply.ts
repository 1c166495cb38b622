import { classify, isPermanent, mayBeTheKey } from '../../wix/calls/classify.ts';
import { WixError } from '../../wix/calls/failure.ts';
import { KEYS_PER_CALL, removalsOf } from '../../wix/contacts.ts';
import type { WixSite } from '../../wix/site.ts';
import type { LabelKeys, ResolvedKeys, WantedLabels } from './label-keys.ts';
import type { LabelChange, Plan } from './plan.ts';
import { LabelTooNew, NotApplied, type Progress } from './progress.ts';
import type { RecentEffects } from './recent.ts';

/** One contact, and what may be asked of Wix about it. */
export interface Target {
  readonly wix: WixSite;
  readonly memory: { readonly keys: LabelKeys; readonly recent: RecentEffects };
  readonly contactId: string;
  readonly now: () => number;
}

type Kind = LabelChange['change'];
type Keys = ReadonlyMap<string, string>;
type Changes = readonly LabelChange[];

/**
 * Changes the labels of one contact: one call to add, one to remove, and none for a change that is already
 * true. Where Wix's last answer shows all changes in place, labels that no rule undoes are left alone, and
 * for the others the contact is read first. A read makes Wix send no `contact_updated`, so a loop with an
 * automation that answers labels with events ends there.
 * @throws WixError for an answer that ends the try; LabelTooNew
 */
export async function applyPlan(target: Target, plan: Plan, progress: Progress): Promise<void> {
  if (plan.size === 0) return;
  const { wix, memory, contactId, now } = target;
  const resolved = await memory.keys.resolve(wix, namesOf([...plan.values()]), now());
  const labels = createContactLabels(target, resolved, progress);
  labels.setAside([...plan.values()], resolved, progress.absent);

  const open = new Map([...plan].filter(([name]) => resolved.keys.has(name)));
  labels.dropFulfilled(open, isLasting);
  if (open.size > 0 && [...open.values()].every(labels.isInPlace)) {
    const contact = await wix.getContact(contactId);
    if (contact?.id === contactId) {
      memory.recent.observe(contactId, contact.labelKeys, now());
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
  { wix, memory, contactId, now }: Target,
  resolved: ResolvedKeys,
  progress: Progress,
) {
  const { recent } = memory;

  function record({ name, occurredAt }: LabelChange, as: Set<string>): void {
    as.add(name);
    recent.recordWrite(contactId, [name], occurredAt);
  }

  /**
   * Whether Wix's last answer about the contact, of the last minutes, shows the change in place. That a key is
   * not on the contact proves something only while the key is known to be the label's.
   */
  function isInPlace({ name, change }: LabelChange): boolean {
    const has = recent.observed(contactId, now())?.has(resolved.keys.get(name) ?? '');
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

  /** @returns what was refused because Wix does not know a key, as it seems. @throws WixError */
  async function sendOnce(kind: Kind, changes: Changes, keys: Keys): Promise<Refused | undefined> {
    const operation = kind === 'add' ? 'labelContact' : 'unlabelContact';
    const keyOf = keyIn(keys);
    recent.invalidate(contactId);
    try {
      const has = await wix[operation](contactId, [...new Set(changes.map(keyOf))]);
      recent.observe(contactId, has, now());
      const isDone = (change: LabelChange): boolean =>
        has.includes(keyOf(change)) === (kind === 'add');
      for (const change of changes.filter(isDone)) {
        memory.keys.confirm(change.name, kind, now());
        record(change, progress.done);
      }
      const left = changes.filter((change) => !isDone(change));
      return left.length > 0 ? { refusal: new NotApplied(operation), changes: left } : undefined;
    } catch (error) {
      if (!(error instanceof WixError) || !mayBeTheKey(error.failure)) throw error;
      return { refusal: error, changes };
    }
  }

  /**
   * One call. If Wix refuses it because of its keys, as it seems, the older keys are forgotten and found
   * again, and there is one more call. A key that is new even so is given time.
   */
  async function sendOrRefresh(kind: Kind, changes: Changes): Promise<void> {
    const refused = await sendOnce(kind, changes, resolved.keys);
    if (!refused) return;
    const old = refused.changes.filter(({ name }) => !resolved.young.has(name));
    if (old.length === 0) throw inTime(refused.refusal);
    memory.keys.forget(old.map(({ name }) => name));
    const found = await memory.keys.resolve(wix, namesOf(old), now());
    // Wix refuses the key, and its index knows no other: the label is gone.
    setAside(old, found, progress.inPlace);
    const keys = new Map(resolved.keys);
    for (const { name } of old) keys.delete(name);
    for (const [name, key] of found.keys) keys.set(name, key);
    const there = refused.changes.filter(({ name }) => keys.has(name));
    for (const some of callsFor(contactId, kind, there, keys)) {
      const again = await sendOnce(kind, some, keys);
      if (again) throw inTime(again.refusal);
    }
  }

  /** Makes the open changes of one kind. @returns whether there were any */
  async function send(kind: Kind, open: ReadonlyMap<string, LabelChange>): Promise<boolean> {
    const changes = [...open.values()].filter(({ change }) => change === kind);
    for (const some of callsFor(contactId, kind, changes, resolved.keys)) {
      await sendOrRefresh(kind, some);
    }
    return changes.length > 0;
  }

  return { isInPlace, dropFulfilled, setAside, send };
}

interface Refused {
  readonly refusal: WixError | NotApplied;
  /** Those that are not done. */
  readonly changes: Changes;
}

function namesOf(changes: Changes): WantedLabels {
  const names = (kind: Kind): string[] =>
    changes.filter(({ change }) => change === kind).map(({ name }) => name);
  return { add: names('add'), remove: names('remove') };
}

const keyIn =
  (keys: Keys) =>
  ({ name }: LabelChange): string =>
    keys.get(name) ?? '';

function callsFor(contactId: string, kind: Kind, changes: Changes, keys: Keys): Changes[] {
  if (kind === 'remove') return removalsOf(contactId, changes, keyIn(keys));
  return Array.from({ length: Math.ceil(changes.length / KEYS_PER_CALL) }, (_, index) =>
    changes.slice(index * KEYS_PER_CALL, (index + 1) * KEYS_PER_CALL),
  );
}

/** A transient answer as it is; a permanent one is not permanent yet for a new key. */
function inTime(refusal: WixError | NotApplied): WixError | LabelTooNew {
  const passes = refusal instanceof WixError && !isPermanent(classify(refusal.failure));
  return passes ? refusal : new LabelTooNew(refusal);
}
