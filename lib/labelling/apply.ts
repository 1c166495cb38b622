import { WixError, type WixFailure } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import type { ResolvedKeys } from './keys.ts';
import { meaningOf } from './policy.ts';
import type { Plan } from './recent.ts';
import type { SiteMemory } from './site.ts';

/** Label Contact and Unlabel Contact take so many keys a call. */
const KEYS_PER_CALL = 100;

/** Thrown when Wix said 200 to a label twice and the contact still does not have it (or still has it). */
export class NotApplied extends Error {
  override readonly name = 'NotApplied';
  readonly operation: 'labelContact' | 'unlabelContact';
  constructor(operation: 'labelContact' | 'unlabelContact') {
    super(`Wix answered ${operation} with 200 and the labels are not as asked for`);
    this.operation = operation;
  }
}

/** What was asked of one contact, and how far it got: it is filled in as calls succeed. */
export interface Progress {
  readonly added: string[];
  readonly removed: string[];
  /** In place already: a look at the contact told so. */
  settled: readonly string[];
  /** Left alone because a later event had its say. */
  superseded: readonly string[];
  /** Names whose label the site has no room for, with the answer that said so. */
  refused: Refused | undefined;
}

export interface Refused {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly quota: WixFailure | undefined;
}

export const newProgress = (): Progress => ({
  added: [],
  removed: [],
  settled: [],
  superseded: [],
  refused: undefined,
});

interface Target {
  readonly wix: WixSite;
  readonly memory: SiteMemory;
  readonly contactId: string;
  readonly occurredAt: number;
  readonly now: () => number;
}

type Change = 'add' | 'remove';

/**
 * Puts and takes the labels of one contact. Where all of it was done moments ago, a look comes first:
 * it makes Wix send no `contact_updated`, so that an automation which answers labels with events ends.
 * @throws WixError for an answer that ends the try; NotApplied
 */
export async function applyLabels(
  target: Target,
  wanted: { readonly add: readonly string[]; readonly remove: readonly string[] },
  progress: Progress,
): Promise<void> {
  const { memory, wix, contactId, occurredAt, now } = target;
  const plan = memory.recent.plan(contactId, wanted, occurredAt, now());
  progress.superseded = plan.superseded;
  const names = [...plan.add, ...plan.remove];
  if (names.length === 0) return;
  const keys = await memory.keys.resolve(wix, names, now());
  if (plan.likelySettled && (await isSettled(target, plan, keys))) {
    memory.recent.record(contactId, 'add', plan.add, occurredAt, now());
    memory.recent.record(contactId, 'remove', plan.remove, occurredAt, now());
    progress.settled = names;
    return;
  }
  noteRefused('add', plan.add, keys, progress);
  noteRefused('remove', plan.remove, keys, progress);
  await change(target, 'add', withKey(plan.add, keys), keys, progress);
  await change(target, 'remove', withKey(plan.remove, keys), keys, progress);
}

async function isSettled(
  { wix, contactId }: Target,
  { add, remove }: Plan,
  { keys }: ResolvedKeys,
): Promise<boolean> {
  const contact = await wix.getContact(contactId);
  if (contact?.id !== contactId) return false;
  const has = (name: string): boolean => contact.labelKeys.includes(keys.get(name) ?? '');
  return add.every(has) && !remove.some(has);
}

const withKey = (names: readonly string[], { keys }: ResolvedKeys): string[] =>
  names.filter((name) => keys.has(name));

function noteRefused(
  kind: Change,
  names: readonly string[],
  keys: ResolvedKeys,
  progress: Progress,
): void {
  const refused = names.filter((name) => keys.refused.includes(name));
  if (refused.length === 0) return;
  const before = progress.refused ?? { add: [], remove: [], quota: keys.quota };
  progress.refused = { ...before, [kind]: [...before[kind], ...refused] };
}

async function change(
  target: Target,
  kind: Change,
  names: readonly string[],
  keys: ResolvedKeys,
  progress: Progress,
): Promise<void> {
  for (let from = 0; from < names.length; from += KEYS_PER_CALL) {
    const chunk = names.slice(from, from + KEYS_PER_CALL);
    const done = await changeOrRefresh(target, kind, chunk, keys, progress);
    target.memory.recent.record(target.contactId, kind, done, target.occurredAt, target.now());
    progress[kind === 'add' ? 'added' : 'removed'].push(...done);
  }
}

/** One call, and where a key proves to be of no label, one more with the labels found again. */
async function changeOrRefresh(
  target: Target,
  kind: Change,
  names: readonly string[],
  keys: ResolvedKeys,
  progress: Progress,
): Promise<readonly string[]> {
  const { memory, wix, now } = target;
  const stale = await changeOnce(target, kind, names, keys);
  if (stale.length === 0) return names;
  memory.keys.forget(stale);
  const fresh = await memory.keys.resolve(wix, names, now());
  noteRefused(kind, names, fresh, progress);
  const there = withKey(names, fresh);
  if (there.length === 0) return [];
  const again = await changeOnce(target, kind, there, { ...fresh, remembered: new Set() }, true);
  if (again.length > 0) throw new NotApplied(kind === 'add' ? 'labelContact' : 'unlabelContact');
  return there;
}

/** @returns the names whose keys are stale: Wix did not know them, or the contact is not as asked for. */
async function changeOnce(
  { wix, contactId }: Target,
  kind: Change,
  names: readonly string[],
  { keys, remembered }: ResolvedKeys,
  last = false,
): Promise<readonly string[]> {
  const keyOf = (name: string): string => keys.get(name) ?? '';
  const asked = [...new Set(names.map(keyOf))];
  try {
    const has = new Set(
      await (kind === 'add'
        ? wix.labelContact(contactId, asked)
        : wix.unlabelContact(contactId, asked)),
    );
    return names.filter((name) => has.has(keyOf(name)) !== (kind === 'add'));
  } catch (error) {
    if (last || !(error instanceof WixError)) throw error;
    const meaning = meaningOf(error.failure);
    if (meaning === 'label-unknown') return names;
    if (meaning === 'bad-request' && names.some((name) => remembered.has(name))) return names;
    throw error;
  }
}
