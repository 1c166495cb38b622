import { FULL_BATCH } from '../../../cost/usage.ts';
import type { SourceName } from '../../../lib/events/event.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { callsOf, type EventCost, sourcesInUse } from '../rules/calls.ts';

/** Calls to Wix of one event, label keys known, and the sources for which it costs the same. */
export type EventCalls = ReturnType<typeof rowOf> & { readonly sources: readonly SourceName[] };

/** What each event that a rule listens to costs, the dearest first. */
export function eventCalls(
  config: RulesConfig,
  sources: readonly SourceName[] = sourcesInUse(config),
): readonly EventCalls[] {
  const rows = sources.flatMap((source) =>
    callsOf(config, { sources: [source] }).map((cost) => ({ source, row: rowOf(config, cost) })),
  );
  const groups = Map.groupBy(rows, ({ row }) => JSON.stringify(row));
  return [...groups.values()]
    .flatMap((same) => {
      const [first] = same;
      return first ? [{ ...first.row, sources: same.map(({ source }) => source) }] : [];
    })
    .sort((a, b) => b.newCustomerInRush - a.newCustomerInRush);
}

function rowOf({ missing }: RulesConfig, { type, labels, calls }: EventCost) {
  const { find, next, again, keys } = calls;
  // Who is looked up and not found is made (`contacts.missing: create`).
  const create = missing === 'create' && find > 0 ? 1 : 0;
  return {
    type,
    /** How its sources know the customer. */
    by: find > 0 ? ('e-mail' as const) : ('contact id' as const),
    labels,
    /** The first event of a customer, alone in its batch. */
    newCustomer: next + create,
    /** The same while a backlog waits: one look-up is for all of a full batch. */
    newCustomerInRush: next + create - find + find / FULL_BATCH,
    /** The same labels for the same customer, within five minutes. */
    repeat: again,
    /** To find or make the labels: once for each name in the life of a worker. */
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
