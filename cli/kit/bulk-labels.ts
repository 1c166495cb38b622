import type { LabelKeys } from '../../lib/labelling/labels/label-keys.ts';
import { hasBulkJobEnded, startBulkLabelling } from '../../lib/wix/bulk.ts';
import type { Call } from '../../lib/wix/calls/client.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { KEYS_PER_CALL } from '../../lib/wix/labels.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { inParts, mayPass, type Waiting } from './patient-call.ts';

/**
 * So many customers who ask for the same change are labelled by a bulk job of Wix's. Fifty take about a
 * hundred calls by the queue, and six in bulk: a look-up, three for the job, a check, and one for a label.
 * With fewer it saves too little to wait for a job whose speed nobody has measured.
 */
export const MANY = 50;

/** Wix names no limit for the values of a filter, of a bulk job or of a query. */
export const IDS_PER_CALL = 500;
/** To start a job, and to ask for it twice. */
export const CALLS_PER_JOB = 3;

/** A bulk job is given so long before each question whether it has ended. */
const JOB_WAITS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 60_000, 60_000] as const;
/** Queries are late by seconds, as a rule: before each look at the labels. */
const INDEX_WAITS_MS = [1_000, 5_000, 15_000] as const;

/** A change of labels, by their names. */
export interface NamedChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** All by the change that they ask for: the changes that many ask for, and that fit one call. */
export function bulkGroups<T extends NamedChange>(all: readonly T[]): readonly (readonly T[])[] {
  return byChange(all).filter(
    (group) =>
      group.length >= MANY &&
      group.every(({ add, remove }) => Math.max(add.length, remove.length) <= KEYS_PER_CALL),
  );
}

/** All by the change that they ask for. */
export const byChange = <T extends NamedChange>(all: readonly T[]): readonly (readonly T[])[] => [
  ...Map.groupBy(all, ({ add, remove }) =>
    JSON.stringify([add.toSorted(), remove.toSorted()]),
  ).values(),
];

/** Contacts that are to get and to lose the same labels: names, KEYS_PER_CALL at the most of each. */
export interface Alike<T> extends NamedChange {
  readonly members: readonly { readonly of: T; readonly contactId: string }[];
}

export interface BulkWork extends Waiting {
  readonly wix: WixSite;
  readonly call: Call;
  readonly labelKeys: LabelKeys;
  /** Hears of what Wix refused: those contacts are not labelled. */
  readonly refused: (error: WixError) => void;
}

/** What is to become of one contact of a bulk job, in label keys. */
export interface Started<T> extends NamedChange {
  readonly of: T;
  readonly contactId: string;
}

export interface StartedJobs<T> {
  /** Wix's ids of the bulk jobs. */
  readonly jobIds: string[];
  readonly started: Started<T>[];
}

/** Starts the bulk jobs of all groups. @throws AbortError */
export async function startAll<T>(
  groups: readonly Alike<T>[],
  work: BulkWork,
): Promise<StartedJobs<T>> {
  const all: StartedJobs<T> = { jobIds: [], started: [] };
  for (const group of groups) {
    try {
      await startGroup(group, all, work);
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      work.refused(error);
      // A name that Wix refuses concerns one group; any other answer would come again.
      if (error.failure.operation !== 'findOrCreateLabel' || mayPass(error)) break;
    }
  }
  return all;
}

/** Starts the bulk jobs of a group; none where the site is full: the workers report that. */
async function startGroup<T>(
  { add, remove, members }: Alike<T>,
  all: StartedJobs<T>,
  { wix, call, labelKeys }: BulkWork,
): Promise<void> {
  const { keys } = await labelKeys.resolve(wix, { add, remove });
  if (add.some((name) => !keys.has(name))) return;
  const keysOf = (names: readonly string[]) => names.flatMap((name) => keys.get(name) ?? []);
  // A name to remove that is no label is on nobody.
  const change = { add: keysOf(add), remove: keysOf(remove) };
  if (change.add.length + change.remove.length === 0) return;
  await inParts(members, IDS_PER_CALL, async (part) => {
    const contactIds = part.map(({ contactId }) => contactId);
    all.jobIds.push(await startBulkLabelling(call, { contactIds, ...change }));
    all.started.push(...part.map((one) => ({ ...one, ...change })));
  });
}

/** Until each job has ended, or Wix does not know it: the contacts show the rest. @throws AbortError; WixError */
export async function waitForAll(
  jobIds: readonly string[],
  { call, wait }: Pick<BulkWork, 'call' | 'wait'>,
): Promise<void> {
  let open = jobIds;
  for (const ms of JOB_WAITS_MS) {
    if (open.length === 0) return;
    await wait(ms);
    const running: string[] = [];
    for (const id of open) {
      const ended = await hasBulkJobEnded(call, id).catch(undefinedIfRefused);
      if (ended === false) running.push(id);
    }
    open = running;
  }
}

function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof WixError) || mayPass(error)) throw error;
}

/**
 * Adds to `done` whose contacts have their labels: after several looks, for the index may be behind.
 * @throws AbortError; WixError
 */
export async function findDone<T>(
  started: readonly Started<T>[],
  done: Set<T>,
  { wix, wait }: Pick<BulkWork, 'wix' | 'wait'>,
): Promise<void> {
  for (const ms of INDEX_WAITS_MS) {
    const left = started.filter(({ of }) => !done.has(of));
    if (left.length === 0) return;
    await wait(ms);
    await inParts(left, IDS_PER_CALL, async (part) => {
      const values = part.map(({ contactId }) => contactId);
      const { contacts } = await wix.queryContacts({ by: 'id', values });
      const keysOf = new Map(contacts.map(({ id, labelKeys }) => [id, new Set(labelKeys)]));
      for (const one of part) if (isDone(one, keysOf.get(one.contactId))) done.add(one.of);
    });
  }
}

const isDone = <T>({ add, remove }: Started<T>, keys: ReadonlySet<string> | undefined): boolean =>
  keys !== undefined && add.every((key) => keys.has(key)) && !remove.some((key) => keys.has(key));
