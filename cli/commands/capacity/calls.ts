import { FULL_BATCH } from '../../../cost/usage.ts';
import { type EventType, SOURCE_NAMES, type SourceName } from '../../../lib/events/event.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { callsOf, type EventCost } from '../rules/calls.ts';

/** Calls to Wix of one event, label keys known. */
export interface EventCalls {
  readonly type: EventType;
  /** Sources for which it costs the same. */
  readonly sources: readonly SourceName[];
  /** How they know the customer. */
  readonly by: 'contact id' | 'e-mail';
  readonly labels: EventCost['labels'];
  /** The first event of a customer, alone in its batch. */
  readonly newCustomer: number;
  /** The same while a backlog waits: one look-up is for all of a full batch. */
  readonly newCustomerInRush: number;
  /** The same labels for the same customer, within five minutes. */
  readonly repeat: number;
  /** To find or make the labels: once for each name in the life of a worker. */
  readonly labelNames: number;
}

/** What each event that a rule listens to costs, the dearest first. */
export function eventCalls(
  config: RulesConfig,
  sources: readonly SourceName[] = SOURCE_NAMES,
): readonly EventCalls[] {
  const rows = new Map<string, EventCalls>();
  for (const source of sources) {
    for (const cost of callsOf(config, { sources: [source] })) {
      const row = rowOf(config, cost);
      const { sources: _, ...same } = row;
      const key = JSON.stringify(same);
      const known = rows.get(key)?.sources ?? [];
      rows.set(key, { ...row, sources: [...known, source] });
    }
  }
  return [...rows.values()].sort((a, b) => b.newCustomerInRush - a.newCustomerInRush);
}

function rowOf({ missing }: RulesConfig, { type, source, labels, calls }: EventCost): EventCalls {
  const { find, next, again, keys } = calls;
  // Who is looked up and not found is made (`contacts.missing: create`).
  const create = missing === 'create' && find > 0 ? 1 : 0;
  return {
    type,
    sources: [source],
    by: find > 0 ? 'e-mail' : 'contact id',
    labels,
    newCustomer: next + create,
    newCustomerInRush: next + create - find + find / FULL_BATCH,
    repeat: again,
    labelNames: keys,
  };
}

/** Calls an event where such a share of the events is of customers who have just had the same. */
export function mixed(
  { newCustomer, newCustomerInRush, repeat }: EventCalls,
  repeatShare: number,
): { readonly oneByOne: number; readonly inRush: number } {
  const mix = (first: number): number => (1 - repeatShare) * first + repeatShare * repeat;
  return { oneByOne: mix(newCustomer), inRush: mix(newCustomerInRush) };
}
