import { type BillItem, bill, ITEM_NAMES, usdFor } from '../../../cost/bill.ts';
import type { Measurements, StandingMeasurements, Way } from '../../../cost/measured.ts';
import { CHECKED, REGION } from '../../../cost/prices.ts';
import { standingUsd } from '../../../cost/standing.ts';
import { DAY_MINUTES, MONTH_DAYS, monthUsage } from '../../../cost/usage.ts';
import type { SourceName } from '../../../lib/events/event.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { standingCosts } from '../rules/standing-cost.ts';
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

export type Estimate = NonNullable<ReturnType<typeof estimate>>;

/** @returns undefined when no rule listens to anything that the sources send */
export function estimate(
  rules: RulesConfig,
  measurements: Measurements,
  { sources, repeat, callsPerMinute, eventsPerDay }: Omit<CapacityOptions, 'rules' | 'json'>,
) {
  const events = eventCalls(rules, sources).map((row) => rowOf(row, repeat, callsPerMinute));
  const [dearest] = events;
  if (!dearest) return undefined;
  const { by, callsOneByOne, callsInRush, eventsAMinute, eventsADay } = dearest;
  const { command, date, evenly, backlog } = measurements;
  const evenMonth = (count: number): MonthBill =>
    monthBill(measurements, withCalls(evenly[by], callsOneByOne), count);
  return {
    callsAMinute: callsPerMinute,
    repeatShare: repeat,
    /** The dearest first. */
    events,
    /** Of the dearest event: how long so many at once take. */
    bursts: BURSTS.map((count) => ({ events: count, minutes: count / eventsAMinute })),
    /** A million of the dearest event in a month. */
    month: {
      evenly: evenMonth(A_MILLION),
      backlog: monthBill(measurements, withCalls(backlog[by], callsInRush), A_MILLION),
    },
    ...(eventsPerDay !== undefined && {
      perDay: {
        events: eventsPerDay,
        /** Of what the site takes; over 1 the backlog grows without end. */
        shareOfCapacity: eventsPerDay / eventsADay,
        month: evenMonth(eventsPerDay * MONTH_DAYS),
      },
    }),
    ...(rules.labels && { standing: standing(rules.labels, measurements.standing, eventsPerDay) }),
    measured: { command, date },
    prices: { region: REGION, date: CHECKED, file: 'cost/prices.ts' },
  };
}

/** A look at the contact, and a change of labels. */
const CALLS_A_REVIEW = 2;

/** What standing labels add, at most where it is about reviews: the store, the schedule, and calls to Wix. */
function standing(
  labels: NonNullable<RulesConfig['labels']>,
  measured: StandingMeasurements,
  eventsPerDay?: number,
) {
  const { reviews } = standingCosts(labels).event;
  return {
    /** Of a month, beside the bill above: table and schedule. */
    usdAMillion: standingUsd(measured, A_MILLION),
    reviewsAnEvent: reviews,
    callsAnEvent: reviews * CALLS_A_REVIEW,
    ...(eventsPerDay !== undefined && {
      usdAMonth: standingUsd(measured, eventsPerDay * MONTH_DAYS),
      callsADay: eventsPerDay * reviews * CALLS_A_REVIEW,
    }),
  };
}

export type EventRow = ReturnType<typeof rowOf>;

function rowOf(row: EventCalls, repeat: number, callsPerMinute: number) {
  const { oneByOne, inRush } = mixed(row, repeat);
  const eventsAMinute = callsPerMinute / inRush;
  return {
    ...row,
    callsOneByOne: oneByOne,
    callsInRush: inRush,
    /** As many as come without one waiting for another. */
    eventsAMinuteOneByOne: callsPerMinute / oneByOne,
    /** As many as can be worked off: the more wait, the fewer calls each costs. */
    eventsAMinute,
    eventsADay: eventsAMinute * DAY_MINUTES,
  };
}

/** A wait is as long as its calls are many, be it for Wix's answer or for the next turn. */
const withCalls = (way: Way, calls: number): Way => ({
  ...way,
  calls,
  waitMs: (way.waitMs / way.calls) * calls,
});

export type MonthBill = ReturnType<typeof monthBill>;

/** Dollars, at list prices and after what every account has free each month. */
function monthBill(measured: Measurements, way: Way, events: number) {
  const usage = monthUsage(measured, way, events);
  const list = bill(usage);
  const byItem = ITEM_NAMES.map((item) => [item, usdFor(item, list)]);
  return {
    events,
    usd: list.usd,
    usdByItem: Object.fromEntries(byItem) as Readonly<Record<BillItem, number>>,
    afterAllowances: { usd: bill(usage, { allowances: true }).usd },
  };
}
