import { type BillItem, bill, ITEM_NAMES, type Usage, usdFor } from '../../../cost/bill.ts';
import type { Measurements } from '../../../cost/measured.ts';
import { CHECKED, REGION } from '../../../cost/prices.ts';
import {
  coldStartUsage,
  DAY_MINUTES,
  eventUsage,
  idleUsage,
  MONTH_DAYS,
  monthUsage,
  type Way,
} from '../../../cost/usage.ts';
import type { SourceName } from '../../../lib/events/event.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { type EventCalls, eventCalls, mixed } from './calls.ts';

export interface CapacityOptions {
  readonly rules: string;
  readonly sources?: readonly SourceName[];
  readonly eventsPerDay?: number;
  /** From 0 to 1. */
  readonly repeat: number;
  readonly callsPerMinute: number;
  readonly json?: boolean;
}

const BURSTS = [1_000, 10_000, 100_000] as const;
const A_MILLION = 1_000_000;

export interface EventRow extends EventCalls {
  readonly callsOneByOne: number;
  readonly callsInRush: number;
  /** As many as come without one waiting for another. */
  readonly eventsAMinuteOneByOne: number;
  /** As many as can be worked off: the more wait, the fewer calls each costs. */
  readonly eventsAMinute: number;
  readonly eventsADay: number;
}

/** Dollars, at list prices and after what every account has free each month. */
export interface MonthBill {
  readonly events: number;
  readonly usd: number;
  readonly usdByItem: Readonly<Record<BillItem, number>>;
  readonly afterAllowances: { readonly usd: number };
}

export interface Estimate {
  readonly callsAMinute: number;
  readonly repeatShare: number;
  /** The dearest first. */
  readonly events: readonly EventRow[];
  /** Of the dearest event: how long so many at once take. */
  readonly bursts: readonly { readonly events: number; readonly minutes: number }[];
  /** A million of the dearest event in a month. */
  readonly month: { readonly evenly: MonthBill; readonly backlog: MonthBill };
  readonly perDay?: {
    readonly events: number;
    /** Of what the site takes; over 1 the backlog grows without end. */
    readonly shareOfCapacity: number;
    readonly month: MonthBill;
  };
  readonly measured: { readonly command: string; readonly date: string };
  readonly prices: { readonly region: string; readonly date: string; readonly file: string };
}

type EstimateOptions = Pick<
  CapacityOptions,
  'sources' | 'repeat' | 'callsPerMinute' | 'eventsPerDay'
>;

/** @returns undefined when no rule listens to anything that the sources send */
export function estimate(
  rules: RulesConfig,
  measurements: Measurements,
  { sources, repeat, callsPerMinute, eventsPerDay }: EstimateOptions,
): Estimate | undefined {
  const events = eventCalls(rules, sources).map((row) => rowOf(row, repeat, callsPerMinute));
  const [dearest] = events;
  if (!dearest) return undefined;
  const { command, date } = measurements;
  const evenly = (count: number): MonthBill =>
    monthBill(measurements, measurements.evenly[dearest.by], dearest.callsOneByOne, count);
  return {
    callsAMinute: callsPerMinute,
    repeatShare: repeat,
    events,
    bursts: BURSTS.map((count) => ({ events: count, minutes: count / dearest.eventsAMinute })),
    month: {
      evenly: evenly(A_MILLION),
      backlog: monthBill(
        measurements,
        measurements.backlog[dearest.by],
        dearest.callsInRush,
        A_MILLION,
      ),
    },
    ...(eventsPerDay !== undefined && {
      perDay: {
        events: eventsPerDay,
        shareOfCapacity: eventsPerDay / dearest.eventsADay,
        month: evenly(eventsPerDay * MONTH_DAYS),
      },
    }),
    measured: { command, date },
    prices: { region: REGION, date: CHECKED, file: 'cost/prices.ts' },
  };
}

function rowOf(row: EventCalls, repeat: number, callsPerMinute: number): EventRow {
  const { oneByOne, inRush } = mixed(row, repeat);
  const eventsAMinute = callsPerMinute / inRush;
  return {
    ...row,
    callsOneByOne: oneByOne,
    callsInRush: inRush,
    eventsAMinuteOneByOne: callsPerMinute / oneByOne,
    eventsAMinute,
    eventsADay: eventsAMinute * DAY_MINUTES,
  };
}

/** What waits is time in proportion to calls, be it for Wix's answer or for the next turn. */
const withCalls = (way: Way, calls: number): Way => ({
  ...way,
  calls,
  waitMs: (way.waitMs / way.calls) * calls,
});

function monthBill(measured: Measurements, way: Way, calls: number, events: number): MonthBill {
  const usage: Usage = monthUsage(events, {
    event: eventUsage(measured, withCalls(way, calls)),
    coldStart: coldStartUsage(measured),
    idle: idleUsage(measured.fixed),
    metrics: measured.metrics,
  });
  const list = bill(usage);
  const byItem = ITEM_NAMES.map((item) => [item, usdFor(item, list)]);
  return {
    events,
    usd: list.usd,
    usdByItem: Object.fromEntries(byItem) as Record<BillItem, number>,
    afterAllowances: { usd: bill(usage, { allowances: true }).usd },
  };
}
