import { EVENT_TYPES, type SourceName } from '../events/event.ts';
import type { FactKind, FactState, KeptFact } from './fact.ts';

/** What one event said of one thing. */
export interface Said<K extends FactKind> {
  readonly source: SourceName;
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly state: FactState<K>;
}

/** At one time they come in the order of the vocabulary: created, paid, refunded. */
const RANKS: ReadonlyMap<string, number> = new Map(EVENT_TYPES.map((type, rank) => [type, rank]));

/** All that was said in facts of one kind, the earliest first. */
export function saidOf<K extends FactKind>(facts: readonly KeptFact[]): Said<K>[] {
  return facts
    .flatMap(({ source, id, states }) =>
      Object.entries(states).map(([type, { at, state }]) => ({
        source,
        id,
        type,
        at,
        state: state as FactState<K>,
      })),
    )
    .sort((a, b) => a.at - b.at || rankOf(a) - rankOf(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ id, source }: Said<FactKind>): string => `${id} ${source}`;

const rankOf = ({ type }: Pick<Said<FactKind>, 'type'>): number => RANKS.get(type) ?? 0;

/** What was said of a thing in all: a later state's fields win, and absent ones say nothing. */
export const latestOf = <K extends FactKind>(said: readonly Said<K>[]): Partial<FactState<K>> =>
  Object.assign({}, ...said.map(({ state }) => state));
