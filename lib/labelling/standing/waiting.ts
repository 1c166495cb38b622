import type { LabelJob } from '../../queue/job.ts';
import type { JobDone } from '../outcome.ts';
import { eraseReferences } from './erase.ts';
import { updateState } from './merged-contacts.ts';
import { factsOfJobs } from './owner-facts.ts';
import { type ContactJobs, waitingOwner } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/**
 * Keeps what the jobs say of somebody who is no contact yet, and finds out which standing labels wait for the person
 * to become one (`history.awaited`). A review of a contact that is gone is the last one.
 * @throws StoreError
 */
export async function keepWaiting(history: SiteHistory, jobs: ContactJobs): Promise<void> {
  const { site, store, labels, now } = history;
  const [{ contact, review }] = jobs;
  history.awaited = [];
  if (jobs.some(({ erase }) => erase === 'person')) return eraseReferences(history, jobs);
  const { contactId } = contact;
  if (review !== undefined && contactId) return endReviews(history, contactId);
  const owner = waitingOwner(site, contact) ?? (contactId ? { site, contactId } : undefined);
  const facts = factsOfJobs(jobs);
  if (!owner || facts.length === 0) return;
  await store.addFacts(owner, facts);
  const { facts: all, cut } = await store.read(owner);
  history.awaited = cut ? [] : [...labels.evaluate(all, now()).wanted.keys()];
}

const endReviews = (history: SiteHistory, contactId: string): Promise<void> =>
  updateState(history, { site: history.site, contactId }, (state) =>
    state.dueAt === undefined ? undefined : { ...state, dueAt: undefined },
  );

/** Whether a job is about standing labels alone: where it ends without a contact, its facts wait in the store. */
export const isOfHistoryAlone = ({ v, add, remove }: LabelJob): boolean =>
  v === 2 && add.length + remove.length === 0;

/** What such a job becomes when the contact was waited for long enough. */
export const FACTS_WAIT: JobDone = {
  kind: 'done',
  reason: 'no-such-contact',
  added: [],
  removed: [],
  inPlace: [],
  superseded: [],
};
