import { firstReference } from '../../../lib/events/contact.ts';
import type { CustomerEvent, SourceName } from '../../../lib/events/event.ts';
import type { LabelChanges } from '../../../lib/rules/changes.ts';
import type { PastDelivery } from '../../kit/target.ts';
import { afterDelivery, afterTime, labelsOf, type Person, STRANGER } from './person.ts';
import { type Trial, type Tried, tryPayload } from './try.ts';

/** What two rules files make of one thing: the rules that run, and others. */
export interface Both<T> {
  readonly before: T;
  readonly after: T;
}

export interface ComparedDelivery extends Both<LabelChanges> {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly source: SourceName;
  readonly topic: string;
  readonly types: readonly string[];
  /** An e-mail address, a phone number or an id; undefined where it names nobody. */
  readonly who: string | undefined;
  readonly differs: boolean;
}

/** The labels that somebody has after all of the deliveries, and the time since: those of rules, and standing ones. */
interface ComparedPerson extends Both<readonly string[]> {
  readonly who: string;
}

export interface FailedRule {
  readonly rule: string;
  /** On how many of the deliveries it fails, and why on the first of them. */
  readonly count: number;
  readonly reason: string;
}

export interface Comparison {
  readonly deliveries: readonly ComparedDelivery[];
  readonly failures: Both<readonly FailedRule[]>;
  /** Those whose labels differ; empty where neither file has standing labels. */
  readonly people: readonly ComparedPerson[];
}

/**
 * What other rules would have made of deliveries, beside what the rules that run make of them.
 * @param past oldest first; what is known of a person is taken to begin with them
 * @param now epoch milliseconds: until then standing labels come and go
 */
export function compareRules(
  trials: Both<Trial>,
  past: readonly PastDelivery[],
  now: number,
): Comparison {
  const tried = past.map((one) => {
    const payload = { source: one.source, delivery: one.delivery, notes: [] };
    const before = tryPayload(trials.before, payload);
    return { past: one, before, after: tryPayload(trials.after, payload) };
  });
  const keepsHistory = trials.before.standing || trials.after.standing;
  return {
    deliveries: tried.map(compared),
    failures: {
      before: failuresIn(tried.map(({ before }) => before)),
      after: failuresIn(tried.map(({ after }) => after)),
    },
    people: keepsHistory ? peopleIn(trials, tried, now) : [],
  };
}

interface TriedTwice extends Both<Tried> {
  readonly past: PastDelivery;
}

const NO_CHANGES: LabelChanges = { add: [], remove: [] };

function compared({ past, before, after }: TriedTwice): ComparedDelivery {
  const { id, source, delivery } = past;
  const changes = { before: changesOf(before), after: changesOf(after) };
  const events = eventsOf(before) ?? eventsOf(after);
  const ignored = before.kind === 'ignored' ? before.topic : '';
  return {
    id,
    time: new Date(delivery.receivedAt).toISOString(),
    source,
    topic: events?.[0].topic ?? ignored,
    types: events?.map(({ type }) => type) ?? [],
    who: events && whoOf(events[0]),
    differs: !isSame(changes.before, changes.after),
    ...changes,
  };
}

const eventsOf = (tried: Tried) => (tried.kind === 'events' ? tried.events : undefined);

const changesOf = (tried: Tried): LabelChanges =>
  tried.kind === 'events' ? { add: tried.add, remove: tried.remove } : NO_CHANGES;

const isSame = (a: LabelChanges, b: LabelChanges): boolean =>
  haveSame(a.add, b.add) && haveSame(a.remove, b.remove);

/** In whatever order. */
const haveSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

function whoOf({ contact }: CustomerEvent): string | undefined {
  const { email, phone, contactId, memberId } = contact;
  return email ?? phone ?? contactId ?? memberId;
}

function failuresIn(tried: readonly Tried[]): readonly FailedRule[] {
  const failed = tried.flatMap((one) =>
    one.kind !== 'events'
      ? []
      : one.verdicts.flatMap(({ rule, failure }) => (failure ? [{ rule, reason: failure }] : [])),
  );
  return [...Map.groupBy(failed, ({ rule }) => rule)].map(([rule, all]) => ({
    rule,
    count: all.length,
    reason: all[0]?.reason ?? '',
  }));
}

/** Whoever is named in the same way is one person. */
function peopleIn(
  trials: Both<Trial>,
  tried: readonly TriedTwice[],
  now: number,
): readonly ComparedPerson[] {
  const people = new Map<string, Both<Person> & { readonly who: string }>();
  for (const one of tried) {
    const event = (eventsOf(one.before) ?? eventsOf(one.after))?.[0];
    const key = event && firstReference(event.contact);
    if (!key) continue;
    const at = one.past.delivery.receivedAt;
    const known = people.get(key) ?? { before: STRANGER, after: STRANGER };
    people.set(key, {
      who: whoOf(event) ?? key,
      before: afterDelivery(known.before, trials.before.standing, one.before, at),
      after: afterDelivery(known.after, trials.after.standing, one.after, at),
    });
  }
  const labelsNow = (person: Person, { standing }: Trial) =>
    labelsOf(afterTime(person, standing, now), standing);
  return [...people.values()]
    .map(({ who, before, after }) => ({
      who,
      before: labelsNow(before, trials.before),
      after: labelsNow(after, trials.after),
    }))
    .filter(({ before, after }) => !haveSame(before, after));
}
