import type { KeptFact } from '../history/fact.ts';
import type { History as PlainHistory } from '../history/history.ts';
import { boundariesOf, historyAt } from '../history/view.ts';
import type { Compiled } from './definitions.ts';
import { History, type Values } from './values.ts';

/** The steps for making a history, for each fact. */
const STEPS_A_FACT = 4;

/** Facts in all histories that are kept at a time: each holds its own values of them. */
const MOST_KEPT = 50_000;

/** The facts of one contact, for all times at which they are looked at. */
export interface Look {
  /** What is known at a present, or was known at a time before. Both epoch milliseconds. */
  history(now: number, asOf?: number): History;
  /** When a history that is looked at through these windows can become another. @param retentionMs none: never ends */
  boundaries(windows: readonly number[], retentionMs?: number): readonly number[];
}

export function createLook(
  { steps, note, retentionMs }: Pick<Compiled, 'steps' | 'note' | 'retentionMs'>,
  facts: readonly KeptFact[],
): Look {
  const values: Values = { note, made: new WeakMap() };
  const ends = boundariesOf(facts, [retentionMs]);
  const times = boundariesOf(facts, []);
  // What is known is the same until something is too old, and what was known until something else was said.
  const histories = new Map<string, PlainHistory>();
  const plainAt = (now: number, asOf?: number): PlainHistory => {
    const key = `${upTo(ends, now)} ${asOf === undefined ? 'all' : upTo(times, asOf)}`;
    const history = histories.get(key) ?? historyAt(facts, { now, asOf, retentionMs });
    if (histories.size * facts.length > MOST_KEPT) histories.clear();
    histories.set(key, history);
    return history;
  };
  return {
    history(now, asOf) {
      steps.take(STEPS_A_FACT * facts.length);
      return new History(plainAt(now, asOf), asOf ?? now, values);
    },
    boundaries: (windows, retention) => boundariesOf(facts, windows, retention),
  };
}

/** How many of the times have come. */
const upTo = (times: readonly number[], now: number): number =>
  times.filter((time) => time <= now).length;
