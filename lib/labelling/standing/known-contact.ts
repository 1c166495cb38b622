import { KEY_OF, references } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import type { ContactState } from '../../store/store.ts';
import type { WixContact } from '../../wix/contacts.ts';
import type { Candidate } from '../contact/candidates.ts';
import { absorb } from './merged-contacts.ts';
import { referenceOwner } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/** An address may pass to another contact, so what Wix said of it is asked again after this. */
const TRUSTED_MS = 7 * 24 * 3_600_000;

/** The contact that the store knows by the first reference, with no call to Wix. @throws StoreError */
export async function recallContact(
  history: SiteHistory,
  contact: ContactReference,
): Promise<string | undefined> {
  const { site, store, now } = history;
  const [first] = references(contact);
  if (!first || first.by === 'contactId') return undefined;
  const owner = referenceOwner(site, first);
  const { alias, facts } = await store.read(owner);
  if (!alias || now() - alias.checkedAt >= TRUSTED_MS) return undefined;
  if (facts.length > 0) history.recalled.add(owner.reference);
  return alias.contactId;
}

/** Trusts the first e-mail of a contact that Wix has just shown for another while: it still is the contact's. */
export async function confirmAddress(
  { site, store, now }: SiteHistory,
  { id, primaryEmail }: WixContact,
  state: ContactState | undefined,
): Promise<void> {
  if (!primaryEmail) return;
  const { reference } = referenceOwner(site, { by: 'email', key: KEY_OF.email(primaryEmail) });
  if (!state?.references.includes(reference)) return;
  const { alias } = await store.read({ site, reference });
  if (alias?.contactId !== id) return;
  await store.saveAlias(site, reference, { contactId: id, checkedAt: now() });
}

/** Forgets what the store said of the first reference: Wix knows no such contact any more. */
export async function forgetContact(
  history: SiteHistory,
  contact: ContactReference,
  contactId: string,
): Promise<void> {
  const { site, store } = history;
  history.gone = contactId;
  const [first] = references(contact);
  if (first) await store.removeAlias(site, referenceOwner(site, first).reference);
}

/**
 * Wix has named the contact. It inherits the history of the one that the store knew by the same reference, and that Wix
 * does not know any more.
 */
export async function meet(history: SiteHistory, { id, by }: Candidate): Promise<void> {
  history.met.set(id, by);
  if (history.gone !== undefined) await absorb(history, history.gone, id);
  delete history.gone;
}
