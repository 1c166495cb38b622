import { firstReference, references } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import { createMemory } from '../../runtime/memory.ts';
import type { Candidate } from './candidates.ts';

/** An address may pass to another contact, so it is looked up again after this. */
const KNOWN_MS = 10 * 60_000;
const MOST_CONTACTS = 20_000;

/** What one process knows of the contacts of one site. */
export function createContactMemory(clock: () => number) {
  const ids = createMemory<string>({ most: MOST_CONTACTS, ttlMs: KNOWN_MS, clock });
  return {
    /** The contact that a reference means, where that is known without asking Wix. */
    recall: (reference: ContactReference): string | undefined =>
      ids.get(firstReference(reference)) ?? reference.contactId?.toLowerCase(),
    /** Keeps what the first reference led to; what another one led to may differ next time. */
    learn(reference: ContactReference, { id, by }: Candidate): void {
      const [first] = references(reference);
      if (by === first?.by) ids.set(firstReference(reference), id);
    },
    forget: (reference: ContactReference) => ids.delete(firstReference(reference)),
  };
}
