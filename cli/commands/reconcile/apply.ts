import type { LabelKeys } from '../../../lib/labelling/labels/label-keys.ts';
import type { Queue } from '../../../lib/queue/queue.ts';
import { reviewJob } from '../../../lib/queue/review-job.ts';
import type { StandingLabels } from '../../../lib/standing/standing.ts';
import { forEachOf } from '../../../lib/store/for-each.ts';
import type { HistoryStore } from '../../../lib/store/store.ts';
import type { Call } from '../../../lib/wix/calls/client.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import type { WixSite } from '../../../lib/wix/site.ts';
import {
  type BulkWork,
  findDone,
  type Started,
  startAll,
  waitForAll,
} from '../../kit/bulk-labels.ts';
import type { Waiting } from '../../kit/patient-call.ts';
import { groupsOf } from './groups.ts';
import { type ContactPlan, type ReconcilePlan, settled } from './plan.ts';

export interface ApplyOptions extends Waiting {
  readonly store: HistoryStore;
  readonly site: string;
  readonly labels: StandingLabels;
  readonly wix: WixSite;
  readonly call: Call;
  readonly labelKeys: LabelKeys;
  readonly queue: Pick<Queue, 'send'>;
  /** Reviews that are queued in a minute. */
  readonly perMinute: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly note: (text: string) => void;
}

export interface Applied {
  /** Contacts that have their labels, as they were planned. */
  readonly done: readonly ContactPlan[];
  /** Contacts that the workers look at: changed meanwhile, or not labelled in bulk. */
  readonly reviews: number;
}

/** A contact whose changes are begun, by the version of the state that says so. */
interface Begun extends ContactPlan {
  readonly plan: ContactPlan;
  readonly version: number;
}

/**
 * Makes the changes of a plan by Wix's bulk jobs, looks whether they are made, and writes down what each contact has
 * then. What is begun is in the store before, so a run that is cut off leaves nothing that nobody makes sure of. A
 * contact of which something was written meanwhile, or that Wix did not label, is left to a review.
 * @throws StoreError, AbortError, and what the AWS client throws
 */
export async function applyPlan(plan: ReconcilePlan, options: ApplyOptions): Promise<Applied> {
  const { store, site, labels, now } = options;
  const tryId = `reconcile-${now().toString(36)}`;
  const begun = await beginAll(plan.changed, tryId, options);
  const labelled = await labelAll(begun, options);
  const done: ContactPlan[] = [];
  await forEachOf([...labelled], async (one) => {
    const state = settled(one, labels, now(), tryId);
    if (await store.saveState({ site, contactId: one.contactId }, state, one.version))
      done.push(one.plan);
  });
  await forEachOf(plan.stale, (one) =>
    store.saveState(
      { site, contactId: one.contactId },
      settled(one, labels, now()),
      one.state.version,
    ),
  );
  const isDone = new Set(done);
  const left = plan.changed.filter((one) => !isDone.has(one));
  await review(left, tryId, options);
  return { done, reviews: left.length };
}

async function beginAll(
  changed: readonly ContactPlan[],
  tryId: string,
  { store, site, now }: ApplyOptions,
): Promise<readonly Begun[]> {
  const begun: Begun[] = [];
  await forEachOf(changed, async (plan) => {
    const { contactId, state, changes } = plan;
    const names = Object.fromEntries(changes.map(({ name, by }) => [name, by]));
    const next = { ...state, begun: { ...state.begun, [tryId]: { names, at: now() } } };
    if (await store.saveState({ site, contactId }, next, state.version)) {
      begun.push({ ...plan, plan, version: state.version + 1 });
    }
  });
  return begun;
}

/** Has Wix label them. @returns those that then have their labels */
async function labelAll(
  begun: readonly Begun[],
  options: ApplyOptions,
): Promise<ReadonlySet<Begun>> {
  const refused = ({ message }: WixError): void =>
    options.note(`${message}. The workers look at these contacts one by one.`);
  const work: BulkWork = { ...options, refused };
  const done = new Set<Begun>();
  try {
    const { jobIds, started } = await startAll(groupsOf(begun), work);
    // The largest was started last, and contacts show more than jobs do: one job is asked for, and not each.
    await waitForAll(jobIds.slice(-1), work);
    await findDone(wholeOnes(started), done, work);
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    refused(error);
  }
  return done;
}

/** One of each contact of whose changes every part was started. */
function wholeOnes(started: readonly Started<Begun>[]): readonly Started<Begun>[] {
  return [...Map.groupBy(started, ({ of }) => of)].flatMap(([of, parts]) => {
    const add = parts.flatMap((part) => part.add);
    const remove = parts.flatMap((part) => part.remove);
    const isWhole = add.length + remove.length === of.changes.length;
    return isWhole ? [{ of, contactId: of.contactId, add, remove }] : [];
  });
}

const AT_ONCE = 10;

async function review(
  left: readonly ContactPlan[],
  occasion: string,
  { queue, site, now, wait, perMinute, signal }: ApplyOptions,
): Promise<void> {
  for (let at = 0; at < left.length; at += AT_ONCE) {
    if (at > 0) await wait((AT_ONCE * 60_000) / perMinute);
    signal.throwIfAborted();
    await forEachOf(left.slice(at, at + AT_ONCE), ({ contactId }) =>
      queue.send(reviewJob({ site, contactId, cause: 'asked', occasion, now: now() })),
    );
  }
}
