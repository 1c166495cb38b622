import { remember } from '../runtime/remember.ts';

/** What this process did so recently is likely still so. */
const SETTLED_MS = 5 * 60_000;
/**
 * Events so close to each other count in the order they came: Shopify and Stripe tell whole seconds,
 * clocks differ, and where a sender gives no time it is that of arrival.
 */
const SAME_TIME_MS = 5_000;
const REMEMBERED = 20_000;

type Change = 'add' | 'remove';

interface Effect {
  readonly change: Change;
  /** When the event happened that had its say last. Epoch milliseconds, as are all times here. */
  readonly occurredAt: number;
  readonly appliedAt: number;
}

/** A job's wishes, but for those about which a later event had its say already. */
export interface Plan {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly superseded: readonly string[];
  /** All that is left was done by this process moments ago: it is worth a look before doing it again. */
  readonly likelySettled: boolean;
}

/**
 * What this process did to each contact's labels of late. It lets the event that happened last win
 * when a sender's retry arrives after a newer event, and tells which wishes are likely fulfilled. It
 * lives as long as the process, others do not share it, and so nothing rests on it.
 */
export interface RecentEffects {
  plan(
    contactId: string,
    wanted: { readonly add: readonly string[]; readonly remove: readonly string[] },
    occurredAt: number,
    now: number,
  ): Plan;
  record(
    contactId: string,
    change: Change,
    names: readonly string[],
    occurredAt: number,
    now: number,
  ): void;
}

export function createRecentEffects(): RecentEffects {
  const effects = new Map<string, Effect>();
  const keyOf = (contactId: string, name: string): string => `${contactId} ${name}`;

  return {
    plan(contactId, wanted, occurredAt, now) {
      const superseded: string[] = [];
      let likelySettled = true;
      const sift = (change: Change, names: readonly string[]): string[] =>
        names.filter((name) => {
          const last = effects.get(keyOf(contactId, name));
          if (last && last.occurredAt - occurredAt > SAME_TIME_MS) {
            superseded.push(name);
            return false;
          }
          likelySettled &&= last?.change === change && now - last.appliedAt < SETTLED_MS;
          return true;
        });
      const add = sift('add', wanted.add);
      return { add, remove: sift('remove', wanted.remove), superseded, likelySettled };
    },
    record(contactId, change, names, occurredAt, now) {
      for (const name of names) {
        const key = keyOf(contactId, name);
        const before = effects.get(key)?.occurredAt ?? occurredAt;
        const effect = { change, occurredAt: Math.max(before, occurredAt), appliedAt: now };
        remember(effects, key, effect, REMEMBERED);
      }
    },
  };
}
