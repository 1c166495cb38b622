import { type Bill, bill, plus, times, type Usage, usdOf } from '../../cost/bill.ts';
import {
  coldShare,
  coldStartUsage,
  DAY_MINUTES,
  eventUsage,
  idleUsage,
  MONTH_DAYS,
  monthUsage,
} from '../../cost/usage.ts';
import type { FunctionName } from '../../scripts/build.ts';
import type { Deployment } from './deployment.ts';
import { LABELLED, type LogRow, REFUSED } from './logs.ts';
import { LEAST_HEADROOM, LEAST_SPARE_MEMORY, MEMORY_SIZES } from './memory.ts';
import {
  type LabelRow,
  labelRow,
  type Measured,
  type ReceiveRow,
  receiveRow,
  spareOf,
  timesOf,
} from './rows.ts';
import { FLOODS, type Flood, floodMs, floodUsage, type Played } from './shapes.ts';
import type { Work } from './work.ts';

/** What was measured, all that the rest is computed from. */
export interface Measurement {
  readonly work: Work;
  readonly logs: readonly LogRow[];
  /** Custom metrics. */
  readonly metrics: number;
  readonly shapes: readonly Played[];
  readonly deployment: Deployment;
  /** Customers of the measured processes, and those who have a label. */
  readonly customers: { readonly known: number; readonly labelled: number };
}

export interface ShapeRow {
  readonly shape: Played;
  readonly million: Bill;
}

export interface MonthRow {
  readonly events: number;
  readonly coldShare: number;
  /** Dollars by the name of the shape. */
  readonly list: readonly number[];
  readonly afterAllowances: readonly number[];
}

export interface FullDay {
  readonly shape: Played;
  readonly events: number;
  readonly usd: number;
}

/** A day of one kind of request, as many as the throttle of one source lets through. */
export interface FloodRow {
  readonly flood: Flood;
  /** For how many API Gateway bills one. */
  readonly units: number;
  /** Runs of `receive` at the same time. */
  readonly atOnce: number;
  readonly usdADay: number;
  /** At every source at once. */
  readonly usdADayEverywhere: number;
}

export interface Result extends Measurement {
  readonly receive: readonly ReceiveRow[];
  readonly label: readonly LabelRow[];
  readonly millions: readonly ShapeRow[];
  readonly idleMonth: { readonly list: Bill; readonly afterAllowances: Bill };
  readonly months: readonly MonthRow[];
  /** A site's budget used up all day. */
  readonly fullDays: readonly FullDay[];
  readonly floods: readonly FloodRow[];
  readonly checks: readonly (readonly [passed: boolean, what: string])[];
}

const MONTHS = [10_000, 100_000, 1_000_000] as const;

function logOf(logs: readonly LogRow[], kind: string): LogRow {
  const found = logs.find((row) => row.kind === kind);
  if (!found) throw new Error(`The log of an event of the kind "${kind}" was not measured.`);
  return found;
}

/** Works out from a measurement what there is to know and to check. */
export function judge(measurement: Measurement): Result {
  const { work, logs, shapes, deployment } = measurement;
  const log = logOf(logs, LABELLED);
  const at = (receive: number, label = receive): Measured => ({
    work,
    log,
    memoryMb: { receive, label },
  });
  const { memoryMb, workers } = deployment;
  const chosen = at(memoryMb.receive, memoryMb.label);
  const idle = idleUsage(deployment);
  const eventOf = (shape: Played): Usage => eventUsage(chosen, shape);
  return {
    ...measurement,
    receive: MEMORY_SIZES.map((size) => receiveRow(at(size))),
    label: MEMORY_SIZES.map((size) => labelRow(at(size), shapes, workers)),
    millions: shapes.map((shape) => ({ shape, million: bill(times(eventOf(shape), 1e6)) })),
    idleMonth: { list: bill(idle), afterAllowances: bill(idle, { allowances: true }) },
    months: monthsOf(shapes.map(eventOf), {
      coldStart: coldStartUsage(chosen),
      idle,
      metrics: measurement.metrics,
    }),
    fullDays: shapes
      .filter(({ perMinute }) => perMinute === 0)
      .map((shape) => fullDay(shape, eventOf(shape), idle)),
    floods: FLOODS.map((flood) => floodRow(flood, chosen, logOf(logs, REFUSED), deployment)),
    checks: checksOf(measurement, chosen),
  };
}

function monthsOf(
  events: readonly Usage[],
  others: { readonly coldStart: Usage; readonly idle: Usage; readonly metrics: number },
): readonly MonthRow[] {
  return MONTHS.map((count) => {
    const usages = events.map((event) => monthUsage(count, { event, ...others }));
    return {
      events: count,
      coldShare: coldShare(count),
      list: usages.map(usdOf),
      afterAllowances: usages.map((usage) => bill(usage, { allowances: true }).usd),
    };
  });
}

function floodRow(
  flood: Flood,
  measured: Measured,
  log: LogRow,
  { requestsPerSecond, sources }: Deployment,
): FloodRow {
  const usage = floodUsage(measured, log, requestsPerSecond, flood);
  const usdADay = usdOf(usage);
  return {
    flood,
    units: (usage.httpApiRequests ?? 0) / (requestsPerSecond * DAY_MINUTES * 60),
    atOnce: (requestsPerSecond * floodMs(measured, flood)) / 1000,
    usdADay,
    usdADayEverywhere: usdADay * sources,
  };
}

function fullDay(shape: Played, event: Usage, idle: Usage): FullDay {
  const events = Math.round((shape.events / shape.minutes) * DAY_MINUTES);
  return { shape, events, usd: usdOf(plus(times(event, events), times(idle, 1 / MONTH_DAYS))) };
}

function checksOf(
  { customers, shapes, deployment, work }: Measurement,
  chosen: Measured,
): Result['checks'] {
  const { known, labelled } = customers;
  const { headroom } = timesOf(chosen);
  const fits = (name: FunctionName): readonly [boolean, string] => {
    const memoryMb = deployment.memoryMb[name];
    const spare = spareOf(work, name, memoryMb) ?? 0;
    const what = `${name} has ${memoryMb} MB, ${spare.toFixed(2)} times what it held (${LEAST_SPARE_MEMORY} at least)`;
    return [spare >= LEAST_SPARE_MEMORY, what];
  };
  return [
    [known > 0 && labelled === known, `labelled ${labelled} of ${known} customers`],
    [shapes.every(({ sound }) => sound), 'the simulated worker lost nothing'],
    [
      headroom >= LEAST_HEADROOM,
      `receive answers in time on a core ${headroom.toFixed(1)} times slower than this one (${LEAST_HEADROOM} at least)`,
    ],
    fits('receive'),
    fits('label'),
  ];
}
