import { type ContactReference, phoneDigits } from '../events/event.ts';
import { log } from '../runtime/log.ts';
import type { WixContact } from '../wix/contacts.ts';
import { WixError } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import { type Meaning, meaningOf } from './policy.ts';

/**
 * The contacts that a reference may mean besides its contact id, the surest first, each looked up only
 * when the one before it proved to be none. What came as a contact id may be a member's.
 * @throws WixError when a look-up gets no usable answer
 */
export async function* otherCandidates(
  { contactId, memberId, email, phone }: ContactReference,
  wix: WixSite,
): AsyncGenerator<string, void, undefined> {
  if (contactId) yield* given(await memberAtBest(contactId, wix));
  if (memberId) yield* given(await wix.getMemberContact(memberId));
  if (email) yield* given(await byEmail(email, wix));
  if (phone) yield* given(await byPhone(phone, wix));
}

function* given(id: string | undefined): Generator<string, void, undefined> {
  if (id !== undefined) yield id;
}

/** A refusal that this one question may meet where all others are answered: no permission, no members area. */
const REFUSALS: ReadonlySet<Meaning> = new Set([
  'credentials',
  'bad-request',
  'precondition-failed',
]);

/** Asks whether an id is a member's. It is a mere guess, so to be refused must not stop the search. */
async function memberAtBest(id: string, wix: WixSite): Promise<string | undefined> {
  try {
    return await wix.getMemberContact(id);
  } catch (error) {
    if (!(error instanceof WixError) || error.failure.status === 401) throw error;
    const { operation, status, code, requestId } = error.failure;
    if (operation !== 'getMember' || !REFUSALS.has(meaningOf(error.failure))) throw error;
    log.warn('members-unreadable', { httpStatus: status, wixCode: code, wixRequestId: requestId });
    return undefined;
  }
}

async function byEmail(email: string, wix: WixSite): Promise<string | undefined> {
  const lower = email.toLowerCase();
  const found = await wix.queryContacts({ by: 'email', values: [...new Set([email, lower])] });
  return best(found, (contact) => contact.primaryEmail?.toLowerCase() === lower);
}

async function byPhone(phone: string, wix: WixSite): Promise<string | undefined> {
  const digits = phoneDigits(phone);
  const found = await wix.queryContacts({ by: 'phone', values: [...new Set([phone, digits])] });
  return best(
    found,
    ({ primaryPhone }) => primaryPhone !== undefined && phoneDigits(primaryPhone) === digits,
  );
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
