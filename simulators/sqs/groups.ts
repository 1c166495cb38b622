import { createSorted, type Sorted } from '../sorted.ts';
import { type Message, MOST_A_RECEIVE } from './message.ts';

/** One message group: while one of its messages is in flight, none of it is handed out. */
export interface Group {
  readonly name: string;
  /** All its messages, in order. */
  readonly messages: Message[];
  /** Counts its settlements, so that an outdated place in a list is known for one. */
  version: number;
}

interface Place {
  /** The order of the oldest message of a free group; when a held one becomes free. */
  readonly at: number;
  readonly serial: number;
  readonly group: Group;
  readonly version: number;
}

/** The groups of a queue: which may be received from, and until when the others are held up. */
export interface Groups {
  get(name: string): Group | undefined;
  /** Puts a message at the end of its group. */
  add(message: Message): void;
  /** Takes a message out of its group; `settle` must follow. */
  drop(message: Message): void;
  /** To be called after messages of a group changed, and for a group that was taken. */
  settle(group: Group): void;
  /** The free group with the oldest message, off the list until it is settled. */
  takeFree(): Group | undefined;
  hasFree(): boolean;
  /** When the next group that is held up becomes free; undefined when none is held up. */
  nextFreeAt(): number | undefined;
}

/** @param now epoch milliseconds */
export function createGroups(now: () => number): Groups {
  const groups = new Map<string, Group>();
  let serial = 0;
  const before = (a: Place, b: Place): boolean =>
    a.at < b.at || (a.at === b.at && a.serial < b.serial);
  const free: Sorted<Place> = createSorted(before);
  const held: Sorted<Place> = createSorted(before);

  function settle(group: Group): void {
    const [oldest] = group.messages;
    group.version += 1;
    serial += 1;
    const place = { serial, group, version: group.version };
    // Only the oldest can be in flight: the others wait until all of those are back or gone.
    const ahead = group.messages.slice(0, MOST_A_RECEIVE);
    const freeAt = Math.max(...ahead.map(({ visibleAt }) => visibleAt));
    if (!oldest) groups.delete(group.name);
    else if (freeAt > now()) held.push({ ...place, at: freeAt });
    else free.push({ ...place, at: oldest.order });
  }

  /** The first place that is not outdated. */
  function first(places: Sorted<Place>): Place | undefined {
    for (let next = places.peek(); next; next = places.peek()) {
      if (next.version === next.group.version) return next;
      places.pop();
    }
    return undefined;
  }

  /** Frees the groups whose time has come. */
  function release(): void {
    for (let next = first(held); next && next.at <= now(); next = first(held)) settle(next.group);
  }

  function firstFree(): Place | undefined {
    release();
    return first(free);
  }

  return {
    get: (name) => groups.get(name),
    add(message) {
      const known = groups.get(message.group);
      const group = known ?? { name: message.group, messages: [], version: 0 };
      groups.set(message.group, group);
      group.messages.push(message);
      if (!known || message.visibleAt > now()) settle(group);
    },
    drop(message) {
      const group = groups.get(message.group);
      if (group) group.messages.splice(group.messages.indexOf(message), 1);
    },
    settle,
    takeFree() {
      const group = firstFree()?.group;
      if (group) group.version += 1;
      return group;
    },
    hasFree: () => firstFree() !== undefined,
    nextFreeAt() {
      release();
      return first(held)?.at;
    },
  };
}
