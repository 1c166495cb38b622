import type { FactState, KeptFact } from './fact.ts';
import type { History, HistoryEvent, HistoryForm, HistoryOrder } from './history.ts';
import { ordersOf } from './order-view.ts';
import { saidOf } from './said.ts';
import { subscriptionsOf } from './subscription-view.ts';

/** At which moment a history is looked at. Milliseconds. */
export interface Moment {
  /** The present, from which windows and the retention are counted. Epoch. */
  readonly now: number;
  /** Leaves out what happened later. Without it all facts count, since clocks of two machines differ. Epoch. */
  readonly asOf?: number | undefined;
  /** Things that nothing was heard of for so long are left out. */
  readonly retentionMs?: number | undefined;
  /** Leaves out what is so old. */
  readonly withinMs?: number | undefined;
}

/** What the facts say that a contact did: the same for the same facts, in whatever order they came. */
export function historyAt(kept: readonly KeptFact[], moment: Moment): History {
  const { now, retentionMs, withinMs } = moment;
  const facts = visible(kept, moment).filter(
    (fact) => retentionMs === undefined || latestOf(fact) > now - retentionMs,
  );
  const orders = ordersOf(facts);
  const times = [
    ...facts.flatMap(({ states }) => Object.values(states).map(({ at }) => at)),
    ...orders.map(({ at }) => at),
  ];
  const history = historyOf({
    orders,
    subscriptions: subscriptionsOf(facts),
    forms: formsOf(facts),
    events: eventsOf(facts),
    times: times.sort(byTime),
  });
  return withinMs === undefined ? history : within(history, now - withinMs);
}

/**
 * The part of a history that is later than a time (epoch milliseconds): orders by `at`, subscriptions by `since`, events
 * each by its own.
 */
export const within = (history: History, after: number): History =>
  historyOf({
    orders: history.orders.filter(({ at }) => at > after),
    subscriptions: history.subscriptions.filter(({ since }) => since > after),
    forms: history.forms.filter(({ at }) => at > after),
    events: history.events.flatMap((event) => {
      const times = event.times.filter((time) => time > after);
      return times.length === 0 ? [] : [counted(event, times)];
    }),
    times: history.times.filter((time) => time > after),
  });

const historyOf = (lists: Omit<History, 'items' | 'first' | 'last'>): History => ({
  ...lists,
  items: lists.orders.flatMap((order: HistoryOrder) => (order.paid ? order.items : [])),
  first: lists.times[0],
  last: lists.times.at(-1),
});

/** The facts with what was said until then. */
function visible(kept: readonly KeptFact[], { asOf }: Moment): readonly KeptFact[] {
  if (asOf === undefined) return kept;
  return kept.flatMap((fact) => {
    const states = Object.entries(fact.states).filter(([, { at }]) => at <= asOf);
    return states.length === 0 ? [] : [{ ...fact, states: Object.fromEntries(states) }];
  });
}

const latestOf = ({ states }: KeptFact): number =>
  Math.max(...Object.values(states).map(({ at }) => at));

function formsOf(facts: readonly KeptFact[]): HistoryForm[] {
  const said = saidOf<'form'>(facts.filter(({ kind }) => kind === 'form'));
  return said.map(({ source, at, state }) => ({
    id: state.formId,
    name: state.name,
    source,
    at,
    test: state.test,
  }));
}

function eventsOf(facts: readonly KeptFact[]): HistoryEvent[] {
  const found = new Map<string, Pick<HistoryEvent, 'name' | 'source'> & { times: number[] }>();
  for (const { source, at, state } of saidOf<'event'>(facts.filter(isEvent))) {
    const { name } = state satisfies FactState<'event'>;
    const event = found.get(`${source} ${name}`) ?? { name, source, times: [] };
    event.times.push(at);
    found.set(`${source} ${name}`, event);
  }
  return [...found.values()].map((event) => counted(event, event.times));
}

const isEvent = ({ kind }: KeptFact): boolean => kind === 'event';

const counted = (
  { name, source }: Pick<HistoryEvent, 'name' | 'source'>,
  times: readonly number[],
): HistoryEvent => ({
  name,
  source,
  count: times.length,
  first: times[0] ?? 0,
  last: times.at(-1) ?? 0,
  times,
});

const byTime = (a: number, b: number): number => a - b;

/**
 * The times (epoch milliseconds) at which a history, or a part of it, can be another one: something happened, became
 * older than a window, or older than the retention. In order, each once.
 * @param windows in milliseconds
 */
export function boundariesOf(
  kept: readonly KeptFact[],
  windows: readonly number[],
  retentionMs?: number,
): readonly number[] {
  const found = new Set<number>();
  for (const fact of kept) {
    for (const { at, state } of Object.values(fact.states)) {
      found.add(at);
      const placedAt = 'placedAt' in state ? state.placedAt : undefined;
      for (const time of placedAt === undefined ? [at] : [at, placedAt]) {
        for (const window of windows) found.add(time + window);
      }
      if (retentionMs !== undefined) found.add(at + retentionMs);
    }
  }
  return [...found].sort(byTime);
}
