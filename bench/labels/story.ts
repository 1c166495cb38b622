import { SITE, type Simulation } from '../../simulators/deployment/simulation.ts';
import type { ContactChange } from '../../simulators/wix/simulator.ts';

/** What happened to people and their contacts, for where a label is wrong. */
export interface Stories {
  /** The run that they are of. */
  at(it: Simulation): void;
  tell(person: number, what: string): void;
  born(person: number, contactId: string): void;
  changed(change: ContactChange): void;
  /** All lines about these people, in order, and what the store holds of their contact. */
  of(people: readonly number[], contactId: string): Promise<readonly string[]>;
}

interface Line {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

export function createStories(): Stories {
  const lines: Line[] = [];
  const ids = new Map<number, string>();
  let run: Simulation | undefined;

  const add = (who: string, what: string): void => {
    lines.push({ at: run?.clock.now() ?? 0, who, what });
  };

  return {
    at(it) {
      run = it;
    },
    tell: (person, what) => add(`person ${person}`, what),
    born(person, contactId) {
      ids.set(person, contactId);
      add(`person ${person}`, `is contact ${contactId}`);
    },
    changed({ contactId, addedLabelKeys: added, removedLabelKeys: removed }) {
      if (added.length + removed.length === 0) return;
      add(contactId, `Wix: on ${added.join(', ') || 'none'}; off ${removed.join(', ') || 'none'}`);
    },
    async of(people, contactId) {
      const all = people.flatMap((person) => [`person ${person}`, ids.get(person) ?? '']);
      const found = lines.filter(({ who }) => all.includes(who));
      const record = await run?.standing?.store.store.read({ site: SITE, contactId });
      return [
        ...found.map(({ at, who, what }) => `${new Date(at).toISOString()} ${who} ${what}`),
        `store: ${JSON.stringify(record)}`,
      ];
    },
  };
}
