import { byAddress } from '../../../lib/labelling/contact/lookups.ts';
import { createLabelKeys } from '../../../lib/labelling/labels/label-keys.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import type { Call } from '../../../lib/wix/calls/client.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { type WixSite, wixSite } from '../../../lib/wix/site.ts';
import {
  type Alike,
  bulkGroups,
  CALLS_PER_JOB,
  findDone,
  IDS_PER_CALL,
  startAll,
  waitForAll,
} from '../../kit/bulk-labels.ts';
import { inParts, patientCall } from '../../kit/patient-call.ts';
import type { Rate } from '../../kit/rate.ts';
import { lookOrStop, type Running } from './live.ts';

const EMAILS_PER_QUERY = 100;

type Jobs = readonly LabelJob[];

/** The calls for groups that Wix labels in bulk, if all goes well; all customers are looked up first. */
export function callsInBulk(groups: readonly Jobs[], customers: number): number {
  if (groups.length === 0) return 0;
  const bulkJobs = groups.reduce((sum, { length }) => sum + Math.ceil(length / IDS_PER_CALL), 0);
  const checks = Math.ceil(groups.flat().length / IDS_PER_CALL);
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
  const refused = (error: WixError): void => options.note(leftToWorkers(error));
  const labelKeys = createLabelKeys(options.id, options.now);
  const bulk = { ...options, call, wix: wixSite(call), labelKeys, refused };
  const done = new Set<LabelJob>();
  try {
    const contactIds = await findContacts(jobs, bulk);
    const clear = jobs.filter(({ id }) => contactIds.has(id));
    await lookOrStop(options.live);
    const groups = bulkGroups(clear.map((job) => options.live.without(job)));
    const { jobIds, started } = await startAll(
      groups.map((group) => alike(group, contactIds)),
      bulk,
    );
    await waitForAll(jobIds, bulk);
    await findDone(started, done, bulk);
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    refused(error);
  }
  return { done: [...done], calls };
}

const leftToWorkers = ({ message }: WixError): string =>
  `${message}. The workers label these customers one by one.`;

type ContactIds = ReadonlyMap<string, string>;

/** The contacts of customers, by job id: of each contact that is one customer's alone. */
async function findContacts(jobs: Jobs, { wix }: { readonly wix: WixSite }): Promise<ContactIds> {
  const found: (readonly [jobId: string, contactId: string])[] = [];
  await inParts(jobs, EMAILS_PER_QUERY, async (part) => {
    const asks = part.map(({ id, contact: { email = '' } }) => ({ id, email }));
    const answer = await byAddress(wix, 'email', asks);
    for (const [{ id }, contactId] of answer.found) found.push([id, contactId]);
  });
  const byContact = [...Map.groupBy(found, ([, contactId]) => contactId).values()];
  return new Map(byContact.filter(({ length }) => length === 1).flat());
}

function alike(group: Jobs, contactIds: ContactIds): Alike<LabelJob> {
  const [{ add, remove } = { add: [], remove: [] }] = group;
  const members = group.map((of) => ({ of, contactId: contactIds.get(of.id) ?? '' }));
  return { add, remove, members };
}
