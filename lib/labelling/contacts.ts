import type { ContactReference } from '../events/event.ts';
import { log } from '../runtime/log.ts';
import type { WixContact } from '../wix/contacts.ts';
import { WixError } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';

/**
 * The contacts a reference may mean, the surest first, each looked up only when the one before it
 * proved to be none. A contact id may be of a contact merged away (Get Contact then answers with the
 * one that is left) or may be a member's id.
 * @throws WixError when a look-up gets no usable answer
 */
export async function* candidates(
  reference: ContactReference,
  wix: WixSite,
): AsyncGenerator<string, void, undefined> {
  const { contactId, memberId, email, phone } = reference;
  if (contactId) {
    yield contactId;
    const found = await wix.getContact(contactId);
    if (found) yield found.id;
    else yield* given(await memberAtBest(contactId, wix));
  }
  if (memberId) yield* given(await wix.getMemberContact(memberId));
  if (email) yield* given(await byEmail(email, wix));
  if (phone) yield* given(await byPhone(phone, wix));
}

function* given(id: string | undefined): Generator<string, void, undefined> {
  if (id !== undefined) yield id;
}

/** Reading members needs a permission of its own; for a mere guess its lack must not stop the site. */
async function memberAtBest(id: string, wix: WixSite): Promise<string | undefined> {
  try {
    return await wix.getMemberContact(id);
  } catch (error) {
    if (!(error instanceof WixError) || error.failure.status !== 403) throw error;
    log.warn('members-unreadable', { remedy: 'Grant "Read Members" to the API key or app.' });
    return undefined;
  }
}

async function byEmail(email: string, wix: WixSite): Promise<string | undefined> {
  const lower = email.toLowerCase();
  const found = await wix.queryContacts({ by: 'email', values: [...new Set([email, lower])] });
  return best(found, (contact) => contact.primaryEmail?.toLowerCase() === lower);
}

async function byPhone(phone: string, wix: WixSite): Promise<string | undefined> {
  const digits = phone.replace(/[^\d+]/g, '');
  const found = await wix.queryContacts({ by: 'phone', values: [...new Set([phone, digits])] });
  return best(found, (contact) => contact.primaryPhone?.replace(/[^\d+]/g, '') === digits);
}

/** Of several contacts the one whose primary address it is; of several such the oldest. */
function best(
  found: readonly WixContact[],
  isPrimary: (contact: WixContact) => boolean,
): string | undefined {
  const rank = (contact: WixContact): string =>
    `${isPrimary(contact) ? 0 : 1} ${contact.createdDate} ${contact.id}`;
  return [...found].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]?.id;
}
