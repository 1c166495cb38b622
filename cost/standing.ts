import { times, type Usage, usdOf } from './bill.ts';
import { DAY_MINUTES, MONTH_DAYS } from './usage.ts';

/** What one event asks of the store, its reviews included, in DynamoDB's units. */
export interface StoreWay {
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** As `npm run bench:cost -- --store` counted it on 2026-11-28 (docs/cost.md). */
const MEASURED_STORE: StoreWay = { writeUnits: 1.25, readUnits: 4.82 };

const WAKE_MB = 128;
/** A run that finds nothing: three requests to AWS and little else. A cautious guess. */
const WAKE_MS = 150;
/** Index of what is due, erasures, and the review of all contacts. */
const WAKE_READS = 3;

/** What `wake` uses in a month, every minute, with nothing to do. What it does costs by the event. */
export const wakeUsage = (): Usage => {
  const runs = DAY_MINUTES * MONTH_DAYS;
  return {
    lambdaRequests: runs,
    lambdaGbSeconds: runs * (WAKE_MB / 1024) * (WAKE_MS / 1000),
    storeReadUnits: runs * WAKE_READS,
    sqsFifoRequests: runs,
  };
};

/** What one event uses of the store. */
export const storeUsage = ({ writeUnits, readUnits }: StoreWay): Usage => ({
  storeWriteUnits: writeUnits,
  storeReadUnits: readUnits,
});

/** What standing labels add to a month of so many events, in dollars at list price. */
export const standingUsd = (events: number, way: StoreWay = MEASURED_STORE): number =>
  usdOf(times(storeUsage(way), events)) + usdOf(wakeUsage());
