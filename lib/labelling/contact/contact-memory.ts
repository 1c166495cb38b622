import type { ContactReference } from '../../events/event.ts';
import { referenceOf } from '../../queue/identity.ts';
import { remember } from '../../runtime/remember.ts';
import type { Candidate } from './candidates.ts';

/** An address may pass to another contact, so it is looked up again after this. */
const KNOWN_MS = 10 * 60_000;
const REMEMBERED = 20_000;

/** Which contact a reference proved to mean, for a while. Times are milliseconds. */
export interface KnownContacts {
  recall(reference: ContactReference, now: number): string | undefined;
  /** Keeps what was found by the reference's first field; by another field it may be somebody else next time. */
  learn(reference: ContactReference, found: Candidate, now: number): void;
  /** What was known proved wrong. */
  forget(reference: ContactReference): void;
}

/** What one process knows of one site's contacts. */
export function createKnownContacts(): KnownContacts {
  const known = new Map<string, { readonly contactId: string; readonly learntAt: number }>();
  return {
    recall(reference, now) {
      const memory = known.get(referenceOf(reference));
      return memory && now - memory.learntAt < KNOWN_MS ? memory.contactId : undefined;
    },
    learn(reference, { id, by }, now) {
      const { contactId, memberId, email } = reference;
      const first = contactId ? 'contactId' : memberId ? 'memberId' : email ? 'email' : 'phone';
      if (by !== first) return;
      remember(known, referenceOf(reference), { contactId: id, learntAt: now }, REMEMBERED);
    },
    forget(reference) {
      known.delete(referenceOf(reference));
    },
  };
}
