import type { ReferenceKind } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import { log } from '../../runtime/log.ts';
import { classify, type FailureKind } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';
import type { WixSite } from '../../wix/site.ts';
import type { Lookups } from './lookups.ts';
import { meantBy } from './whom.ts';

/** A contact, and what of the reference led to it. */
export interface Candidate {
  readonly id: string;
  readonly by: ReferenceKind;
}

/**
 * The contacts that a reference may mean, the surest first. Each is looked up only when the one before it
 * proved to be none. What came as a contact id may be a member's. Where Wix refuses to look up the member,
 * the search goes on without it; at its end the refusal is thrown.
 * @throws WixError when a look-up gets no usable answer
 */
export async function* candidates(
  { contactId, memberId, email, phone }: ContactReference,
  wix: WixSite,
  lookups: Lookups,
): AsyncGenerator<Candidate, void, undefined> {
  if (contactId) yield { id: contactId.toLowerCase(), by: 'contactId' };
  const guess = contactId ? await unlessRefused(wix.getMemberContact(contactId)) : undefined;
  // That the contact id is a member's is only a guess: a refusal of it is not thrown.
  if (typeof guess === 'string') yield { id: guess, by: 'contactId' };
  const member = memberId ? await unlessRefused(lookups.byMember(wix, memberId)) : undefined;
  if (typeof member === 'string') yield { id: member, by: 'memberId' };
  const byEmail = email && (await lookups.byEmail(wix, email));
  if (byEmail) yield { id: byEmail, by: 'email' };
  const byPhone = phone && (await lookups.byPhone(wix, phone, email));
  if (byPhone && !email) yield { id: byPhone, by: 'phone' };
  // The index may be behind: only the contact itself shows that it has no other e-mail by now.
  const confirmed = byPhone && email && (await named(byPhone, { email, phone }, wix));
  if (confirmed) yield confirmed;
  if (member instanceof WixError) throw member;
}

/** The contact as Get Contact returns it, if it may be the one that the reference names. */
async function named(
  contactId: string,
  reference: ContactReference,
  wix: Pick<WixSite, 'getContact'>,
): Promise<Candidate | undefined> {
  const contact = await wix.getContact(contactId);
  const by = contact && meantBy(contact, reference);
  return by && { id: contact.id, by };
}

/** Refusals of questions about members where other questions are answered: no permission, no members area. */
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

/** Whom to label; or the refusal, where Wix insists on a contact that is somebody else's. */
export type ContactOrRefusal = Candidate | { readonly refused: WixFailure };

/**
 * Creates the contact of a person. Where Wix names a contact that has such an address already, that one is used
 * if it may be theirs; else the contact is created without the phone, which a household may share.
 * @throws WixError when a call gets no usable answer
 */
export async function createTheirs(
  reference: ContactReference,
  wix: Pick<WixSite, 'createContact' | 'getContact'>,
): Promise<ContactOrRefusal> {
  const { phone, ...withoutPhone } = reference;
  const created = await createOrMeet(reference, wix);
  if ('id' in created || !phone || !reference.email) return created;
  return createOrMeet(withoutPhone, wix);
}

async function createOrMeet(
  reference: ContactReference,
  wix: Pick<WixSite, 'createContact' | 'getContact'>,
): Promise<ContactOrRefusal> {
  const { id, duplicate } = await wix.createContact(reference);
  if (!duplicate) return { id, by: reference.email ? 'email' : 'phone' };
  return (await named(id, reference, wix)) ?? { refused: duplicate };
}
