import type { CustomerEvent, EventType } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import type { History } from '../../lib/history/history.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { historyAt, type Moment } from '../../lib/history/view.ts';

export const DAY = 86_400_000;
/** Where the tests' days are counted from. */
const DAY_0 = Date.UTC(2026, 0, 1);
export const onDay = (day: number): number => DAY_0 + day * DAY;

export type Change = Partial<Omit<CustomerEvent, 'order'>> & {
  readonly order?: Partial<NonNullable<CustomerEvent['order']>>;
};

/** An event of Ada's on a day, about the order 1001 where it is given any of one. */
export function eventOn(
  day: number,
  type: EventType,
  { order, ...change }: Change = {},
): CustomerEvent {
  return {
    source: 'custom',
    id: `event ${type} ${day}`,
    type,
    topic: type,
    occurredAt: new Date(onDay(day)).toISOString(),
    test: false,
    contact: { email: 'ada@example.com' },
    tags: [],
    data: {},
    ...change,
    ...(order && { order: { id: '1001', items: [], tags: [], ...order } }),
  };
}

/** The history that events leave which came in as they happened. */
export const historyOf = (
  events: readonly CustomerEvent[],
  moment: Partial<Moment> = {},
): History => historyAt(keptOf(factsOf(events, onDay(10_000))), { now: onDay(1_000), ...moment });
