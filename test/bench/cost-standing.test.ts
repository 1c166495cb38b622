import { expect, test } from '@jest/globals';
import { standingReport } from '../../bench/cost/standing.ts';
import { usdOf } from '../../cost/bill.ts';
import { readMeasurements } from '../../cost/measured.ts';
import { standingUsage, wakeUsage } from '../../cost/standing.ts';
import { MEASUREMENT } from '../support/cost.ts';

const { standing } = MEASUREMENT;

test('store and wake-ups of what was measured cost at most $2.50 a million events', () => {
  const measured = readMeasurements();
  expect(standingReport(measured).check.passed).toBe(true);
  const heavy = { ...measured, standing: { ...measured.standing, writeUnits: 4 } };
  expect(standingReport(heavy).check.passed).toBe(false);
});

test('a month of standing labels is its events, a run each minute, alarms and metrics', () => {
  // 43,200 runs of 150 ms with a GB, each with three units read and one request to SQS.
  const wake = wakeUsage(standing);
  expect(wake).toMatchObject({ lambdaRequests: 43_200, storeReadUnits: 129_600 });
  expect(wake.lambdaGbSeconds).toBeCloseTo(6_480, 6);
  const month = standingUsage(standing, 1e6);
  expect(month).toMatchObject({ storeWriteUnits: 1e6, storeReadUnits: 4_129_600, alarmMonths: 5 });
  // 0.625 + 4 × 0.125 of the store, half a dollar of alarms and 1.20 of metrics.
  expect(usdOf(month) - usdOf(wake)).toBeCloseTo(1.125 + 0.5 + 1.2, 6);
});
