import {
  CHOOSES_TYPE,
  type CustomerEvent,
  type EventType,
  type MissingPolicy,
  type SourceName,
} from '../events/event.ts';

/**
 * Label names as they stand in rules.yml (already normalised), a CEL expression that gives them, or a table
 * with a CEL expression that gives the values to look up in it.
 */
export type LabelNames =
  | { readonly labels: readonly string[] }
  | { readonly cel: string }
  | { readonly table: string; readonly keys: string };

/** Each value once, with its labels. Pairs, since a value may be `constructor` or another name that objects have. */
export type LabelTable = readonly (readonly [value: string, labels: readonly string[]])[];
export type LabelTables = Readonly<Record<string, LabelTable>>;

/**
 * One rule: on these events, from these sources (all when absent), when this holds, these labels. Of `on` and
 * `topics` there is one at least; an event has to match each that is there.
 */
export interface Rule {
  readonly name: string;
  readonly on?: readonly EventType[];
  /** The senders' own names for what happened. */
  readonly topics?: readonly string[];
  readonly sources?: readonly SourceName[];
  /** A CEL expression that gives a bool. */
  readonly when?: string;
  readonly add?: LabelNames;
  readonly remove?: LabelNames;
}

/**
 * Names one job may carry. At 180 UTF-16 units (540 bytes) each, they stay well under SQS's 1 MiB, with some
 * repeated as reversible; a contact can hold 2,000.
 */
export const MAX_NAMES = 1000;

/** A shop's whole list of products must not become labels: a site has room for a limited number. */
export const DEFAULT_COMPUTED_LABELS = 20;

/**
 * A label that is on a contact exactly while a condition over its history holds: one label, tiers of which the first
 * that holds is on, or names that an expression gives. The expressions are CEL.
 */
export type StandingDefinition = (
  | { readonly label: string; readonly while: string }
  | { readonly oneOf: readonly (readonly [label: string, condition: string])[] }
  | {
      readonly each: string;
      /** How many names the expression may give one contact (default DEFAULT_COMPUTED_LABELS). */
      readonly most?: number;
    }
) & {
  /** The label comes when its condition has held for so long. Milliseconds. */
  readonly afterMs?: number;
};

/** rules.yml once checked: plain JSON, which the bundle holds in place of the file. */
export interface RulesConfig {
  readonly missing: MissingPolicy;
  /** How many names, added and removed, expressions may give one event (default DEFAULT_COMPUTED_LABELS). */
  readonly computedLabels?: number;
  /** By name. */
  readonly tables?: LabelTables;
  readonly rules: readonly Rule[];
  /** Standing labels; absent where the file has none. */
  readonly labels?: readonly StandingDefinition[];
}

/** The names that stand in the file, in a list or a table; none for an expression. */
export function fixedNames(names: LabelNames | undefined, tables: LabelTables = {}): string[] {
  if (names === undefined || 'cel' in names) return [];
  if ('labels' in names) return [...names.labels];
  return [...new Set((tables[names.table] ?? []).flatMap(([, labels]) => labels))];
}

/** Whether a rule listens to such an event, whatever its condition. */
export function listensTo(
  { on, topics, sources }: Rule,
  { type, topic, source }: Pick<CustomerEvent, 'type' | 'topic' | 'source'>,
): boolean {
  if (sources?.includes(source) === false || on?.includes(type) === false) return false;
  if (topics !== undefined) return topics.includes(topic);
  return type !== 'custom' || CHOOSES_TYPE.has(source);
}
