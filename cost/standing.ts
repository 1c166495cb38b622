import { gbSeconds, plus, times, type Usage, usdOf } from './bill.ts';
import type { StandingMeasurements } from './measured.ts';
import { DAY_MINUTES, INVOCATION_BYTES, logUsage, MONTH_DAYS } from './usage.ts';

const RUNS_A_MONTH = DAY_MINUTES * MONTH_DAYS;
/** A run of `wake` that finds nothing, as all but a few do. Time and bytes are cautious guesses. */
const WAKE_RUN = {
  ms: 150,
  logBytes: 700,
  /** What is due, erasures, and the review of all contacts. */
  readUnits: 3,
  /** How many jobs wait. */
  sqsRequests: 1,
} as const;
/** `ReviewsDue`, `ReviewLateness`, `ReviewsQueued` of what is due, and `Facts`. */
const METRICS = 4;

/** What one event uses of the store, its reviews included. */
export const storeUsage = ({ writeUnits, readUnits }: StandingMeasurements): Usage => ({
  storeWriteUnits: writeUnits,
  storeReadUnits: readUnits,
});

/** What `wake` uses in a month, every minute, with nothing to do. What it has looked at costs by the event. */
export const wakeUsage = ({ wakeMemoryMb }: StandingMeasurements): Usage =>
  times(
    plus(logUsage(INVOCATION_BYTES + WAKE_RUN.logBytes), {
      lambdaRequests: 1,
      lambdaGbSeconds: gbSeconds(wakeMemoryMb, WAKE_RUN.ms),
      storeReadUnits: WAKE_RUN.readUnits,
      sqsFifoRequests: WAKE_RUN.sqsRequests,
    }),
    RUNS_A_MONTH,
  );

/** Dollars of a month's store and schedule, at list price. */
export const standingUsd = (measured: StandingMeasurements, events: number): number =>
  usdOf(plus(times(storeUsage(measured), events), wakeUsage(measured)));

/** What `labels:` in rules.yml adds to a month of so many events: store, schedule, alarms and metrics. */
export const standingUsage = (measured: StandingMeasurements, events: number): Usage =>
  plus(times(storeUsage(measured), events), wakeUsage(measured), {
    alarmMonths: measured.alarms,
    metricMonths: METRICS,
  });
