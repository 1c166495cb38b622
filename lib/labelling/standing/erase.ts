import { references } from '../../events/contact.ts';
import { type ContactJobs, type ContactOwner, referenceOwner } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/** Erases what is kept under the references of the jobs: all there is of somebody whom Wix does not know. */
export async function eraseReferences(
  { site, store }: SiteHistory,
  jobs: ContactJobs,
): Promise<void> {
  for (const { contact } of jobs) {
    for (const one of references(contact)) await store.erase(referenceOwner(site, one));
  }
}

/** Erases everything about a contact: history, state, and whatever stands under its references. */
export async function eraseContact(
  history: SiteHistory,
  owner: ContactOwner,
  jobs: ContactJobs,
): Promise<undefined> {
  const { site, store } = history;
  const { state } = await store.read(owner);
  for (const reference of state?.references ?? []) await store.erase({ site, reference });
  for (const contactId of state?.mergedFrom ?? []) await store.erase({ site, contactId });
  await eraseReferences(history, jobs);
  await store.erase(owner);
}

/** Keeps that a source wants erased what it sent; the review of all contacts does it. @returns whether a job asks so */
export async function beginErasure(
  { site, store }: SiteHistory,
  [{ erase, cause }]: ContactJobs,
): Promise<boolean> {
  if (erase !== 'source') return false;
  await store.saveErasure(site, cause.source, Date.parse(cause.receivedAt));
  return true;
}
