import type { CustomerEvent, EventType } from '../../lib/events/event.ts';
import { type Simulation, START, simulate } from '../../simulators/deployment/simulation.ts';
import { between, createRandom, type Random } from '../../simulators/random.ts';
import { openStage, rulesWith, standingPrograms } from '../labels/stage.ts';
import type { TraceOptions } from './traffic.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How often somebody orders, and from one order to the next at least and at most. */
interface Habit {
  readonly orders: number;
  readonly apart: readonly [number, number];
}
/** As of a café or a grocer: they are looked up again once a week. */
const REGULARS: Habit = { orders: 30, apart: [2 * DAY, 3 * DAY] };
const OTHERS: Habit = { orders: 10, apart: [DAY, 9 * DAY] };
/** Of one order: created, paid, fulfilled, and a form about it. */
const EVENTS_AN_ORDER = 4;
const RENEWED_EVERY = DAY;

export interface ReturningRow {
  readonly name: string;
  /** Undefined: shown, not judged. */
  readonly limit: number | undefined;
  readonly digits: number;
  readonly earmark: number;
  readonly passed: boolean;
}

interface TraceEvent {
  readonly at: number;
  readonly event: CustomerEvent;
}

/** Customers who come again and again, and standing labels: those of samples/standing. */
export async function measureReturning(
  { seed, events }: TraceOptions,
  onCall?: OnCall,
): Promise<readonly ReturningRow[]> {
  const traceOf = (habit: Habit): readonly (readonly TraceEvent[])[] => {
    const customers = Math.max(1, Math.ceil(events / (habit.orders * EVENTS_AN_ORDER)));
    const random = createRandom(seed, 'returning customers');
    return Array.from({ length: customers }, (_, customer) => ordersOf(customer, habit, random));
  };
  const regulars = await playReturning(seed, traceOf(REGULARS), onCall);
  const others = await playReturning(seed, traceOf(OTHERS));
  const again = await playAgain(seed, traceOf(OTHERS));
  const row = (name: string, earmark: number, digits: number, limit?: number): ReturningRow => ({
    name,
    limit,
    digits,
    earmark,
    passed: limit === undefined || earmark <= limit,
  });
  return [
    row('standing labels, regulars, e-mails only', regulars.perEvent, 3, 0.25),
    row('standing labels, an order in five days, e-mails only', others.perEvent, 3),
    row('standing labels: changes that changed nothing', regulars.idle + others.idle, 0, 0),
    row('standing labels, again at a fresh process: calls', again, 0, 0),
  ];
}

function ordersOf(
  customer: number,
  { orders, apart }: Habit,
  random: Random,
): readonly TraceEvent[] {
  const email = `customer-${customer}@example.com`;
  let at = START + between(random, 0, 5 * DAY);
  return Array.from({ length: orders }, (_, index) => {
    at += between(random, ...apart);
    const id = `${customer}-${index}`;
    const total = Math.round(between(random, 20, 120));
    const order = { id, total, currency: 'EUR', items: [{ title: 'Mug', sku: 'MUG' }], tags: [] };
    const say = (type: EventType, time: number): TraceEvent => ({
      at: time,
      event: {
        source: 'shopify',
        id: `${id} ${type}`,
        type,
        topic: type,
        occurredAt: new Date(time).toISOString(),
        test: false,
        tags: [],
        data: {},
        contact: { email },
        ...(type === 'form.submitted' ? { form: { name: 'Review', fields: {} } } : { order }),
      },
    });
    return [
      say('order.created', at),
      say('order.paid', at + between(random, 500, MINUTE)),
      say('order.fulfilled', at + between(random, HOUR, DAY)),
      say('form.submitted', at + between(random, DAY, 2 * DAY)),
    ];
  }).flat();
}

const OPTIONS = (() => {
  const { labels = [], ...others } = rulesWith();
  return { ...others, labels, rules: [] };
})();

type OnCall = Parameters<NonNullable<Simulation['standing']>['store']['watch']>[0];

async function run<T>(
  seed: number,
  customers: number,
  scenario: (it: Simulation, receive: (event: CustomerEvent) => Promise<void>) => Promise<T>,
  onCall: OnCall = () => {},
) {
  let idle = 0;
  const options = {
    seed,
    ...standingPrograms(OPTIONS),
    longestMs: 400 * DAY,
    onContactUpdated: ({ addedLabelKeys: on, removedLabelKeys: off }: Changed) => {
      if (on.length + off.length === 0) idle += 1;
    },
  };
  const { value, wix } = await simulate(options, async (it) => {
    it.standing?.store.watch(onCall);
    for (let customer = 0; customer < customers; customer += 1) {
      it.wix.simulator.addContact({ email: `customer-${customer}@example.com` });
    }
    return scenario(it, openStage(it, OPTIONS).receive);
  });
  return { value, arrivals: wix.arrivals, idle };
}

interface Changed {
  readonly addedLabelKeys: readonly string[];
  readonly removedLabelKeys: readonly string[];
}

/** @returns calls an event, and changes at Wix that changed nothing */
async function playReturning(
  seed: number,
  customers: readonly (readonly TraceEvent[])[],
  onCall?: OnCall,
): Promise<{ readonly perEvent: number; readonly idle: number }> {
  const trace = customers.flat().sort((a, b) => a.at - b.at);
  const { arrivals, idle } = await run(
    seed,
    customers.length,
    async (it, receive) => {
      let renewed = START;
      for (const { at, event } of trace) {
        await it.clock.sleep(Math.max(0, at - it.clock.now()));
        if (at >= renewed + RENEWED_EVERY) {
          renewed = at;
          renew(it);
        }
        await receive(event);
      }
      await it.drained();
    },
    onCall,
  );
  return { perEvent: arrivals.length / trace.length, idle };
}

/** All that a customer's first order says, and then the same to processes that know nothing. @returns their calls */
async function playAgain(
  seed: number,
  customers: readonly (readonly TraceEvent[])[],
): Promise<number> {
  const firsts = customers.flatMap((all) => all.slice(0, 2));
  const { value, arrivals } = await run(seed, customers.length, async (it, receive) => {
    await it.clock.sleep(40 * DAY);
    for (const { event } of firsts) await receive(event);
    await it.drained();
    // SQS drops what comes again within five minutes.
    await it.clock.sleep(10 * MINUTE);
    const before = it.wix.arrivals.length;
    renew(it);
    for (const { event } of firsts) await receive(event);
    await it.drained();
    return before;
  });
  return arrivals.length - value;
}

function renew({ pool }: Simulation): void {
  for (const seat of [0, 1]) pool.kill(seat);
}
