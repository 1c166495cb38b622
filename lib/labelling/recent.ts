/** A label that was put or taken so recently is not touched again by an event that wants the same. */
const SETTLED_MS = 5 * 60_000;
const REMEMBERED = 20_000;
const NEVER = Number.NEGATIVE_INFINITY;

type Change = 'add' | 'remove';

interface Effect {
  readonly change: Change;
  /** When the event happened that had its say last. Epoch milliseconds, as are all times here. */
  readonly occurredAt: number;
  readonly appliedAt: number;
}

/** What is left to do of a job, and what is not done because a later event was here before. */
export interface Plan {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Asked for, and in place already since moments ago. */
  readonly settled: readonly string[];
  readonly superseded: readonly string[];
}

/**
 * What this process did to each contact's labels of late. It lets the event that happened last win
 * when a sender's retry arrives after a newer event, and it ends loops: an automation of the site
 * that answers a label with an event which earns the same label again finds nothing to do. It lives
 * as long as the process, so it helps, and nothing rests on it.
 */
export interface RecentEffects {
  /** Sifts what is wanted. A settled label takes on the later event's time. */
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
  /** Labels turned out to be deleted: they are settled nowhere. Who had their say last still counts. */
  unsettle(names: readonly string[]): void;
}

export function createRecentEffects(): RecentEffects {
  const effects = new Map<string, Effect>();
  const keyOf = (contactId: string, name: string): string => `${contactId} ${name}`;
  const nameOf = (key: string): string => key.slice(key.indexOf(' ') + 1);

  return {
    plan(contactId, wanted, occurredAt, now) {
      const settled: string[] = [];
      const superseded: string[] = [];
      const sift = (change: Change, names: readonly string[]): string[] =>
        names.filter((name) => {
          const key = keyOf(contactId, name);
          const last = effects.get(key);
          if (!last) return true;
          if (last.occurredAt > occurredAt) {
            superseded.push(name);
            return false;
          }
          if (last.change !== change || now - last.appliedAt >= SETTLED_MS) return true;
          effects.set(key, { ...last, occurredAt });
          settled.push(name);
          return false;
        });
      const add = sift('add', wanted.add);
      return { add, remove: sift('remove', wanted.remove), settled, superseded };
    },
    record(contactId, change, names, occurredAt, now) {
      for (const name of names) {
        const key = keyOf(contactId, name);
        effects.delete(key);
        effects.set(key, { change, occurredAt, appliedAt: now });
        if (effects.size > REMEMBERED) effects.delete(effects.keys().next().value ?? '');
      }
    },
    unsettle(names) {
      const gone = new Set(names);
      for (const [key, effect] of effects) {
        if (gone.has(nameOf(key))) effects.set(key, { ...effect, appliedAt: NEVER });
      }
    },
  };
}
