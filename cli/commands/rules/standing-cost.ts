import type { StandingDefinition } from '../../../lib/rules/config.ts';
import { namesOf } from '../../../lib/standing/definition-id.ts';
import { durationMs } from '../../../lib/standing/duration.ts';
import { windowsOf } from './standing-remarks.ts';

/** What keeping the labels of one definition true can cost at most. */
export interface StandingCost {
  /** The names that stand in the file; none where an expression gives them. */
  readonly labels: readonly string[];
  /** How many names an expression may give one contact. */
  readonly most?: number;
  /** How far it looks back, as the file writes it. */
  readonly windows: readonly string[];
  readonly afterMs?: number;
  /** How often one event of a contact can lead to a review of it, without another event. */
  readonly reviews: number;
}

/** The store's work and the reviews that standing labels cost an event of a contact at most. */
export interface StandingCosts {
  readonly definitions: readonly StandingCost[];
  readonly event: {
    /** Writes besides one for each fact: the contact's state, before a label is changed at Wix and after it. */
    readonly stateWrites: { readonly unchanged: number; readonly changed: number };
    /** Reads of the whole history. */
    readonly historyReads: { readonly unchanged: number; readonly changed: number };
    /** Of all definitions together, and one when the event is too old to be kept. */
    readonly reviews: number;
  };
}

export function standingCosts(labels: readonly StandingDefinition[]): StandingCosts {
  const lengths = labels.map(lengthsOf);
  return {
    definitions: labels.map((definition, i) => ({
      labels: namesOf(definition),
      ...('each' in definition && definition.most && { most: definition.most }),
      windows: windowsOf(definition),
      ...(definition.afterMs && { afterMs: definition.afterMs }),
      reviews: lengths[i]?.length ?? 0,
    })),
    event: {
      stateWrites: { unchanged: 1, changed: 2 },
      historyReads: { unchanged: 1, changed: 2 },
      reviews: new Set(lengths.flat()).size + 1,
    },
  };
}

/** After how long, in milliseconds, an event can make the definition's answer another one. */
function lengthsOf(definition: StandingDefinition): readonly number[] {
  const windows = windowsOf(definition).map((window) => durationMs(window) ?? 0);
  const { afterMs } = definition;
  if (afterMs === undefined) return windows;
  return [...new Set([...windows, afterMs, ...windows.map((window) => window + afterMs)])];
}
