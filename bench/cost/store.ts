import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { times, usdOf } from '../../cost/bill.ts';
import { type StoreWay, standingUsd, storeUsage, wakeUsage } from '../../cost/standing.ts';
import { DAY_MINUTES } from '../../cost/usage.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import type { HistoryStore } from '../../lib/store/store.ts';
import type { StoreRequest } from '../../lib/store/table.ts';
import { START } from '../../simulators/deployment/simulation.ts';
import { startDynamo, type TableProperties } from '../../simulators/store/dynalite.ts';
import { table } from '../command.ts';
import { measureReturning } from '../throughput/returning.ts';

/** A multiple of what one regular has (bench/throughput/returning.ts). */
const EVENTS = 1_200;
const YEARS_MS = 5 * 365 * DAY_MINUTES * 60_000;
/** What a million events may cost in the store and for the schedule, in dollars. */
const LIMIT_USD = 2.5;
const MILLION = 1e6;

/** Plays returning customers with standing labels, and asks a stand-in of DynamoDB the same: it counts as AWS bills. */
export async function measureStore(): Promise<StoreWay> {
  const calls: { readonly call: keyof HistoryStore; readonly input: readonly unknown[] }[] = [];
  await measureReturning({ seed: 1, events: EVENTS }, (call, input) => {
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
  return { writeUnits: units.write / EVENTS, readUnits: units.read / EVENTS };
}

function tableProperties(): TableProperties {
  const file = new URL('../../functions/history.yml', import.meta.url);
  const { Resources } = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
  return { ...Resources.HistoryTable.Properties, TableName: 'history-of-a-bench' };
}

/** The cost of standing labels beyond that of labels alone, as a table, and whether it stays within its limit. */
export function storeReport(way: StoreWay) {
  const perMillion = usdOf(times(storeUsage(way), MILLION));
  const wake = usdOf(wakeUsage());
  const sum = standingUsd(MILLION, way);
  const usd = (value: number): string => `$${value.toFixed(2)}`;
  const text = [
    'Standing labels: what they add to a million events in a month, list price',
    '',
    table([
      ['', 'write units, an event', 'read units', '$ a million'],
      ['store', way.writeUnits.toFixed(2), way.readUnits.toFixed(2), usd(perMillion)],
      ['wake, every minute', '', '', usd(wake)],
      ['sum', '', '', usd(sum)],
      ['without `labels:`', '0.00', '0.00', usd(0)],
    ]),
    '',
  ].join('\n');
  const what = `store and wake-ups cost ${usd(sum)} a million events (${usd(LIMIT_USD)} at most)`;
  return { text, check: { what, passed: sum <= LIMIT_USD } };
}
