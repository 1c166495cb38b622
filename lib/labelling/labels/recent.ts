import { remember } from '../../runtime/remember.ts';

/** Labels that Wix listed so recently have most likely not changed. */
const FRESH_MS = 5 * 60_000;
const EFFECTS = 20_000;
/** A process cannot ask Wix about more contacts than this within FRESH_MS. */
const CONTACTS = 1_000;

/**
 * What this process knows of each contact's labels: the time of the last write of each label, and the label
 * keys that Wix listed last. The time of a write is when its event happened, so that an older event that
 * comes later changes nothing. Lost with the process, and not shared with others. Times are milliseconds.
 */
export interface RecentEffects {
  /** When the latest event happened that put or took this label, as far as this process knows. */
  lastWriteAt(contactId: string, name: string): number | undefined;
  /** An event that happened then put or took these labels, or found them as it wants them. */
  recordWrite(contactId: string, names: readonly string[], occurredAt: number): void;
  /** An answer of Wix listed the contact's label keys. */
  observe(contactId: string, keys: readonly string[], now: number): void;
  /** The keys that Wix listed, where it did so within the last five minutes. */
  observed(contactId: string, now: number): ReadonlySet<string> | undefined;
  /** The labels of the contact may change: what Wix listed no longer holds. */
  invalidate(contactId: string): void;
}

export function createRecentEffects(): RecentEffects {
  const writes = new Map<string, number>();
  const listings = new Map<string, { readonly keys: ReadonlySet<string>; readonly at: number }>();
  const keyOf = (contactId: string, name: string): string => `${contactId} ${name}`;

  return {
    lastWriteAt: (contactId, name) => writes.get(keyOf(contactId, name)),
    recordWrite(contactId, names, occurredAt) {
      for (const name of names) {
        const key = keyOf(contactId, name);
        remember(writes, key, Math.max(writes.get(key) ?? occurredAt, occurredAt), EFFECTS);
      }
    },
    observe(contactId, keys, now) {
      remember(listings, contactId, { keys: new Set(keys), at: now }, CONTACTS);
    },
    observed(contactId, now) {
      const listing = listings.get(contactId);
      return listing && now - listing.at < FRESH_MS ? listing.keys : undefined;
    },
    invalidate(contactId) {
      listings.delete(contactId);
    },
  };
}
