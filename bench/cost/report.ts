import { type Bill, type Item, usdFor, usdOf } from '../../cost/bill.ts';
import { CHECKED, PRICES, type Price, REGION } from '../../cost/prices.ts';
import type { FunctionWork } from '../../cost/usage.ts';
import { table } from '../command.ts';
import { ANSWER_LIMIT_MS, WAITS } from './memory.ts';
import type { Result } from './result.ts';

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const usd = (value: number): string => `$${value.toFixed(value !== 0 && value < 0.1 ? 3 : 2)}`;
const times = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1));
const count = (value: number): string => value.toLocaleString('en-US');

function section(title: string, rows: readonly (readonly string[])[], ...notes: readonly string[]) {
  return [title, '', table(rows), ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

function workSection({ work, deployment }: Result): string {
  const row = (name: string, { bootMs, loadMs, firstMs, nextMs }: FunctionWork): string[] => [
    name,
    ...[bootMs, loadMs, firstMs, nextMs].map(ms),
  ];
  const peaks = (['receive', 'label'] as const).map((name) => {
    const seen = work.peaks[name].map(([size, mib]) => `${Math.round(mib)} (${size})`);
    return `${name} held at most, in MiB, by what Lambda would give it: ${seen.join(', ')}`;
  });
  return section(
    'CPU time of one process on this machine, in milliseconds, the least of several',
    [
      ['', 'Node', 'load', 'first event', 'next events, each'],
      row('receive', work.receive),
      row('label, one job a batch', work.label),
    ],
    `label, a full batch: ${ms(work.fullBatchMs)} ms. In serverless.yml: receive ${deployment.memoryMb.receive} MB, label ${deployment.memoryMb.label} MB.`,
    ...peaks,
  );
}

function receiveSection({ receive }: Result): string {
  const { lambdaStartMs, wayMs, parametersMs, sqsMs } = WAITS;
  return section(
    'receive by memory: an estimate, on a core as fast as this one',
    [
      [
        'MB',
        'cold answer, ms',
        `of ${ANSWER_LIMIT_MS}`,
        'headroom',
        'warm, ms',
        '$ a million',
        'spare memory',
      ],
      ...receive.map((row) => [
        String(row.memoryMb),
        ms(row.coldMs),
        (row.coldMs / ANSWER_LIMIT_MS).toFixed(2),
        times(row.headroom),
        ms(row.warmMs),
        usd(row.usdAMillion),
        times(row.spare),
      ]),
    ],
    'Headroom: how many times slower than this machine a core of Lambda may be before Wix has waited too long.',
    `Waits assumed: Lambda's start ${lambdaStartMs} ms, the way ${wayMs}, Parameter Store ${parametersMs}, SQS ${sqsMs}.`,
  );
}

function labelSection({ label, shapes }: Result): string {
  return section(
    'label by memory: dollars of Lambda time',
    [
      [
        'MB',
        'cold, ms',
        'a batch, ms',
        ...shapes.map(({ name }) => name),
        'a full day',
        'spare memory',
      ],
      ...label.map((row) => [
        String(row.memoryMb),
        ms(row.coldMs),
        ms(row.batchMs),
        ...row.usdAMillion.map(usd),
        usd(row.usdAFullDay),
        times(row.spare),
      ]),
    ],
    'Dollars a million events, by how they come; a full day: all workers busy or asleep for 24 hours.',
  );
}

function logSection({ logs }: Result): string {
  return section('Log bytes of one event', [
    ['', 'receive', 'label', 'its metrics', 'Lambda', 'sum', '$ a million'],
    ...logs.map(({ kind, receive, label, labelInvocation, lambda, bytes, usdAMillion }) => [
      kind,
      ...[receive, label, labelInvocation, lambda, bytes].map(String),
      usd(usdAMillion),
    ]),
  ]);
}

/** The columns of a bill: what is paid by the event. */
const ITEMS: readonly Item[] = ['API Gateway', 'Lambda', 'SQS', 'logs', 'sent out'];
const cellsOf = (of: Bill): string[] => [
  ...ITEMS.map((item) => usd(usdFor(item, of))),
  usd(of.usd),
];

function millionSection({ millions }: Result): string {
  return section(
    'A million events, list price, warm processes',
    [
      ['', 'label waits, s', 'SQS requests', ...ITEMS, 'sum'],
      ...millions.map(({ shape, million }) => [
        shape.name,
        (shape.waitMs / 1000).toFixed(2),
        shape.sqsRequests.toFixed(2),
        ...cellsOf(million),
      ]),
    ],
    'Waits and requests: of one event.',
  );
}

function monthSection({ idleMonth, months, shapes, fullDays, metrics }: Result): string {
  const names = shapes.map(({ name }) => name);
  const { list, afterAllowances } = idleMonth;
  const days = fullDays.map(
    ({ shape, events, usd: sum }) =>
      `A day of a site's whole budget, by ${shape.by}: ${count(events)} events, ${usd(sum)}.`,
  );
  const cells = (values: readonly number[]): string[] => values.map(usd);
  return section(
    'A month, cold starts and an idle queue included',
    [
      ['events', 'cold', ...names],
      ['none', '', ...names.map(() => usd(list.usd))],
      ...months.map((row) => [count(row.events), `${row.coldShare * 100} %`, ...cells(row.list)]),
      ['after what an account has free each month:', ''],
      ['none', '', ...names.map(() => usd(afterAllowances.usd))],
      ...months.map((row) => [
        count(row.events),
        `${row.coldShare * 100} %`,
        ...cells(row.afterAllowances),
      ]),
    ],
    `Idle: ${usd(list.lines.sqsFifoRequests ?? 0)} of pollers that ask an empty queue, ${usd(usdFor('alarms', list))} of alarms, ${usd(usdFor('dashboard', list))} of dashboards. With events come ${metrics} custom metrics: ${usd(usdOf({ metricMonths: metrics }))}.`,
    ...days,
  );
}

function floodSection({ floods, deployment }: Result): string {
  const { requestsPerSecond, sources } = deployment;
  return section(
    `A day of requests that are refused, ${requestsPerSecond} a second at one source`,
    [
      ['', 'billed as requests', 'functions at once', 'one source', `all ${sources} sources`],
      ...floods.map(({ flood, units, atOnce, usdADay, usdADayEverywhere }) => [
        flood.name,
        String(units),
        atOnce.toFixed(1),
        usd(usdADay),
        usd(usdADayEverywhere),
      ]),
    ],
  );
}

function priceSection(): string {
  const prices: readonly Price[] = Object.values(PRICES);
  return section(
    `Prices: ${REGION}, arm64, looked up ${CHECKED}`,
    [
      ['', '$', 'for', 'free a month', ''],
      ...prices.map(({ unit, usd: price, per, free, readAt }) => [
        unit,
        String(price),
        count(per),
        free === undefined ? '' : count(free),
        readAt === undefined ? '' : 'unconfirmed',
      ]),
    ],
    "Unconfirmed: not read on AWS's own page. cost/prices.ts has where.",
  );
}

export function report(result: Result): string {
  return [
    workSection(result),
    receiveSection(result),
    labelSection(result),
    logSection(result),
    millionSection(result),
    monthSection(result),
    floodSection(result),
    priceSection(),
    ...result.checks.map(([passed, what]) => `${passed ? 'PASS' : 'FAIL'} ${what}`),
  ].join('\n');
}
