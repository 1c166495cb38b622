import { digest } from '../../../lib/runtime/digest.ts';
import { classify, isPermanent } from '../../../lib/wix/calls/classify.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { KEYS_PER_CALL, removalsOf } from '../../../lib/wix/contacts.ts';
import { type ContactKeys, chunks, group, IDS_PER_TASK } from './groups.ts';
import { startAll, waitForJobs } from './jobs.ts';
import { inTasks } from './plan.ts';
import type { AtSite } from './session.ts';

/** Queries are late by seconds, as a rule: before each look at the result. */
const CHECK_WAITS_MS = [1_000, 5_000, 15_000, 45_000] as const;

/** What became of those who were to be labelled. */
export interface Applied {
  /** Contacts that have all they should. */
  readonly done: ReadonlySet<string>;
  /** Contacts that could not be labelled, and why. */
  readonly failed: ReadonlyMap<string, string>;
  /** Contacts that no bulk job labelled, but calls of their own. */
  readonly alone: number;
}

/**
 * Labels contacts with the fewest calls: bulk jobs where many want the same, whose result is looked at, and
 * a call each for the rest and for those a job did not reach. Each step is in the journal before the next.
 * @param fresh contacts made moments ago, which no index shows yet: always a call each
 * @throws WixError for what ends the run; AbortError
 */
export async function labelAll(
  wanted: readonly ContactKeys[],
  fresh: readonly ContactKeys[],
  site: AtSite,
): Promise<Applied> {
  const { tasks, singles } = group(wanted);
  const { jobIds, missed } = await startAll(tasks, site);
  await waitForJobs(jobIds, site);
  const inJobs = inTasks({ tasks, singles });
  const bulk = wanted.filter(({ contactId }) => inJobs.has(contactId));
  const left = await notYet(
    bulk.filter(({ contactId }) => !missed.has(contactId)),
    site,
  );
  const alone = [...singles, ...bulk.filter(({ contactId }) => missed.has(contactId)), ...left];
  const failed = await labelAlone([...alone, ...fresh], site);
  const done = new Set([...wanted, ...fresh].map(({ contactId }) => contactId));
  for (const id of failed.keys()) done.delete(id);
  return { done, failed, alone: alone.length + fresh.length };
}

/** Those that have not what they should, after several looks: the index may be behind. */
async function notYet(wanted: readonly ContactKeys[], site: AtSite): Promise<ContactKeys[]> {
  let left = [...wanted];
  for (const [round, wait] of CHECK_WAITS_MS.entries()) {
    if (left.length === 0) break;
    const looks = chunks(left, IDS_PER_TASK);
    const isAhead = looks.some((look) => !site.journal.has(stepOf(round, look)));
    if (isAhead) await site.sleep(wait);
    const still: ContactKeys[] = [];
    for (const look of looks) {
      const wrong = await site.journal.once(stepOf(round, look), () => notDone(look, site.wix));
      still.push(...look.filter(({ contactId }) => wrong.includes(contactId)));
    }
    left = still;
  }
  return left;
}

const stepOf = (round: number, look: readonly ContactKeys[]): string =>
  `check ${round} ${digest(JSON.stringify(look))}`;

/** @returns the ids of those that have not what they should, as far as Wix's index knows */
async function notDone(
  look: readonly ContactKeys[],
  wix: AtSite['wix'],
): Promise<readonly string[]> {
  const ids = look.map(({ contactId }) => contactId);
  try {
    const { contacts } = await wix.queryContacts({ by: 'id', values: ids });
    const has = new Map(contacts.map(({ id, labelKeys }) => [id, new Set(labelKeys)]));
    return ids.filter((id, i) => !isDone(look[i], has.get(id)));
  } catch (error) {
    const isRefused = error instanceof WixError && error.failure.status === 400;
    if (!isRefused || look.length === 1) throw error;
    const halves = chunks(look, Math.ceil(look.length / 2));
    const wrong: string[] = [];
    for (const half of halves) wrong.push(...(await notDone(half, wix)));
    return wrong;
  }
}

const isDone = (wanted: ContactKeys | undefined, has: ReadonlySet<string> | undefined): boolean =>
  has !== undefined &&
  (wanted?.add ?? []).every((key) => has.has(key)) &&
  !wanted?.remove.some((key) => has.has(key));

/** @returns why it could not be done, by contact */
async function labelAlone(
  wanted: readonly ContactKeys[],
  site: AtSite,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const one of wanted) {
    const { contactId, add, remove } = one;
    const step = `alone ${digest(JSON.stringify([contactId, add, remove]))}`;
    const { problem } = await site.journal.once(step, () => labelOne(one, site));
    if (problem) failed.set(contactId, problem);
  }
  return failed;
}

async function labelOne(
  { contactId, add, remove }: ContactKeys,
  { wix }: AtSite,
): Promise<{ problem?: string }> {
  try {
    for (const keys of chunks(add, KEYS_PER_CALL)) {
      const has = await wix.labelContact(contactId, keys);
      if (!keys.every((key) => has.includes(key))) return { problem: 'label-not-applied' };
    }
    for (const keys of removalsOf(contactId, remove, (key) => key)) {
      const has = await wix.unlabelContact(contactId, keys);
      if (keys.some((key) => has.includes(key))) return { problem: 'label-not-applied' };
    }
    return {};
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    const meaning = classify(error.failure);
    if (meaning !== 'contact-not-found' && !isPermanent(meaning)) throw error;
    return { problem: meaning };
  }
}
