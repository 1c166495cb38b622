import { hash } from 'node:crypto';
import { type Fact, type FactState, factKey, type KeptFact } from './fact.ts';

/** What the latest event of one type said of one thing. */
export type KeptState = KeptFact['states'][string];

/** The JSON with the keys of every object in order, so that equal states have equal text however they were made. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, one]) => [key, ordered(one)]));
}

/**
 * What decides between two states of one time: the greater text stays. Digits of a hash, so that a database orders them
 * as JavaScript does.
 */
export const tieOf = (state: FactState): string =>
  hash('sha256', JSON.stringify(ordered(state))).slice(0, 32);

/**
 * Whether a state takes the place of another of the same thing and type: it is the later one, or of two at one time the
 * one with the greater `tieOf`.
 */
export function replaces(state: KeptState, other: KeptState): boolean {
  if (state.at !== other.at) return state.at > other.at;
  return tieOf(state.state) > tieOf(other.state);
}

/** One fact as it is kept. */
const keptFact = ({ kind, source, id, type, at, state }: Fact): KeptFact => ({
  kind,
  source,
  id,
  states: { [type]: { at, state } },
});

/**
 * What is known after both: of each thing and event type the latest state. In whatever order, grouping and number facts
 * are merged, what is known at the end is the same. In the order of `factKey`.
 */
export function mergeKept(a: readonly KeptFact[], b: readonly KeptFact[]): KeptFact[] {
  const found = new Map<string, KeptFact>();
  for (const fact of [...a, ...b]) {
    const key = factKey(fact);
    const before = found.get(key);
    found.set(key, before === undefined ? fact : mergedFact(before, fact));
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, fact]) => fact);
}

function mergedFact(a: KeptFact, b: KeptFact): KeptFact {
  const states = new Map(Object.entries(a.states));
  for (const [type, state] of Object.entries(b.states)) {
    const before = states.get(type);
    if (before === undefined || replaces(state, before)) states.set(type, state);
  }
  return { ...a, states: Object.fromEntries([...states].sort(byType)) };
}

const byType = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

/** What is known of each thing that the facts are about. */
export const keptOf = (facts: readonly Fact[]): KeptFact[] => mergeKept(facts.map(keptFact), []);
