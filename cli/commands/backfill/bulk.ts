import { byAddress } from '../../../lib/labelling/contact/lookups.ts';
import { createLabelKeys, type LabelKeys } from '../../../lib/labelling/labels/label-keys.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { hasBulkJobEnded, startBulkLabelling } from '../../../lib/wix/bulk.ts';
import type { Call } from '../../../lib/wix/calls/client.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { KEYS_PER_CALL } from '../../../lib/wix/labels.ts';
import { type WixSite, wixSite } from '../../../lib/wix/site.ts';
import type { Rate } from '../../kit/rate.ts';
import { lookOrStop, type Running } from './live.ts';
import { inParts, mayPass, patientCall } from './patient-call.ts';

/**
 * So many customers who ask for the same change are labelled by a bulk job of Wix's. Fifty take about a
 * hundred calls by the queue, and six in bulk: a look-up, three for the job, a check, and one for a label.
 * With fewer it saves too little to wait for a job whose speed nobody has measured.
 */
export const MANY = 50;

const EMAILS_PER_QUERY = 100;
const IDS_PER_JOB = 500;
/** To start a job, and to ask for it twice. */
const CALLS_PER_JOB = 3;

/** A bulk job is given so long before each question whether it has ended. */
const JOB_WAITS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 60_000, 60_000] as const;
/** Queries are late by seconds, as a rule: before each look at the labels. */
const INDEX_WAITS_MS = [1_000, 5_000, 15_000] as const;

type Jobs = readonly LabelJob[];

/** The jobs by the change that they ask for: the changes that many ask for, and that fit one call. */
export function bulkGroups(jobs: Jobs): readonly Jobs[] {
  const byChange = Map.groupBy(jobs, ({ add, remove }) =>
    JSON.stringify([add.toSorted(), remove.toSorted()]),
  );
  return [...byChange.values()].filter(
    (group) =>
      group.length >= MANY &&
      group.every(({ add, remove }) => Math.max(add.length, remove.length) <= KEYS_PER_CALL),
  );
}

/** The calls for groups that Wix labels in bulk, if all goes well; all customers are looked up first. */
export function callsInBulk(groups: readonly Jobs[], customers: number): number {
  if (groups.length === 0) return 0;
  const bulkJobs = groups.reduce((sum, { length }) => sum + Math.ceil(length / IDS_PER_JOB), 0);
  const checks = Math.ceil(groups.flat().length / IDS_PER_JOB);
  const labels = new Set(groups.flatMap(([job]) => [...(job?.add ?? []), ...(job?.remove ?? [])]));
  const lookUps = Math.ceil(customers / EMAILS_PER_QUERY);
  return lookUps + labels.size + bulkJobs * CALLS_PER_JOB + checks;
}

/** Calls a minute while customers are labelled in bulk: what the jobs would take that go at this rate. */
export const bulkRate = ({ perMinute, budget }: Rate): number =>
  Math.ceil(Math.min(budget, 2 * perMinute));

export interface BulkOptions extends Running {
  /** The Wix site that the jobs are for, by its id, and a call of it. */
  readonly id: string;
  readonly call: Call;
}

export interface LabelledInBulk {
  /** The jobs whose contacts have their labels, as they were labelled. All others go to the queue. */
  readonly done: Jobs;
  readonly calls: number;
}

/**
 * Labels the contacts of jobs that ask for the same change by Wix's bulk jobs, and reads whether they have the
 * labels. These are the clear cases only: a customer who is not found by e-mail, shares the contact with
 * another one, or was not changed is left to the workers. It may be cut off anywhere and done again.
 * @throws AbortError; CliFailure where the log cannot be read
 */
export async function labelInBulk(jobs: Jobs, options: BulkOptions): Promise<LabelledInBulk> {
  let calls = 0;
  const call = patientCall(options.call, options, () => {
    calls += 1;
  });
  const bulk = { ...options, call, wix: wixSite(call) };
  const done = new Set<LabelJob>();
  try {
    const contactIds = await findContacts(jobs, bulk);
    const clear = jobs.filter(({ id }) => contactIds.has(id));
    await lookOrStop(options.live);
    const groups = bulkGroups(clear.map((job) => options.live.without(job)));
    const { jobIds, started } = await startAll(groups, contactIds, bulk);
    await waitForAll(jobIds, bulk);
    await findDone(started, done, bulk);
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    options.note(leftToWorkers(error));
  }
  return { done: [...done], calls };
}

const leftToWorkers = ({ message }: WixError): string =>
  `${message}. The workers label these customers one by one.`;

type Bulk = BulkOptions & { readonly wix: WixSite };
type ContactIds = ReadonlyMap<string, string>;

/** The contacts of customers, by job id: of each contact that is one customer's alone. */
async function findContacts(jobs: Jobs, { wix }: Bulk): Promise<ContactIds> {
  const found: (readonly [jobId: string, contactId: string])[] = [];
  await inParts(jobs, EMAILS_PER_QUERY, async (part) => {
    const asks = part.map(({ id, contact: { email = '' } }) => ({ id, email }));
    const answer = await byAddress(wix, 'email', asks);
    for (const [{ id }, contactId] of answer.found) found.push([id, contactId]);
  });
  const byContact = [...Map.groupBy(found, ([, contactId]) => contactId).values()];
  return new Map(byContact.filter(({ length }) => length === 1).flat());
}

/** What is to become of one contact of a bulk job, in label keys. */
interface Started {
  readonly job: LabelJob;
  readonly contactId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

interface StartedJobs {
  /** Wix's ids of the bulk jobs. */
  readonly jobIds: string[];
  readonly started: Started[];
}

async function startAll(groups: readonly Jobs[], contactIds: ContactIds, bulk: Bulk) {
  const all: StartedJobs = { jobIds: [], started: [] };
  const labelKeys = createLabelKeys(bulk.id, bulk.now);
  for (const group of groups) {
    try {
      await startGroup(group, contactIds, labelKeys, all, bulk);
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      bulk.note(leftToWorkers(error));
      // A name that Wix refuses concerns one group; any other answer would come again.
      if (error.failure.operation !== 'findOrCreateLabel' || mayPass(error)) break;
    }
  }
  return all;
}

/** Starts the bulk jobs of a group; none where the site is full: the workers report that. */
async function startGroup(
  group: Jobs,
  contactIds: ContactIds,
  labelKeys: LabelKeys,
  all: StartedJobs,
  { wix, call }: Bulk,
): Promise<void> {
  const [{ add, remove } = { add: [], remove: [] }] = group;
  const { keys } = await labelKeys.resolve(wix, { add, remove });
  if (add.some((name) => !keys.has(name))) return;
  const keysOf = (names: readonly string[]) => names.flatMap((name) => keys.get(name) ?? []);
  // A name to remove that is no label is on nobody.
  const change = { add: keysOf(add), remove: keysOf(remove) };
  if (change.add.length + change.remove.length === 0) return;
  await inParts(group, IDS_PER_JOB, async (part) => {
    const started = part.map((job) => ({ job, contactId: contactIds.get(job.id) ?? '' }));
    const ids = started.map(({ contactId }) => contactId);
    all.jobIds.push(await startBulkLabelling(call, { contactIds: ids, ...change }));
    all.started.push(...started.map((one) => ({ ...one, ...change })));
  });
}

/** Until each job has ended, or Wix does not know it: the contacts show the rest. */
async function waitForAll(jobIds: readonly string[], { call, wait }: Bulk): Promise<void> {
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

/** Adds to `done` the jobs whose contacts have their labels: after several looks, for the index may be behind. */
async function findDone(
  started: readonly Started[],
  done: Set<LabelJob>,
  { wix, wait }: Bulk,
): Promise<void> {
  for (const ms of INDEX_WAITS_MS) {
    const left = started.filter(({ job }) => !done.has(job));
    if (left.length === 0) return;
    await wait(ms);
    await inParts(left, IDS_PER_JOB, async (part) => {
      const values = part.map(({ contactId }) => contactId);
      const { contacts } = await wix.queryContacts({ by: 'id', values });
      const keysOf = new Map(contacts.map(({ id, labelKeys }) => [id, new Set(labelKeys)]));
      for (const one of part) if (isDone(one, keysOf.get(one.contactId))) done.add(one.job);
    });
  }
}

const isDone = ({ add, remove }: Started, keys: ReadonlySet<string> | undefined): boolean =>
  keys !== undefined && add.every((key) => keys.has(key)) && !remove.some((key) => keys.has(key));
