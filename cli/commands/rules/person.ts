import type { KeptFact } from '../../../lib/history/fact.ts';
import { keptOf, mergeKept } from '../../../lib/history/merge.ts';
import type { Verb } from '../../../lib/rules/changes.ts';
import type { Evaluation, StandingLabels } from '../../../lib/standing/standing.ts';
import type { Tried } from './try.ts';

/** Somebody as they are after some events: their history, and the labels that came of it. */
export interface Person {
  readonly facts: readonly KeptFact[];
  /** What rules did last with each label. */
  readonly byRules: ReadonlyMap<string, ByRule>;
  /** The standing labels that are on, with the ids of their definitions. */
  readonly held: ReadonlyMap<string, string>;
  /** What could not be decided when the person was last looked at. */
  readonly undecided: Evaluation['undecided'];
  /** When a label may next change by time alone. Epoch milliseconds. */
  readonly nextAt: number | undefined;
}

interface ByRule {
  readonly verb: Verb;
  readonly rule: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Somebody without a history. */
export const STRANGER: Person = {
  facts: [],
  byRules: new Map(),
  held: new Map(),
  undecided: [],
  nextAt: undefined,
};

/** The person after a delivery that came in at a time (epoch milliseconds). */
export function afterDelivery(
  person: Person,
  standing: StandingLabels | undefined,
  tried: Tried,
  at: number,
): Person {
  const before = afterTime(person, standing, at);
  if (tried.kind !== 'events') return before;
  const facts = mergeKept(before.facts, keptOf(tried.facts));
  const byRules = new Map([...before.byRules, ...changesOf(tried, at)]);
  return reviewed({ ...before, facts, byRules }, standing, at);
}

/** What became of each name, with the rule that decided. */
const changesOf = (
  { verdicts, ...changes }: Extract<Tried, { kind: 'events' }>,
  at: number,
): readonly (readonly [string, ByRule])[] =>
  (['add', 'remove'] as const).flatMap((verb) =>
    changes[verb].map((name) => {
      const { rule = '' } = verdicts.findLast((one) => one[verb].includes(name)) ?? {};
      return [name, { verb, rule, at }] as const;
    }),
  );

/** The person at a later time: looked at each time that a label may change, as the reviews of a deployment do. */
export function afterTime(
  person: Person,
  standing: StandingLabels | undefined,
  until: number,
): Person {
  let now = person;
  while (now.nextAt !== undefined && now.nextAt <= until) {
    const at = now.nextAt;
    now = reviewed(now, standing, at);
    if (now.nextAt !== undefined && now.nextAt <= at) throw new Error('time stands still');
  }
  return now;
}

/** What cannot be decided stays as it is. */
function reviewed(person: Person, standing: StandingLabels | undefined, at: number): Person {
  if (standing === undefined) return person;
  const { wanted, undecided, nextAt } = standing.evaluate(person.facts, at);
  const open = new Set<string>(undecided.map(({ by }) => by));
  const kept = [...person.held].filter(([, by]) => open.has(by));
  return { ...person, held: new Map([...kept, ...wanted]), undecided, nextAt };
}

/** The labels that are on the person, sorted. A standing label is never a rule's to change. */
export function labelsOf(
  { byRules, held }: Person,
  standing: StandingLabels | undefined,
): readonly string[] {
  const given = [...byRules].flatMap(([name, { verb }]) =>
    verb === 'add' && !standing?.names.has(name) ? [name] : [],
  );
  return [...new Set([...given, ...held.keys()])].sort();
}
