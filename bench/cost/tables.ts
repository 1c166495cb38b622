import { type BillItem, bill, plus, times, type Usage, usdFor, usdOf } from '../../cost/bill.ts';
import type { EventMeasurements } from '../../cost/measured.ts';
import { CHECKED, PRICES, type Price, REGION } from '../../cost/prices.ts';
import * as use from '../../cost/usage.ts';
import {
  ANSWER_LIMIT_MS,
  answerTimes,
  coldCpuMs,
  type Measurement,
  spareOf,
  WAITS,
} from './checks.ts';
import { LABELLED, type LogRow, REFUSED } from './logs.ts';
import { type Column, type Section, section } from './section.ts';
import { FLOODS, floodMs, floodUsage, type Played } from './shapes.ts';

export const MEMORY_SIZES = [128, 192, 256, 384, 512, 768, 1024, 1769] as const;
const MONTHS = [0, 10_000, 100_000, 1_000_000] as const;
const MILLION = 1e6;

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const usd = (value: number): string => `$${value.toFixed(value !== 0 && value < 0.1 ? 3 : 2)}`;
const oneDigit = (value: number): string => value.toFixed(1);
const twoDigits = (value: number): string => value.toFixed(2);
const count = (value: number): string => value.toLocaleString('en-US');

export function logOf(logs: readonly LogRow[], kind: string): LogRow {
  const found = logs.find((row) => row.kind === kind);
  if (!found) throw new Error(`The log of an event of the kind "${kind}" was not measured.`);
  return found;
}

/** What `cost/usage.ts` computes with, for functions of so much memory. */
const measured = (
  { work, logs }: Measurement,
  receive: number,
  label = receive,
): EventMeasurements => ({
  work,
  log: logOf(logs, LABELLED),
  memoryMb: { receive, label },
});
const deployed = (measurement: Measurement): EventMeasurements => {
  const { receive, label } = measurement.deployment.memoryMb;
  return measured(measurement, receive, label);
};

/** What there is to know of a measurement, in tables. */
export const tablesOf = (measurement: Measurement): readonly Section[] => [
  workTable(measurement),
  receiveTable(measurement),
  labelTable(measurement),
  logTable(measurement),
  millionTable(measurement),
  monthTable(measurement),
  floodTable(measurement),
  priceTable(),
];

function workTable({ work, deployment }: Measurement): Section {
  const peaks = (['receive', 'label'] as const).map((name) => {
    const seen = work.peaks[name].map(([size, mib]) => `${Math.round(mib)} (${size})`);
    return `${name} held at most, in MiB, by what Lambda would give it: ${seen.join(', ')}`;
  });
  const rows = { receive: work.receive, 'label, one job a batch': work.label };
  return section(
    'CPU time of one process on this machine, in milliseconds, the least of several',
    Object.entries(rows),
    [
      ['', ([name]) => name],
      ['Node', ([, { bootMs }]) => bootMs, ms],
      ['load', ([, { loadMs }]) => loadMs, ms],
      ['first event', ([, { firstMs }]) => firstMs, ms],
      ['next events, each', ([, { nextMs }]) => nextMs, ms],
    ],
    `label, a full batch: ${ms(work.fullBatchMs)} ms. In serverless.yml: receive ${deployment.memoryMb.receive} MB, label ${deployment.memoryMb.label} MB.`,
    ...peaks,
  );
}

function receiveTable(measurement: Measurement): Section {
  const { work } = measurement;
  const { lambdaStartMs, wayMs, parametersMs, sqsMs } = WAITS;
  const of = (mb: number) => answerTimes(work.receive, mb);
  const lambda = (mb: number): Usage => use.receiveUsage(measured(measurement, mb));
  return section(
    'receive by memory: an estimate, on a core as fast as this one',
    MEMORY_SIZES,
    [
      ['MB', (mb) => mb],
      ['cold answer, ms', (mb) => of(mb).coldMs, ms],
      [`of ${ANSWER_LIMIT_MS}`, (mb) => of(mb).coldMs / ANSWER_LIMIT_MS, twoDigits],
      ['headroom', (mb) => of(mb).headroom, oneDigit],
      ['warm, ms', (mb) => of(mb).warmMs, ms],
      ['$ a million', (mb) => usdOf(times(lambda(mb), MILLION)), usd],
      ['spare memory', (mb) => spareOf(work, 'receive', mb), oneDigit],
    ],
    'Headroom: how many times slower than this machine a core of Lambda may be before Wix has waited too long.',
    `Waits assumed: Lambda's start ${lambdaStartMs} ms, the way ${wayMs}, Parameter Store ${parametersMs}, SQS ${sqsMs}.`,
  );
}

function labelTable(measurement: Measurement): Section {
  const { work, shapes, deployment } = measurement;
  const cpuMs = coldCpuMs(work.label);
  const aDay = (mb: number): number => (mb / 1024) * deployment.workers * use.DAY_MINUTES * 60;
  return section(
    'label by memory: dollars of Lambda time',
    MEMORY_SIZES,
    [
      ['MB', (mb) => mb],
      ['cold, ms', (mb) => WAITS.parametersMs + use.workMs(cpuMs, mb), ms],
      ['a batch, ms', (mb) => use.workMs(work.label.nextMs, mb), ms],
      ...shapes.map((shape): Column<number> => {
        const lambda = (mb: number): Usage => use.labelUsage(measured(measurement, mb), shape);
        return [shape.name, (mb) => usdOf(times(lambda(mb), MILLION)), usd];
      }),
      ['a full day', (mb) => usdOf({ lambdaGbSeconds: aDay(mb) }), usd],
      ['spare memory', (mb) => spareOf(work, 'label', mb), oneDigit],
    ],
    'Dollars a million events, by how they come; a full day: all workers busy or asleep for 24 hours.',
  );
}

const logTable = ({ logs }: Measurement): Section =>
  section('Log bytes of one event', logs, [
    ['', ({ kind }) => kind],
    ['receive', ({ receive }) => receive],
    ['label', ({ label }) => label],
    ['its metrics', ({ labelInvocation }) => labelInvocation],
    ['Lambda', ({ lambda }) => lambda],
    ['sum', ({ bytes }) => bytes],
    ['$ a million', ({ bytes }) => usdOf(use.logUsage(MILLION * bytes)), usd],
  ]);

/** The columns of a bill: what is paid by the event. */
const ITEMS: readonly BillItem[] = ['API Gateway', 'Lambda', 'SQS', 'logs', 'sent out'];

function millionTable(measurement: Measurement): Section {
  const million = (shape: Played) =>
    bill(times(use.eventUsage(deployed(measurement), shape), MILLION));
  return section(
    'A million events, list price, warm processes',
    measurement.shapes,
    [
      ['', ({ name }) => name],
      ['label waits, s', ({ waitMs }) => waitMs / 1000, twoDigits],
      ['SQS requests', ({ sqsRequests }) => sqsRequests, twoDigits],
      ...ITEMS.map((item): Column<Played> => [item, (shape) => usdFor(item, million(shape)), usd]),
      ['sum', (shape) => million(shape).usd, usd],
    ],
    'Waits and requests: of one event.',
  );
}

function monthTable(measurement: Measurement): Section {
  const { shapes, metrics, deployment } = measurement;
  const idle = use.idleUsage(deployment);
  const coldStart = use.coldStartUsage(deployed(measurement));
  const eventOf = (shape: Played): Usage => use.eventUsage(deployed(measurement), shape);
  const month = (events: number, shape: Played): Usage =>
    use.monthUsage(events, { event: eventOf(shape), coldStart, idle, metrics });
  const rows = [false, true].flatMap((allowances) =>
    MONTHS.map((events) => ({ events, allowances })),
  );
  const fullDays = shapes
    .filter(({ perMinute }) => perMinute === 0)
    .map((shape) => {
      const events = Math.round((shape.events / shape.minutes) * use.DAY_MINUTES);
      const day = plus(times(eventOf(shape), events), times(idle, 1 / use.MONTH_DAYS));
      return `A day of a site's whole budget, by ${shape.by}: ${count(events)} events, ${usd(usdOf(day))}.`;
    });
  const list = bill(idle);
  return section(
    'A month, cold starts and an idle queue included',
    rows,
    [
      ['events', ({ events }) => events, count],
      ['', ({ allowances }) => (allowances ? 'after what is free' : 'list price')],
      ['cold', ({ events }) => (events > 0 ? `${use.coldShare(events) * 100} %` : '')],
      ...shapes.map(
        (shape): Column<(typeof rows)[number]> => [
          shape.name,
          ({ events, allowances }) => bill(month(events, shape), { allowances }).usd,
          usd,
        ],
      ),
    ],
    `Idle: ${usd(list.lines.sqsFifoRequests ?? 0)} of pollers that ask an empty queue, ${usd(usdFor('alarms', list))} of alarms, ${usd(usdFor('dashboard', list))} of dashboards. With events come ${metrics} custom metrics: ${usd(usdOf({ metricMonths: metrics }))}.`,
    ...fullDays,
  );
}

function floodTable(measurement: Measurement): Section {
  const { requestsPerSecond, sources } = measurement.deployment;
  const chosen = deployed(measurement);
  const log = logOf(measurement.logs, REFUSED);
  const rows = FLOODS.map((flood) => ({
    flood,
    day: floodUsage(chosen, log, requestsPerSecond, flood),
  }));
  const requests = requestsPerSecond * use.DAY_MINUTES * 60;
  return section(
    `A day of requests that are refused, ${requestsPerSecond} a second at one source`,
    rows,
    [
      ['', ({ flood }) => flood.name],
      ['billed as requests', ({ day }) => (day.httpApiRequests ?? 0) / requests],
      [
        'functions at once',
        ({ flood }) => (requestsPerSecond * floodMs(chosen, flood)) / 1000,
        oneDigit,
      ],
      ['one source', ({ day }) => usdOf(day), usd],
      [`all ${sources} sources`, ({ day }) => usdOf(day) * sources, usd],
    ],
  );
}

function priceTable(): Section {
  const prices: readonly Price[] = Object.values(PRICES);
  return section(
    `Prices: ${REGION}, arm64, looked up ${CHECKED}`,
    prices,
    [
      ['', ({ unit }) => unit],
      ['$', (price) => price.usd],
      ['for', ({ per }) => per, count],
      ['free a month', ({ free }) => free, count],
      ['', ({ readAt }) => (readAt === undefined ? '' : 'unconfirmed')],
    ],
    "Unconfirmed: not read on AWS's own page. cost/prices.ts has where.",
  );
}
