import { createHeap, type Heap } from '../heap.ts';
import type { Message } from './message.ts';

/** One message group: while one of its messages is in flight, none of it is handed out. */
export interface Group {
  readonly name: string;
  /** All its messages, in order. */
  readonly messages: Message[];
  inFlight: Message[];
  /** Counts the changes of `inFlight`, so that an outdated appointment is known for one. */
  version: number;
}

interface Appointment {
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
  /** To be called after what is in flight of a group changed, and for a group that was taken. */
  settle(group: Group): void;
  /** The free group with the oldest message, off the list until it is settled. */
  takeFree(): Group | undefined;
  hasFree(): boolean;
  /** When the next group that is held up becomes free; undefined when none is held up. */
  nextFreeAt(): number | undefined;
  held(): readonly Group[];
}

/** @param now epoch milliseconds */
export function createGroups(now: () => number): Groups {
  const groups = new Map<string, Group>();
  let serial = 0;
  const age = ({ messages }: Group): number => messages[0]?.order ?? 0;
  const free: Heap<Group> = createHeap((a, b) => age(a) < age(b));
  const held: Heap<Appointment> = createHeap(
    (a, b) => a.at < b.at || (a.at === b.at && a.serial < b.serial),
  );

  function settle(group: Group): void {
    group.version += 1;
    group.inFlight = group.inFlight.filter(({ visibleAt }) => visibleAt > now());
    if (group.inFlight.length > 0) {
      const at = Math.max(...group.inFlight.map(({ visibleAt }) => visibleAt));
      serial += 1;
      held.push({ at, serial, group, version: group.version });
    } else if (group.messages.length > 0) free.push(group);
    else groups.delete(group.name);
  }

  /** Forgets outdated appointments, and frees the groups whose time has come. */
  function release(): void {
    for (let next = held.peek(); next; next = held.peek()) {
      const isCurrent = next.version === next.group.version;
      if (isCurrent && next.at > now()) return;
      held.pop();
      if (isCurrent) settle(next.group);
    }
  }

  return {
    get: (name) => groups.get(name),
    add(message) {
      const group = groups.get(message.group);
      if (group) {
        group.messages.push(message);
        return;
      }
      const fresh = { name: message.group, messages: [message], inFlight: [], version: 0 };
      groups.set(message.group, fresh);
      free.push(fresh);
    },
    drop(message) {
      const group = groups.get(message.group);
      if (!group) return;
      group.messages.splice(group.messages.indexOf(message), 1);
      group.inFlight = group.inFlight.filter((other) => other !== message);
    },
    settle,
    takeFree() {
      release();
      return free.pop();
    },
    hasFree() {
      release();
      return free.peek() !== undefined;
    },
    nextFreeAt() {
      release();
      return held.peek()?.at;
    },
    held: () =>
      groups
        .values()
        .filter(({ inFlight }) => inFlight.length > 0)
        .toArray(),
  };
}
