import { createMemory } from '../../runtime/memory.ts';

/** Labels that Wix listed so recently have most likely not changed. */
const LISTED_MS = 5 * 60_000;
/** A process cannot ask Wix about more contacts than this within LISTED_MS. */
const MOST_CONTACTS = 1_000;
const MOST_WRITES = 20_000;

/** What this process knows of the labels of each contact. It is lost with the process, and not shared. */
export type LabelMemory = ReturnType<typeof createLabelMemory>;

export function createLabelMemory(clock: () => number) {
  const writes = createMemory<number>({ most: MOST_WRITES });
  const listings = createMemory<ReadonlySet<string>>({
    most: MOST_CONTACTS,
    ttlMs: LISTED_MS,
    clock,
  });
  const keyOf = (contactId: string, name: string): string => `${contactId} ${name}`;
  const lastWriteAt = (contactId: string, name: string): number | undefined =>
    writes.get(keyOf(contactId, name));

  return {
    /** When the latest event happened that put or took this label. An older event changes nothing. */
    lastWriteAt,
    /** An event of this time put or took the label, or found it as it wants it. */
    recordWrite(contactId: string, name: string, occurredAt: number): void {
      const last = lastWriteAt(contactId, name) ?? occurredAt;
      writes.set(keyOf(contactId, name), Math.max(last, occurredAt));
    },
    /** An answer of Wix listed the label keys of the contact. */
    observe: (contactId: string, keys: readonly string[]) => listings.set(contactId, new Set(keys)),
    /** The keys that Wix listed within the last five minutes. */
    observed: (contactId: string) => listings.get(contactId),
    /** The labels of the contact may change: what Wix listed no longer holds. */
    invalidate: (contactId: string) => listings.delete(contactId),
  };
}
