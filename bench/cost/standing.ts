import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { bill, ITEM_NAMES, plus, times, usdFor, usdOf } from '../../cost/bill.ts';
import type { Measurements, StandingMeasurements } from '../../cost/measured.ts';
import { standingUsage, standingUsd, storeUsage, wakeUsage } from '../../cost/standing.ts';
import { DAY_MINUTES, monthUsage } from '../../cost/usage.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import type { HistoryStore } from '../../lib/store/store.ts';
import type { StoreRequest } from '../../lib/store/table.ts';
import { START } from '../../simulators/deployment/simulation.ts';
import { startDynamo, type TableProperties } from '../../simulators/store/dynalite.ts';
import { table } from '../command.ts';
import { measureReturning } from '../throughput/returning.ts';
import { watchedMetrics } from './deployment.ts';

const YEARS_MS = 5 * 365 * DAY_MINUTES * 60_000;
/** What a million events may cost in the store and for the schedule, in dollars. */
const LIMIT_USD = 2.5;
const MILLION = 1e6;

/** @param events of the trace: a multiple of what one regular has (bench/throughput/returning.ts) */
export async function measureStanding(events = 1_200): Promise<StandingMeasurements> {
  const { memorySize } = parseFile('functions/wake.yml');
  const { Resources } = parseFile('monitoring/standing-alarms.yml');
  return {
    ...(await measureUnits(events)),
    wakeMemoryMb: memorySize,
    alarms: watchedMetrics(Object.values(Resources)),
  };
}

/** Plays returning customers with standing labels, and asks a stand-in of DynamoDB the same: it counts as AWS bills. */
async function measureUnits(events: number) {
  const calls: { readonly call: keyof HistoryStore; readonly input: readonly unknown[] }[] = [];
  await measureReturning({ seed: 1, events }, (call, input) => {
    calls.push({ call, input: structuredClone(input) });
  });
  const units = { read: 0, write: 0 };
  const onRequest = ({ operation, units: used }: StoreRequest): void => {
    units[operation === 'Query' || operation === 'Scan' ? 'read' : 'write'] += used;
  };
  const service = await startDynamo();
  try {
    const properties = tableProperties();
    await service.create(properties);
    const { client } = service;
    const options = { client, table: properties.TableName, retentionMs: YEARS_MS, onRequest };
    const store = createHistoryStore({ ...options, now: () => START });
    for (const { call, input } of calls) {
      await (store[call] as (...all: readonly unknown[]) => Promise<unknown>)(...input);
    }
  } finally {
    await service.close();
  }
  return { writeUnits: units.write / events, readUnits: units.read / events };
}

const parseFile = (path: string) =>
  parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), { logLevel: 'silent' });

function tableProperties(): TableProperties {
  const { Resources } = parseFile('functions/history.yml');
  return { ...Resources.HistoryTable.Properties, TableName: 'history-of-a-bench' };
}

/** What `labels:` adds to a month of a million events, as two tables, and whether store and schedule stay within their limit. */
export function standingReport(measured: Measurements) {
  const { standing, evenly } = measured;
  const perMillion = usdOf(times(storeUsage(standing), MILLION));
  const wake = usdOf(wakeUsage(standing));
  const sum = standingUsd(standing, MILLION);
  const without = monthUsage(measured, evenly['e-mail'], MILLION);
  const months = [without, plus(without, standingUsage(standing, MILLION))];
  const bills = months.map((usage) => bill(usage));
  const afterFree = months.map((usage) => usd(bill(usage, { allowances: true }).usd));
  const text = [
    'Standing labels: store and schedule, for a million events in a month, list price',
    '',
    table([
      ['', 'write units, an event', 'read units', '$ a million'],
      ['store', standing.writeUnits.toFixed(2), standing.readUnits.toFixed(2), usd(perMillion)],
      ['wake, every minute', '', '', usd(wake)],
      ['sum', '', '', usd(sum)],
    ]),
    '',
    'A month of a million events, evenly, e-mails, list price',
    '',
    table([
      ['', 'without labels:', 'with labels:'],
      ...ITEM_NAMES.map((item) => [item, ...bills.map((each) => usd(usdFor(item, each)))]),
      ['sum', ...bills.map((each) => usd(each.usd))],
      ['after what is free', ...afterFree],
    ]),
    '',
  ].join('\n');
  const what = `store and wake-ups cost ${usd(sum)} a million events (${usd(LIMIT_USD)} at most)`;
  return { text, check: { what, passed: sum <= LIMIT_USD } };
}

const usd = (value: number): string => `$${value.toFixed(2)}`;
