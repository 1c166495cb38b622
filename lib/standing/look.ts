import type { KeptFact } from '../history/fact.ts';
import type { History as PlainHistory } from '../history/history.ts';
import { boundariesOf, historyAt } from '../history/view.ts';
import type { Compiled } from './definitions.ts';
import { History, type Values } from './values.ts';

/** The steps for making a history, for each fact. */
const STEPS_A_FACT = 4;

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
  // Everything that is known is the same until something is too old.
  let latest: { readonly ended: number; readonly history: PlainHistory } | undefined;
  const wholeAt = (now: number): PlainHistory => {
    const ended = ends.filter((time) => time <= now).length;
    if (latest?.ended !== ended) {
      latest = { ended, history: historyAt(facts, { now, retentionMs }) };
    }
    return latest.history;
  };
  return {
    history(now, asOf) {
      steps.take(STEPS_A_FACT * facts.length);
      return asOf === undefined
        ? new History(wholeAt(now), now, values)
        : new History(historyAt(facts, { now, asOf, retentionMs }), asOf, values);
    },
    boundaries: (windows, retention) => boundariesOf(facts, windows, retention),
  };
}
