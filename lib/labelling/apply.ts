import { KEYS_PER_CALL } from '../wix/contacts.ts';
import { WixError, type WixFailure } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import type { ResolvedKeys } from './keys.ts';
import type { Plan, Wish } from './plan.ts';
import { mayBeStaleKey } from './policy.ts';
import type { SiteMemory } from './site.ts';

/** Thrown when Wix said 200 to a label twice and the contact still does not have it (or still has it). */
export class NotApplied extends Error {
  override readonly name = 'NotApplied';
  readonly operation: 'labelContact' | 'unlabelContact';
  constructor(operation: 'labelContact' | 'unlabelContact') {
    super(`Wix answered ${operation} with 200 and the labels are not as asked for`);
    this.operation = operation;
  }
}

/** What is to be done to one contact, and how far it got: filled in as calls succeed. Label names. */
export interface Progress {
  /** Undefined until there is a contact to plan for. */
  plan: Plan | undefined;
  /** Put or taken, as the plan has it. */
  done: Set<string>;
  /** In place already, as an answer of Wix told. */
  settled: Set<string>;
  /** Those whose label the site has no room for. */
  refused: Set<string>;
  /** The answer that said so. */
  quota: WixFailure | undefined;
}

export const newProgress = (): Progress => ({
  plan: undefined,
  done: new Set(),
  settled: new Set(),
  refused: new Set(),
  quota: undefined,
});

/** One contact, and what may be asked of Wix about it. */
export interface Target {
  readonly wix: WixSite;
  readonly memory: SiteMemory;
  readonly contactId: string;
  readonly now: () => number;
}

type Change = Wish['change'];

/**
 * Puts and takes the labels of one contact: one call each way, and none for what the last answer told.
 * What was in place moments ago and no rule undoes is left alone; what some rule may undo is looked at
 * first, which makes Wix send no `contact_updated`, so an automation that answers labels with events ends.
 * @throws WixError for an answer that ends the try; NotApplied
 */
export async function applyPlan(target: Target, plan: Plan, progress: Progress): Promise<void> {
  const { memory, wix, now } = target;
  Object.assign(progress, newProgress(), { plan });
  if (plan.size === 0) return;
  const keys = await memory.keys.resolve(wix, [...plan.keys()], now());
  noteRefused(plan.keys(), keys, progress);
  const open = await openWishes(target, plan, keys, progress);
  if (await change(target, 'add', open, keys, progress)) {
    // The answer told which labels there are to take.
    settle(target, open, keys, progress, ({ change }) => change === 'remove');
  }
  await change(target, 'remove', open, keys, progress);
}

/**
 * What Earmark put and no rule takes is there for the next minutes. What is to be taken is no rule's to
 * put, perhaps, but then somebody else's: a person's, or an automation's of the site.
 */
const isLasting = ({ change, contested }: Wish): boolean => change === 'add' && !contested;

/** The wishes that a call is to be made for. */
async function openWishes(
  target: Target,
  plan: Plan,
  keys: ResolvedKeys,
  progress: Progress,
): Promise<Map<string, Wish>> {
  const open = new Map([...plan].filter(([name]) => keys.keys.has(name)));
  const { wix, memory, contactId, now } = target;
  settle(target, open, keys, progress, isLasting);
  const likelySettled = [...open.values()].every((wish) => isInPlace(target, wish, keys));
  if (open.size === 0 || !likelySettled) return open;
  const contact = await wix.getContact(contactId);
  if (contact?.id === contactId) {
    memory.recent.see(contactId, contact.labelKeys, now());
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
  { name, change }: Wish,
  { keys, fresh }: ResolvedKeys,
): boolean {
  const seen = memory.recent.seen(contactId, now());
  const has = seen?.has(keys.get(name) ?? '');
  return change === 'add' ? has === true : has === false && fresh.has(name);
}

/** Takes out of `open` what is in place, where `isSure` says that the last answer is good enough. */
function settle(
  target: Target,
  open: Map<string, Wish>,
  keys: ResolvedKeys,
  progress: Progress,
  isSure: (wish: Wish) => boolean,
): void {
  for (const wish of open.values()) {
    if (!isSure(wish) || !isInPlace(target, wish, keys)) continue;
    open.delete(wish.name);
    progress.settled.add(wish.name);
    target.memory.recent.say(target.contactId, [wish.name], wish.occurredAt);
  }
}

function noteRefused(names: Iterable<string>, keys: ResolvedKeys, progress: Progress): void {
  const refused = [...names].filter((name) => keys.refused.includes(name));
  if (refused.length === 0) return;
  for (const name of refused) progress.refused.add(name);
  progress.quota = keys.quota;
}

/** @returns whether there was anything to do */
async function change(
  target: Target,
  kind: Change,
  open: ReadonlyMap<string, Wish>,
  keys: ResolvedKeys,
  progress: Progress,
): Promise<boolean> {
  const wishes = [...open.values()].filter((wish) => wish.change === kind);
  for (let from = 0; from < wishes.length; from += KEYS_PER_CALL) {
    await changeOrRefresh(target, kind, wishes.slice(from, from + KEYS_PER_CALL), keys, progress);
  }
  return wishes.length > 0;
}

/** One call, and where keys prove to be of no label, one more with those labels found again. */
async function changeOrRefresh(
  target: Target,
  kind: Change,
  wishes: readonly Wish[],
  keys: ResolvedKeys,
  progress: Progress,
): Promise<void> {
  const { memory, wix, now } = target;
  const stale = await changeOnce(target, kind, wishes, keys, progress);
  if (stale.length === 0) return;
  const names = stale.map(({ name }) => name);
  memory.keys.forget(names);
  const found = await memory.keys.resolve(wix, names, now());
  noteRefused(names, found, progress);
  const there = stale.filter(({ name }) => found.keys.has(name));
  if (there.length === 0) return;
  const again = await changeOnce(
    target,
    kind,
    there,
    { ...found, remembered: new Set() },
    progress,
    true,
  );
  if (again.length > 0) throw new NotApplied(kind === 'add' ? 'labelContact' : 'unlabelContact');
}

/** @returns those whose keys are stale: Wix did not know them, or the contact is not as asked for */
async function changeOnce(
  { wix, memory, contactId, now }: Target,
  kind: Change,
  wishes: readonly Wish[],
  { keys, remembered }: ResolvedKeys,
  progress: Progress,
  last = false,
): Promise<readonly Wish[]> {
  const keyOf = ({ name }: Wish): string => keys.get(name) ?? '';
  const asked = [...new Set(wishes.map(keyOf))];
  memory.recent.unsee(contactId);
  try {
    const has = await (kind === 'add'
      ? wix.labelContact(contactId, asked)
      : wix.unlabelContact(contactId, asked));
    memory.recent.see(contactId, has, now());
    const isDone = (wish: Wish): boolean => has.includes(keyOf(wish)) === (kind === 'add');
    for (const { name, occurredAt } of wishes.filter(isDone)) {
      memory.keys.confirm([name], now());
      memory.recent.say(contactId, [name], occurredAt);
      progress.done.add(name);
    }
    return wishes.filter((wish) => !isDone(wish));
  } catch (error) {
    if (last || !(error instanceof WixError)) throw error;
    const { failure } = error;
    const isKnown = wishes.some(({ name }) => remembered.has(name));
    // A 404 may be of a key that was found just now.
    if (mayBeStaleKey(failure) && (isKnown || failure.status === 404)) return wishes;
    throw error;
  }
}
