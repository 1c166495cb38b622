import { between, createRandom, type Random } from '../../simulators/random.ts';

/** One event of a trace. */
interface TraceEvent {
  /** Milliseconds from the start. */
  readonly at: number;
  /** From 0. */
  readonly customer: number;
  readonly add: readonly string[];
}

/** Events in the order they arrive, and how many customers they are about. */
export interface Trace {
  readonly customers: number;
  readonly events: readonly TraceEvent[];
}

export interface TraceOptions {
  readonly seed: number;
  readonly events: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The labels of all traces. */
export const LABEL_NAMES: readonly string[] = Array.from(
  { length: 40 },
  (_, index) => `Label ${index + 1}`,
);
/** The names are shared out among the three events of an order. */
const [CREATED, PAID, FULFILLED] = [
  [0, 13],
  [13, 26],
  [26, 40],
].map(([from, to]) => LABEL_NAMES.slice(from, to)) as [string[], string[], string[]];

const anyOf = (random: Random, names: readonly string[]): string =>
  names[Math.floor(random() * names.length)] ?? '';

/** One event each of distinct customers, `perMinute` at random times; 0: all at once. */
export function distinctCustomers({ seed, events }: TraceOptions, perMinute: number): Trace {
  const random = createRandom(seed, 'distinct customers');
  const lasts = perMinute === 0 ? 0 : (events / perMinute) * MINUTE;
  const list = Array.from({ length: events }, (_, customer) => ({
    at: Math.floor(between(random, 0, lasts)),
    customer,
    add: [anyOf(random, LABEL_NAMES)],
  }));
  return { customers: events, events: inOrder(list) };
}

/**
 * Every customer orders: created, paid 0.5 to 2 s later, fulfilled 0.5 to 3 s after that, each with label
 * names of its own, while other customers do the same.
 */
export function orders({ seed, events }: TraceOptions, perMinute: number): Trace {
  const random = createRandom(seed, 'orders');
  const customers = Math.ceil(events / 3);
  const lasts = (events / perMinute) * MINUTE;
  const list = Array.from({ length: customers }, (_, customer) => {
    const created = Math.floor(between(random, 0, lasts));
    const paid = created + Math.floor(between(random, 0.5 * SECOND, 2 * SECOND));
    const fulfilled = paid + Math.floor(between(random, 0.5 * SECOND, 3 * SECOND));
    return [
      { at: created, customer, add: [anyOf(random, CREATED)] },
      { at: paid, customer, add: [anyOf(random, PAID)] },
      { at: fulfilled, customer, add: [anyOf(random, FULFILLED)] },
    ];
  });
  return { customers, events: inOrder(list.flat().slice(0, events)) };
}

/** How often a customer earns the same label, and within how long. */
const TIMES = 10;
const WITHIN_MS = 4 * MINUTE;
/** How many customers at a time: few enough that the site's budget is no bottleneck. */
const COHORT = 100;

/** Customers who earn one label ten times within four minutes, a hundred customers after the other. */
export function sameLabelAgain({ seed, events }: TraceOptions): Trace {
  const random = createRandom(seed, 'same label again');
  const customers = Math.ceil(events / TIMES);
  const list = Array.from({ length: customers }, (_, customer) => {
    const begins = Math.floor(customer / COHORT) * (WITHIN_MS + MINUTE);
    const add = [anyOf(random, LABEL_NAMES)];
    return Array.from({ length: TIMES }, () => ({
      at: begins + Math.floor(between(random, 0, WITHIN_MS)),
      customer,
      add,
    }));
  });
  return { customers, events: inOrder(list.flat().slice(0, events)) };
}

/** By time; what comes at the same time, in the order it was made. */
function inOrder(events: readonly TraceEvent[]): readonly TraceEvent[] {
  return events.toSorted((a, b) => a.at - b.at);
}
