import type { Said } from './deeds.ts';

/** What is true at Wix, and what of it came in. People are numbers. */
export interface Knowledge {
  /** Somebody got a contact. */
  born(person: number, contactId: string): void;
  /** Their contact came in by name. */
  met(person: number): void;
  came(person: number, said: Said): void;
  /** @returns the ids of both contacts; undefined where they are not two */
  merge(
    from: number,
    into: number,
    now: number,
  ): { readonly from: string; readonly into: string } | undefined;
  merged(from: number): void;
  /** The id by which Wix knew somebody at a time (epoch milliseconds), if they have a contact by now. */
  nameAt(person: number, time: number): string | undefined;
  /** Contacts of which all that is needed came in, with everybody that each is, and what came in about them. */
  known(): readonly KnownContact[];
}

interface KnownContact {
  readonly contactId: string;
  readonly people: readonly number[];
  readonly said: readonly Said[];
}

export function createKnowledge(): Knowledge {
  const contacts = new Map<number, string>();
  const meets = new Set<number>();
  const intos = new Map<number, { readonly into: number; readonly at: number }>();
  /** Merged at Wix, which has not come in. */
  const open = new Set<number>();
  const said = new Map<number, Said[]>();

  function personAt(person: number, time: number): number {
    const merge = intos.get(person);
    return merge === undefined || merge.at > time ? person : personAt(merge.into, time);
  }
  const lastly = (person: number): number => personAt(person, Number.POSITIVE_INFINITY);

  return {
    born: (person, contactId) => void contacts.set(person, contactId),
    met: (person) => void meets.add(person),
    came: (person, one) => void said.set(person, [...(said.get(person) ?? []), one]),
    merge(from, into, now) {
      const [source, target] = [lastly(from), lastly(into)];
      const [sourceId, targetId] = [contacts.get(source), contacts.get(target)];
      const isOne = source === target || source !== from;
      if (isOne || sourceId === undefined || targetId === undefined) return undefined;
      intos.set(source, { into: target, at: now });
      open.add(source);
      return { from: sourceId, into: targetId };
    },
    merged: (from) => void open.delete(from),
    nameAt: (person, time) => contacts.get(personAt(person, time)),
    known() {
      const groups = Map.groupBy([...contacts.keys()], lastly);
      return [...groups].flatMap(([person, people]) => {
        const contactId = contacts.get(person);
        const isKnown = people.every((one) => meets.has(one) && !open.has(one));
        if (contactId === undefined || !isKnown) return [];
        return [{ contactId, people, said: people.flatMap((one) => said.get(one) ?? []) }];
      });
    },
  };
}
