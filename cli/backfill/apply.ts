import { isForGood, meaningOf } from '../../lib/labelling/policy.ts';
import { digest } from '../../lib/queue/identity.ts';
import { getBulkJob, startBulkLabelling } from '../../lib/wix/bulk.ts';
import type { Call } from '../../lib/wix/client.ts';
import { WixError } from '../../lib/wix/failure.ts';
import type { WixSite } from '../../lib/wix/wix.ts';
import { type ContactKeys, chunks, group, IDS_PER_TASK, type Task } from './groups.ts';
import type { Journal } from './journal.ts';
import { inTasks } from './plan.ts';

/** A job is given so long before it is first asked for, and then so long between questions. */
const JOB_WAITS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 60_000, 60_000] as const;
/** Queries are late by seconds, as a rule: before each look at the result. */
const CHECK_WAITS_MS = [1_000, 5_000, 15_000, 45_000] as const;
const KEYS_PER_CALL = 100;

export interface AtSite {
  readonly wix: WixSite;
  readonly call: Call;
  readonly journal: Journal;
  /** Rejects with an AbortError at Ctrl-C. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly note: (text: string) => void;
}

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

interface StartedJobs {
  readonly jobIds: readonly string[];
  /** Contacts that a job which was not to be had would have labelled. */
  readonly missed: ReadonlySet<string>;
}

/** Where Wix offers no bulk jobs, or not to these credentials, no more are asked for. */
async function startAll(tasks: readonly Task[], site: AtSite): Promise<StartedJobs> {
  const todo = tasks.toReversed();
  const jobIds: string[] = [];
  const missed = new Set<string>();
  let isOff = false;
  for (let task = todo.pop(); task; task = todo.pop()) {
    const answer: Started = isOff ? { refused: 0 } : await start(task, site);
    if ('jobId' in answer) jobIds.push(answer.jobId);
    else if (answer.refused === 400 && task.contactIds.length > 1) todo.push(...halved(task));
    else for (const id of task.contactIds) missed.add(id);
    if (!isOff && 'refused' in answer && answer.refused !== 400) {
      isOff = true;
      site.note(`Wix answers bulk jobs with ${answer.refused}: labelling one contact at a time.`);
    }
  }
  return { jobIds, missed };
}

type Started = { readonly jobId: string } | { readonly refused: number };

function start(task: Task, { call, journal }: AtSite): Promise<Started> {
  const { contactIds, add, remove } = task;
  const step = `bulk ${digest(JSON.stringify([contactIds, add, remove]))}`;
  return journal.once<Started>(step, async () => {
    try {
      return { jobId: await startBulkLabelling(call, task) };
    } catch (error) {
      const { status = 0 } = error instanceof WixError ? error.failure : {};
      if ([400, 403, 404, 428, 501].includes(status)) return { refused: status };
      throw error;
    }
  });
}

function halved(task: Task): Task[] {
  const size = Math.ceil(task.contactIds.length / 2);
  return chunks(task.contactIds, size).map((contactIds) => ({ ...task, contactIds }));
}

/** Until each has ended, or nothing more is to be learnt of it: the contacts tell the rest. */
async function waitForJobs(ids: readonly string[], { call, journal, sleep, note }: AtSite) {
  const isKnown = (id: string) => journal.has(`job ${id}`);
  let waiting = ids.filter((id) => !isKnown(id));
  for (const wait of JOB_WAITS_MS) {
    if (waiting.length === 0) return;
    await sleep(wait);
    for (const id of waiting) {
      const job = await getBulkJob(call, id).catch((error: unknown) => {
        // What refuses to tell of a job says nothing about the job.
        if (error instanceof WixError && error.failure.kind === 'answer') return undefined;
        throw error;
      });
      if (job?.failed) {
        note(`Wix could not change ${job.failed} contacts in a job: they get a call each.`);
      }
      if (job === undefined || job.ended) {
        await journal.once(`job ${id}`, async () => job ?? 'unknown');
      }
    }
    waiting = waiting.filter((id) => !isKnown(id));
  }
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
    for (const keys of chunks(remove, KEYS_PER_CALL)) {
      const has = await wix.unlabelContact(contactId, keys);
      if (keys.some((key) => has.includes(key))) return { problem: 'label-not-applied' };
    }
    return {};
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    const meaning = meaningOf(error.failure);
    if (meaning !== 'contact-not-found' && !isForGood(meaning)) throw error;
    return { problem: meaning };
  }
}
