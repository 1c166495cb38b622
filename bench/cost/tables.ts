import { type BillItem, bill, plus, times, type Usage, usdFor, usdOf } from '../../cost/bill.ts';
import type { FunctionWork, Way } from '../../cost/measured.ts';
import { CHECKED, PRICES, type Price, REGION } from '../../cost/prices.ts';
import * as use from '../../cost/usage.ts';
import type { FunctionName } from '../../scripts/build.ts';
import { table as inColumns } from '../command.ts';
import { ANSWER_LIMIT_MS, answerTimes, coldCpuMs, spareOf, WAITS } from './checks.ts';
import { FLOODS, floodDay } from './floods.ts';
import { withLambda } from './logs.ts';
import type { Measurement } from './measurement.ts';
import type { Played } from './shapes.ts';
import { MEMORY_SIZES } from './work.ts';

/** Text, or a number as it was computed beside its text. */
type Cell = string | { readonly value: number | undefined; readonly text: string };
/** Cells by the heads of their columns. */
type Row = Readonly<Record<string, Cell>>;

type Table = ReturnType<typeof tableOf>;
const tableOf = (title: string, rows: readonly Row[], ...notes: readonly string[]) => ({
  title,
  rows,
  notes,
});

const MONTHS = [0, 10_000, 100_000, 1_000_000] as const;
const MILLION = 1e6;
const DAY_SECONDS = use.DAY_MINUTES * 60;

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const usd = (value: number): string => `$${value.toFixed(value !== 0 && value < 0.1 ? 3 : 2)}`;
const oneDigit = (value: number): string => value.toFixed(1);
const twoDigits = (value: number): string => value.toFixed(2);
const count = (value: number): string => value.toLocaleString('en-US');

/** A number that was measured, or an empty cell. */
const cell = (value: number | undefined, write: (value: number) => string = String): Cell => ({
  value,
  text: value === undefined ? '' : write(value),
});

const aMillion = (usage: Usage): Cell => cell(usdOf(times(usage, MILLION)), usd);

export function textOf({ title, rows, notes }: Table): string {
  const head = Object.keys(rows[0] ?? {});
  const texts = rows.map((row) =>
    Object.values(row).map((each) => (typeof each === 'string' ? each : each.text)),
  );
  const foot = notes.length > 0 ? ['', ...notes] : [];
  return [title, '', inColumns([head, ...texts]), ...foot, ''].join('\n');
}

/** What there is to know of a measurement, in tables. */
export const tablesOf = (measurement: Measurement): readonly Table[] => [
  workTable(measurement),
  receiveTable(measurement),
  labelTable(measurement),
  logTable(measurement),
  millionTable(measurement),
  monthTable(measurement),
  floodTable(measurement),
  priceTable(),
];

/** A row for each size that a function may have. */
const byMemory = (
  name: FunctionName,
  measurement: Measurement,
  cellsOf: (mb: number, measured: Measurement) => Row,
): readonly Row[] =>
  MEMORY_SIZES.map((mb) => ({
    MB: cell(mb),
    ...cellsOf(mb, { ...measurement, memoryMb: { receive: mb, label: mb } }),
    'spare memory': cell(spareOf(measurement, name, mb), oneDigit),
  }));

/** A column for each way in which events come. */
const byShape = ({ shapes }: Measurement, cellOf: (way: Way) => Cell): Row =>
  Object.fromEntries(shapes.map(({ name, way }) => [name, cellOf(way)]));

function workTable({ work, lives, memoryMb }: Measurement): Table {
  const row = (name: string, { bootMs, loadMs, firstMs, nextMs }: FunctionWork): Row => ({
    '': name,
    Node: cell(bootMs, ms),
    load: cell(loadMs, ms),
    'first event': cell(firstMs, ms),
    'next events, each': cell(nextMs, ms),
  });
  const held = (name: FunctionName): string => {
    const seen = lives.map((life) => `${Math.round(life[name])} (${life.size})`).join(', ');
    return `${name} held at most, in MiB, by what Lambda would give it: ${seen}`;
  };
  return tableOf(
    'CPU time of one process on this machine, in milliseconds, the least of several',
    [row('receive', work.receive), row('label, one job a batch', work.label)],
    `label, a full batch: ${ms(work.fullBatchMs)} ms. In serverless.yml: receive ${memoryMb.receive} MB, label ${memoryMb.label} MB.`,
    held('receive'),
    held('label'),
  );
}

function receiveTable(measurement: Measurement): Table {
  const { lambdaStartMs, wayMs, parametersMs, sqsMs } = WAITS;
  const rows = byMemory('receive', measurement, (mb, measured) => {
    const { coldMs, headroom, warmMs } = answerTimes(measured.work.receive, mb);
    return {
      'cold answer, ms': cell(coldMs, ms),
      [`of ${ANSWER_LIMIT_MS}`]: cell(coldMs / ANSWER_LIMIT_MS, twoDigits),
      headroom: cell(headroom, oneDigit),
      'warm, ms': cell(warmMs, ms),
      '$ a million': aMillion(use.receiveUsage(measured)),
    };
  });
  return tableOf(
    'receive by memory: an estimate, on a core as fast as this one',
    rows,
    'Headroom: how many times slower than this machine a core of Lambda may be before Wix has waited too long.',
    `Waits assumed: Lambda's start ${lambdaStartMs} ms, the way ${wayMs}, Parameter Store ${parametersMs}, SQS ${sqsMs}.`,
  );
}

function labelTable(measurement: Measurement): Table {
  const { work, workers } = measurement;
  const rows = byMemory('label', measurement, (mb, measured) => ({
    'cold, ms': cell(WAITS.parametersMs + use.workMs(coldCpuMs(work.label), mb), ms),
    'a batch, ms': cell(use.workMs(work.label.nextMs, mb), ms),
    ...byShape(measurement, (way) => aMillion(use.labelUsage(measured, way))),
    'a full day': cell(usdOf({ lambdaGbSeconds: (mb / 1024) * workers * DAY_SECONDS }), usd),
  }));
  return tableOf(
    'label by memory: dollars of Lambda time',
    rows,
    'Dollars a million events, by how they come; a full day: all workers busy or asleep for 24 hours.',
  );
}

function logTable({ logs }: Measurement): Table {
  const rows = Object.entries(logs).map(([kind, log]) => {
    const { receive, label, labelInvocation, lambda, sum } = withLambda(log);
    return {
      '': kind,
      receive: cell(receive),
      label: cell(label),
      'its metrics': cell(labelInvocation),
      Lambda: cell(lambda),
      sum: cell(sum),
      '$ a million': aMillion(use.logUsage(sum)),
    };
  });
  return tableOf('Log bytes of one event', rows);
}

/** The columns of a bill: what is paid by the event. */
const ITEMS: readonly BillItem[] = ['API Gateway', 'Lambda', 'SQS', 'logs', 'sent out'];

function millionTable(measurement: Measurement): Table {
  const rows = measurement.shapes.map(({ name, way }) => {
    const million = bill(times(use.eventUsage(measurement, way), MILLION));
    const items = ITEMS.map((item) => [item, cell(usdFor(item, million), usd)]);
    return {
      '': name,
      'label waits, s': cell(way.waitMs / 1000, twoDigits),
      'SQS requests': cell(way.sqsRequests, twoDigits),
      ...Object.fromEntries(items),
      sum: cell(million.usd, usd),
    };
  });
  const title = 'A million events, list price, warm processes';
  return tableOf(title, rows, 'Waits and requests: of one event.');
}

function monthTable(measurement: Measurement): Table {
  const { shapes, metrics, fixed } = measurement;
  const row = (events: number, allowances: boolean) => ({
    events: cell(events, count),
    '': allowances ? 'after what is free' : 'list price',
    cold: events > 0 ? `${use.coldShare(events) * 100} %` : '',
    ...byShape(measurement, (way) => {
      const month = bill(use.monthUsage(measurement, way, events), { allowances });
      return cell(month.usd, usd);
    }),
  });
  const idle = use.idleUsage(fixed);
  const list = bill(idle);
  const fullDay = ({ by, events, minutes, way }: Played): string => {
    const most = Math.round((events / minutes) * use.DAY_MINUTES);
    const day = plus(
      times(use.eventUsage(measurement, way), most),
      times(idle, 1 / use.MONTH_DAYS),
    );
    return `A day of a site's whole budget, by ${by}: ${count(most)} events, ${usd(usdOf(day))}.`;
  };
  return tableOf(
    'A month, cold starts and an idle queue included',
    [false, true].flatMap((allowances) => MONTHS.map((events) => row(events, allowances))),
    `Idle: ${usd(list.lines.sqsFifoRequests ?? 0)} of pollers that ask an empty queue, ${usd(usdFor('alarms', list))} of alarms, ${usd(usdFor('dashboard', list))} of dashboards. With events come ${metrics} custom metrics: ${usd(usdOf({ metricMonths: metrics }))}.`,
    ...shapes.filter(({ perMinute }) => perMinute === 0).map(fullDay),
  );
}

function floodTable(measurement: Measurement): Table {
  const { requestsPerSecond, routes } = measurement;
  const rows = FLOODS.map((flood) => {
    const { one, functionsAtOnce, usage } = floodDay(measurement, flood);
    return {
      '': flood.name,
      'billed as requests': cell(one.httpApiRequests),
      'functions at once': cell(functionsAtOnce, oneDigit),
      'one route': cell(usdOf(usage), usd),
      [`all ${routes} routes`]: cell(usdOf(usage) * routes, usd),
    };
  });
  const title = `A day of requests that are refused, ${requestsPerSecond} a second on one route`;
  return tableOf(title, rows);
}

function priceTable(): Table {
  const prices: readonly Price[] = Object.values(PRICES);
  const rows = prices.map((price) => ({
    '': price.unit,
    $: cell(price.usd),
    for: cell(price.per, count),
    'free a month': cell(price.free, count),
    price: price.readAt === undefined ? '' : 'unconfirmed',
  }));
  return tableOf(
    `Prices: ${REGION}, arm64, looked up ${CHECKED}`,
    rows,
    "Unconfirmed: not read on AWS's own page. cost/prices.ts has where.",
  );
}
