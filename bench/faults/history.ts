import type { LabelJob } from '../../lib/queue/job.ts';
import type { LogLine } from '../../simulators/deployment/output.ts';
import type { Message } from '../../simulators/sqs/message.ts';
import type { ContactChange, WixSimulator } from '../../simulators/wix/simulator.ts';
import type { LabelHistory, LabelWrite, Request } from './verdict.ts';

/** Someone whom events are about. */
export interface Person {
  /** What events name. */
  readonly by: LabelJob['contact'];
  readonly missing: LabelJob['missing'];
  /** At Wix. Undefined until there is one; another one after a merge. */
  contactId: string | undefined;
}

interface SentEvent {
  readonly person: Person;
  readonly job: LabelJob;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Records what events requested and what really changed at Wix, for `verdict.ts`. */
export interface History {
  readonly people: readonly Person[];
  readonly sent: readonly SentEvent[];
  record(sent: SentEvent): void;
  /** What the simulated Wix reports. */
  changed(change: ContactChange): void;
  /** What somebody does at the dashboard: deletes a label, merges contacts. */
  byHand(act: () => void): void;
  /** What became of every label of every person, at the end of a run. */
  labels(lines: readonly LogLine[], deadLetters: readonly Message[]): readonly LabelHistory[];
}

/** @param now epoch milliseconds */
export function createHistory(
  simulator: WixSimulator,
  people: readonly Person[],
  now: () => number,
): History {
  const sent: SentEvent[] = [];
  const changes: (LabelWrite & { readonly person: Person; readonly name: string })[] = [];
  const names = new Map<string, string>();
  const owners = new Map<string, Person>();

  function nameOf(siteId: string, key: string): string {
    if (!names.has(key)) {
      for (const label of simulator.labels(siteId)) names.set(label.key, label.displayName);
    }
    return names.get(key) ?? key;
  }

  /** A contact that the worker creates is assigned to its person at its first change. */
  function ownerOf(contactId: string): Person | undefined {
    const known = owners.get(contactId) ?? people.find((one) => one.contactId === contactId);
    if (known) {
      owners.set(contactId, known);
      return known;
    }
    const email = simulator.contact(contactId)?.primaryInfo.email;
    const person = people.find(({ contactId: id, by }) => id === undefined && by.email === email);
    if (person) {
      person.contactId = contactId;
      owners.set(contactId, person);
    }
    return person;
  }

  const labelsOf = ({ contactId }: Person): Set<string> =>
    new Set(contactId === undefined ? [] : simulator.labelNamesOf(contactId));

  return {
    people,
    sent,
    record: (one) => sent.push(one),
    changed({ siteId, contactId, addedLabelKeys, removedLabelKeys }) {
      const person = ownerOf(contactId);
      if (!person) return;
      const record = (keys: readonly string[], has: boolean): void => {
        for (const key of keys) {
          changes.push({ at: now(), person, name: nameOf(siteId, key), has, byHand: false });
        }
      };
      record(addedLabelKeys, true);
      record(removedLabelKeys, false);
    },
    byHand(act) {
      const before = new Map(people.map((person) => [person, labelsOf(person)]));
      act();
      for (const [person, had] of before) {
        const has = labelsOf(person);
        for (const name of new Set([...had, ...has])) {
          if (had.has(name) === has.has(name)) continue;
          changes.push({ at: now(), person, name, has: has.has(name), byHand: true });
        }
      }
    },
    labels(lines, deadLetters) {
      const requests = requestsOf(sent, reportsOf(lines), heldBy(deadLetters));
      const byPerson = Map.groupBy(changes, ({ person }) => person);
      return people.flatMap((person) => {
        const has = labelsOf(person);
        const changed = Map.groupBy(byPerson.get(person) ?? [], ({ name }) => name);
        const requested = requests.get(person) ?? new Map<string, Request[]>();
        const all = new Set([...has, ...changed.keys(), ...requested.keys()]);
        return [...all].map((name) => ({
          person: JSON.stringify(person.by),
          name,
          requests: requested.get(name) ?? [],
          changes: changed.get(name) ?? [],
          has: has.has(name),
        }));
      });
    },
  };
}

/** When each label of each event was first reported done, by `event name`. */
type Reports = ReadonlyMap<string, { readonly at: number; readonly inPlace: boolean }>;

function reportsOf(lines: readonly LogLine[]): Reports {
  const reports = new Map<string, { at: number; inPlace: boolean }>();
  for (const { at, outcome, eventId, added, removed, inPlace } of lines) {
    if (outcome !== 'done') continue;
    const untouched = new Set(inPlace as string[]);
    for (const name of [...(added as string[]), ...(removed as string[]), ...untouched]) {
      const key = `${eventId} ${name}`;
      if (!reports.has(key)) reports.set(key, { at, inPlace: untouched.has(name) });
    }
  }
  return reports;
}

/** What dead letters hold, as `event name`. */
function heldBy(deadLetters: readonly Message[]): ReadonlySet<string> {
  return new Set(
    deadLetters.flatMap(({ body }) => {
      const { cause, add, remove } = JSON.parse(body) as LabelJob;
      return [...add, ...remove].map((name) => `${cause.eventId} ${name}`);
    }),
  );
}

function requestsOf(
  sent: readonly SentEvent[],
  reports: Reports,
  dead: ReadonlySet<string>,
): ReadonlyMap<Person, Map<string, Request[]>> {
  const requests = new Map<Person, Map<string, Request[]>>();
  for (const { person, job, at } of sent) {
    const its = requests.get(person) ?? new Map<string, Request[]>();
    requests.set(person, its);
    const event = job.cause.eventId;
    for (const name of [...job.add, ...job.remove]) {
      const report = reports.get(`${event} ${name}`);
      const list = its.get(name) ?? [];
      its.set(name, list);
      list.push({
        event,
        has: job.add.includes(name),
        sentAt: at,
        doneAt: report?.at,
        inPlace: report?.inPlace ?? false,
        dead: dead.has(`${event} ${name}`),
        reversible: job.reversible?.includes(name) ?? true,
      });
    }
  }
  return requests;
}
