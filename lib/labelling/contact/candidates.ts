import type { ContactReference } from '../../events/event.ts';
import { log } from '../../runtime/log.ts';
import { classify, type FailureKind } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';
import type { WixSite } from '../../wix/site.ts';
import type { Lookups } from './lookups.ts';
import { type Addresses, meantBy } from './whom.ts';

/** A contact, and what of the reference led to it. */
export interface Candidate {
  readonly id: string;
  readonly by: 'contactId' | 'memberId' | 'email' | 'phone';
}

/**
 * The contacts that a reference may mean besides its contact id, the surest first, each looked up only
 * when the one before it proved to be none. What came as a contact id may be a member's. Where Wix does
 * not tell whose a member id is, the search goes on without; that it was refused is thrown at its end.
 * @throws WixError when a look-up gets no usable answer
 */
export async function* otherCandidates(
  { contactId, memberId, email, phone }: ContactReference,
  wix: WixSite,
  lookups: Lookups,
): AsyncGenerator<Candidate, void, undefined> {
  // That a contact id is a member's is a mere guess: to be refused there is to have guessed wrong.
  if (contactId) yield* given('contactId', await unlessRefused(wix.getMemberContact(contactId)));
  const member = memberId ? await unlessRefused(lookups.byMember(wix, memberId)) : undefined;
  yield* given('memberId', member);
  if (email) yield* given('email', await lookups.byEmail(wix, email));
  const byPhone = phone && (await lookups.byPhone(wix, phone, email));
  if (byPhone) yield* email ? confirmed(byPhone, { email, phone }, wix) : given('phone', byPhone);
  if (member instanceof WixError) throw member;
}

/** That a contact has no e-mail is not for an index to say, which may be behind: it may be another's by now. */
async function* confirmed(
  id: string,
  addresses: Addresses,
  wix: WixSite,
): AsyncGenerator<Candidate, void, undefined> {
  const contact = await wix.getContact(id);
  const by = contact && meantBy(contact, addresses);
  if (by) yield { id: contact.id, by };
}

function* given(
  by: Candidate['by'],
  id: string | WixError | undefined,
): Generator<Candidate, void, undefined> {
  if (typeof id === 'string') yield { id, by };
}

/** Refusals that questions about members may meet where all others are answered: no permission, no members area. */
const REFUSALS: ReadonlySet<FailureKind> = new Set([
  'members-unreadable',
  'bad-request',
  'precondition-failed',
]);

async function unlessRefused<T>(asked: Promise<T>): Promise<T | WixError> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    const { operation, status, code, requestId } = error.failure;
    if (operation === 'createToken' || !REFUSALS.has(classify(error.failure))) throw error;
    log.warn('members-unreadable', { httpStatus: status, wixCode: code, wixRequestId: requestId });
    return error;
  }
}

/** Whom to label, or why there is nobody: Wix insists on a contact that is somebody else's. */
export type Created = Candidate | { readonly refused: WixFailure };

/**
 * Makes a contact of somebody who is none. Where Wix has a contact with such an address already, it names
 * that one: it is used only if it may be theirs. By a phone that a household shares it may be somebody
 * else's; then the contact is made without the phone.
 * @throws WixError when a call gets no usable answer
 */
export async function createTheirs(
  reference: ContactReference,
  wix: Pick<WixSite, 'createContact' | 'getContact'>,
): Promise<Created> {
  const { phone, ...withoutPhone } = reference;
  const created = await createOrMeet(reference, wix);
  if ('id' in created || !phone || !reference.email) return created;
  return createOrMeet(withoutPhone, wix);
}

async function createOrMeet(
  reference: ContactReference,
  wix: Pick<WixSite, 'createContact' | 'getContact'>,
): Promise<Created> {
  const { id, duplicate } = await wix.createContact(reference);
  if (!duplicate) return { id, by: reference.email ? 'email' : 'phone' };
  const contact = await wix.getContact(id);
  const by = contact && meantBy(contact, reference);
  return by ? { id: contact.id, by } : { refused: duplicate };
}
