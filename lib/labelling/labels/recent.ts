import { remember } from '../../runtime/remember.ts';

/** What Wix said of a contact so recently is likely still so. */
const FRESH_MS = 5 * 60_000;
const EFFECTS = 20_000;
/** No process can ask about more contacts than these while what it saw is fresh. */
const CONTACTS = 1_000;

/**
 * What this process knows of each contact's labels of late: when the event happened that had the last
 * say about each, and which labels Wix said the contact has. It lives as long as the process, and other
 * processes do not share it. Times are milliseconds.
 */
export interface RecentEffects {
  /** When the event happened that had its say last about this label of the contact, as far as known. */
  lastSay(contactId: string, name: string): number | undefined;
  /** An event that happened then had its say. */
  say(contactId: string, names: readonly string[], occurredAt: number): void;
  /** An answer of Wix listed the contact's label keys. */
  see(contactId: string, keys: readonly string[], now: number): void;
  /** The keys that the contact was seen to have within the last five minutes. */
  seen(contactId: string, now: number): ReadonlySet<string> | undefined;
  /** What was seen of the contact may no longer hold. */
  invalidate(contactId: string): void;
}

export function createRecentEffects(): RecentEffects {
  const says = new Map<string, number>();
  const sights = new Map<string, { readonly keys: ReadonlySet<string>; readonly at: number }>();
  const keyOf = (contactId: string, name: string): string => `${contactId} ${name}`;

  return {
    lastSay: (contactId, name) => says.get(keyOf(contactId, name)),
    say(contactId, names, occurredAt) {
      for (const name of names) {
        const key = keyOf(contactId, name);
        remember(says, key, Math.max(says.get(key) ?? occurredAt, occurredAt), EFFECTS);
      }
    },
    see(contactId, keys, now) {
      remember(sights, contactId, { keys: new Set(keys), at: now }, CONTACTS);
    },
    seen(contactId, now) {
      const sight = sights.get(contactId);
      return sight && now - sight.at < FRESH_MS ? sight.keys : undefined;
    },
    invalidate(contactId) {
      sights.delete(contactId);
    },
  };
}
