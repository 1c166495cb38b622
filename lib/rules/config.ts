import type { EventType, MissingPolicy, SourceName } from '../events/event.ts';

/** Label names as they stand in rules.yml (already normalised), or a CEL expression that gives them. */
export type LabelNames = { readonly labels: readonly string[] } | { readonly cel: string };

/** One rule: on these events, from these sources (all when absent), when this holds, these labels. */
export interface Rule {
  readonly name: string;
  readonly on: readonly EventType[];
  readonly sources?: readonly SourceName[];
  /** A CEL expression that gives a bool. */
  readonly when?: string;
  readonly add?: LabelNames;
  readonly remove?: LabelNames;
}

/** rules.yml once checked: plain JSON, which the bundle holds in place of the file. */
export interface RulesConfig {
  readonly missing: MissingPolicy;
  readonly rules: readonly Rule[];
}
