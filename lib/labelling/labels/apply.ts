import { classify, isPermanent, mayBeTheKey } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';
import { KEYS_PER_CALL, removalsOf } from '../../wix/contacts.ts';
import type { WixSite } from '../../wix/site.ts';
import type { LabelKeys, ResolvedKeys, WantedLabels } from './label-keys.ts';
import type { LabelChange, Plan } from './plan.ts';
import type { RecentEffects } from './recent.ts';

/** Wix said 200 to a label and the contact does not have it (or still has it). */
export class NotApplied extends Error {
  override readonly name = 'NotApplied';
  readonly operation: 'labelContact' | 'unlabelContact';
  constructor(operation: 'labelContact' | 'unlabelContact') {
    super(`Wix answered ${operation} with 200 and the labels are not as asked for`);
    this.operation = operation;
  }
}

/**
 * Thrown when Wix refuses keys for good that it gave itself, moments ago: what knows contacts may not know
 * the label yet. `refusal` is what it would mean of any other key.
 */
export class LabelTooNew extends Error {
  override readonly name = 'LabelTooNew';
  readonly refusal: WixError | NotApplied;
  constructor(refusal: WixError | NotApplied) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** What is to be done to one contact, and how far it got: filled in as calls succeed. Label names. */
export interface Progress {
  /** Undefined until there is a contact to plan for. */
  plan: Plan | undefined;
  /** Put or taken, as the plan has it. */
  done: Set<string>;
  /** In place already, as an answer of Wix told. */
  inPlace: Set<string>;
  /** To be taken, and no label's as far as Wix's index knows, which may be behind. */
  absent: Set<string>;
  /** Those whose label the site has no room for. */
  refused: Set<string>;
  /** The answer that said so. */
  quota: WixFailure | undefined;
}

export const newProgress = (): Progress => ({
  plan: undefined,
  done: new Set(),
  inPlace: new Set(),
  absent: new Set(),
  refused: new Set(),
  quota: undefined,
});

/** One contact, and what may be asked of Wix about it. */
export interface Target {
  readonly wix: WixSite;
  readonly memory: { readonly keys: LabelKeys; readonly recent: RecentEffects };
  readonly contactId: string;
  readonly now: () => number;
}

type Change = LabelChange['change'];

/**
 * Puts and takes the labels of one contact: one call each way, and none for what the last answer told.
 * What was in place moments ago and no rule undoes is left alone; what some rule may undo is looked at
 * first, which makes Wix send no `contact_updated`, so an automation that answers labels with events ends.
 * @throws WixError for an answer that ends the try; LabelTooNew
 */
export async function applyPlan(target: Target, plan: Plan, progress: Progress): Promise<void> {
  const { memory, wix, now } = target;
  Object.assign(progress, newProgress(), { plan });
  if (plan.size === 0) return;
  const keys = await memory.keys.resolve(wix, wantedOf(plan.values()), now());
  noteKeyless(target, plan.values(), keys, progress, progress.absent);
  const open = await openWishes(target, plan, keys, progress);
  if (await change(target, 'add', open, keys, progress)) {
    // The answer told which labels there are to take.
    settle(target, open, keys, progress, ({ change }) => change === 'remove');
  }
  await change(target, 'remove', open, keys, progress);
}

function wantedOf(wishes: Iterable<LabelChange>): WantedLabels {
  const { add = [], remove = [] } = Object.groupBy(wishes, ({ change }) => change);
  const names = (some: readonly LabelChange[]): string[] => some.map(({ name }) => name);
  return { add: names(add), remove: names(remove) };
}

/**
 * What Earmark put and no rule takes is there for the next minutes. What is to be taken is no rule's to
 * put, perhaps, but then somebody else's: a person's, or an automation's of the site.
 */
const isLasting = ({ change, reversible }: LabelChange): boolean => change === 'add' && !reversible;

/** The wishes that a call is to be made for. */
async function openWishes(
  target: Target,
  plan: Plan,
  keys: ResolvedKeys,
  progress: Progress,
): Promise<Map<string, LabelChange>> {
  const open = new Map([...plan].filter(([name]) => keys.keys.has(name)));
  const { wix, memory, contactId, now } = target;
  settle(target, open, keys, progress, isLasting);
  const likelySettled = [...open.values()].every((wish) => isInPlace(target, wish, keys));
  if (open.size === 0 || !likelySettled) return open;
  const contact = await wix.getContact(contactId);
  if (contact?.id === contactId) {
    memory.recent.observe(contactId, contact.labelKeys, now());
    settle(target, open, keys, progress, () => true);
  }
  return open;
}

/**
 * As far as Wix's last answer about the contact, of the last minutes, tells. That a key is not on the
 * contact tells something only while it is the label's.
 */
function isInPlace(
  { memory, contactId, now }: Target,
  { name, change }: LabelChange,
  { keys, fresh }: ResolvedKeys,
): boolean {
  const seen = memory.recent.observed(contactId, now());
  const has = seen?.has(keys.get(name) ?? '');
  return change === 'add' ? has === true : has === false && fresh.has(name);
}

/** Takes out of `open` what is in place, where `isSure` says that the last answer is good enough. */
function settle(
  target: Target,
  open: Map<string, LabelChange>,
  keys: ResolvedKeys,
  progress: Progress,
  isSure: (wish: LabelChange) => boolean,
): void {
  for (const wish of open.values()) {
    if (!isSure(wish) || !isInPlace(target, wish, keys)) continue;
    open.delete(wish.name);
    noteSettled(target, wish, progress);
  }
}

function noteSettled({ memory, contactId }: Target, wish: LabelChange, progress: Progress): void {
  progress.inPlace.add(wish.name);
  memory.recent.recordWrite(contactId, [wish.name], wish.occurredAt);
}

/** What is no label goes to `keyless`: it is on nobody; what a full site has no room for cannot be put. */
function noteKeyless(
  target: Target,
  wishes: Iterable<LabelChange>,
  { absent, refused, quota }: ResolvedKeys,
  progress: Progress,
  keyless: Set<string>,
): void {
  for (const wish of wishes) {
    if (absent.includes(wish.name)) {
      keyless.add(wish.name);
      target.memory.recent.recordWrite(target.contactId, [wish.name], wish.occurredAt);
    }
    if (!refused.includes(wish.name)) continue;
    progress.refused.add(wish.name);
    progress.quota = quota;
  }
}

/** @returns whether there was anything to do */
async function change(
  target: Target,
  kind: Change,
  open: ReadonlyMap<string, LabelChange>,
  keys: ResolvedKeys,
  progress: Progress,
): Promise<boolean> {
  const wishes = [...open.values()].filter((wish) => wish.change === kind);
  for (const some of callsFor(target.contactId, kind, wishes, keys)) {
    await changeOrRefresh(target, kind, some, keys, progress);
  }
  return wishes.length > 0;
}

function callsFor(
  contactId: string,
  kind: Change,
  wishes: readonly LabelChange[],
  { keys }: ResolvedKeys,
): readonly (readonly LabelChange[])[] {
  if (kind === 'remove') return removalsOf(contactId, wishes, keyIn(keys));
  return Array.from({ length: Math.ceil(wishes.length / KEYS_PER_CALL) }, (_, index) =>
    wishes.slice(index * KEYS_PER_CALL, (index + 1) * KEYS_PER_CALL),
  );
}

const keyIn =
  (keys: ReadonlyMap<string, string>) =>
  ({ name }: LabelChange): string =>
    keys.get(name) ?? '';

/**
 * One call. Where it is refused because of its keys, as it seems, those that were not had just now are
 * forgotten and had anew, and there is one more call. A key that is new even so is given time.
 */
async function changeOrRefresh(
  target: Target,
  kind: Change,
  wishes: readonly LabelChange[],
  keys: ResolvedKeys,
  progress: Progress,
): Promise<void> {
  const { memory, wix, now } = target;
  const refused = await changeOnce(target, kind, wishes, keys.keys, progress);
  if (!refused) return;
  const old = refused.wishes.filter(({ name }) => !keys.young.has(name));
  if (old.length === 0) throw inTime(refused.refusal);
  memory.keys.forget(old.map(({ name }) => name));
  const found = await memory.keys.resolve(wix, wantedOf(old), now());
  // Wix refuses the key, and its index knows no other: the label is gone.
  noteKeyless(target, old, found, progress, progress.inPlace);
  const all = new Map(keys.keys);
  for (const { name } of old) all.delete(name);
  for (const [name, key] of found.keys) all.set(name, key);
  const there = refused.wishes.filter(({ name }) => all.has(name));
  for (const some of callsFor(target.contactId, kind, there, { ...found, keys: all })) {
    const again = await changeOnce(target, kind, some, all, progress);
    if (again) throw inTime(again.refusal);
  }
}

/** What passes is tried again all the same; what is for good is, of a new key, not for good yet. */
function inTime(refusal: WixError | NotApplied): WixError | LabelTooNew {
  const passes = refusal instanceof WixError && !isPermanent(classify(refusal.failure));
  return passes ? refusal : new LabelTooNew(refusal);
}

interface Refused {
  readonly refusal: WixError | NotApplied;
  /** Those that are not done. */
  readonly wishes: readonly LabelChange[];
}

/** @returns what was refused because Wix does not know a key, as it seems. @throws WixError */
async function changeOnce(
  { wix, memory, contactId, now }: Target,
  kind: Change,
  wishes: readonly LabelChange[],
  keys: ReadonlyMap<string, string>,
  progress: Progress,
): Promise<Refused | undefined> {
  const keyOf = keyIn(keys);
  const asked = [...new Set(wishes.map(keyOf))];
  const operation = kind === 'add' ? 'labelContact' : 'unlabelContact';
  memory.recent.invalidate(contactId);
  try {
    const has = await wix[operation](contactId, asked);
    memory.recent.observe(contactId, has, now());
    const isDone = (wish: LabelChange): boolean => has.includes(keyOf(wish)) === (kind === 'add');
    for (const { name, occurredAt } of wishes.filter(isDone)) {
      memory.keys.confirm(name, kind, now());
      memory.recent.recordWrite(contactId, [name], occurredAt);
      progress.done.add(name);
    }
    const left = wishes.filter((wish) => !isDone(wish));
    return left.length > 0 ? { refusal: new NotApplied(operation), wishes: left } : undefined;
  } catch (error) {
    if (!(error instanceof WixError) || !mayBeTheKey(error.failure)) throw error;
    return { refusal: error, wishes };
  }
}
