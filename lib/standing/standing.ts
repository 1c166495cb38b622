import type { KeptFact } from '../history/fact.ts';
import type { StandingDefinition } from '../rules/config.ts';

/** The id of a definition: `label:` with a fixed name, or `each:` with its number among those that compute names. */
export type DefinitionId = `label:${string}` | `each:${number}`;

/** A definition that cannot be evaluated for a contact: its labels stay as they are. */
export interface Undecided {
  readonly by: DefinitionId;
  /** What is missing, without anything of the person. */
  readonly reason: string;
}

/** Which standing labels a contact should have. */
export interface Evaluation {
  /** The definition by label name. */
  readonly wanted: ReadonlyMap<string, DefinitionId>;
  readonly undecided: readonly Undecided[];
  /** When `wanted` or `undecided` is next another by time alone. Epoch milliseconds. */
  readonly nextAt: number | undefined;
}

/** The standing labels of a rules file, compiled. */
export interface StandingLabels {
  readonly definitions: readonly StandingDefinition[];
  /** The same for the same definitions: 12 hex digits. */
  readonly hash: string;
  /** Whether a label of that name is Earmark's to take off: its definition is still there. */
  manages(name: string, by: string): boolean;
  /** The names that stand in the file. */
  readonly names: ReadonlySet<string>;
  /** Pure: of the same facts at the same time (epoch milliseconds) always the same. */
  evaluate(facts: readonly KeptFact[], now: number): Evaluation;
}
