import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { toMeasurements } from '../../../bench/cost/save.ts';
import { estimate } from '../../../cli/commands/capacity/estimate.ts';
import {
  type BillItem,
  bill,
  ITEM_NAMES,
  plus,
  times,
  type Usage,
  usdFor,
} from '../../../cost/bill.ts';
import { type Measurements, readMeasurements, type Way } from '../../../cost/measured.ts';
import { PRICES, type Price } from '../../../cost/prices.ts';
import { standingUsage } from '../../../cost/standing.ts';
import { eventUsage, monthUsage } from '../../../cost/usage.ts';
import { CODE_SOURCES } from '../../../lib/events/event.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { LOG, MEASUREMENT, PLAYED, WORK } from '../../support/cost.ts';

const WAY: Way = { calls: 2, invocations: 1, waitMs: 300, sqsRequests: 3 };
const MEASURED: Measurements = {
  command: 'npm run bench:cost -- --save',
  date: '2026-11-22T12:00:00.000Z',
  work: WORK,
  log: LOG,
  memoryMb: { receive: 512, label: 256 },
  fixed: { alarms: 10, dashboards: 1, parameters: 11 },
  metrics: 12,
  standing: MEASUREMENT.standing,
  evenly: { 'e-mail': WAY, 'contact id': { ...WAY, calls: 1 } },
  backlog: { 'e-mail': { ...WAY, invocations: 0.1 }, 'contact id': WAY },
};
const RULES = loadRules('rules: [{ name: r, on: order.paid, add: [Customer] }]', 'rules.yml');
const OPTIONS = { sources: ['shopify'], repeat: 0, callsPerMinute: 180 } as const;

function reckon(changes: object = {}) {
  const reckoned = estimate(RULES, MEASURED, { ...OPTIONS, ...changes });
  if (!reckoned) throw new Error('The rule listens to that.');
  return reckoned;
}

describe('what a site takes', () => {
  test('is its calls by those of the dearest event, in a rush', () => {
    const [row] = reckon().events;
    expect(row?.eventsAMinuteOneByOne).toBe(90);
    expect(row?.eventsAMinute).toBeCloseTo(162, 10);
    expect(row?.eventsADay).toBeCloseTo(162 * 1440, 8);
    expect(reckon().bursts[1]?.minutes).toBeCloseTo(10_000 / 162, 10);
  });

  test('grows with the calls a minute and with customers who come again', () => {
    expect(reckon({ callsPerMinute: 90 }).events[0]?.eventsAMinute).toBeCloseTo(81, 10);
    expect(reckon({ repeat: 0.5 }).events[0]?.eventsAMinute).toBeCloseTo(324, 10);
  });

  test('is held against what comes in a day', () => {
    const { perDay } = reckon({ eventsPerDay: 162 * 1440 * 2 });
    expect(perDay?.shareOfCapacity).toBeCloseTo(2, 10);
    expect(perDay?.month.events).toBe(162 * 1440 * 2 * 30);
  });

  test('is nothing that rules say of sources that send none of it', () => {
    const none = loadRules('rules: [{ name: r, on: form.submitted, add: [A] }]', 'rules.yml');
    expect(estimate(none, MEASURED, { ...OPTIONS, sources: ['stripe'] })).toBeUndefined();
  });
});

describe('a bill', () => {
  test('is the sum of its items, each of a meter of its own', () => {
    const { usd, usdByItem } = reckon().month.evenly;
    const sum = ITEM_NAMES.reduce((total, item) => total + usdByItem[item], 0);
    expect(sum).toBeCloseTo(usd, 10);
    expect(usdByItem).toMatchObject({ alarms: 1, dashboard: 3 });
    expect(usdByItem.metrics).toBeCloseTo(3.6, 10);
    expect(usdByItem['API Gateway']).toBeCloseTo(1, 10);
  });

  test('waits in proportion to calls: 300 ms of 256 MB for two, and nothing for none', () => {
    const lambda = (repeat: number) => reckon({ repeat }).month.evenly.usdByItem.Lambda;
    const wait = 1e6 * 0.25 * 0.3 * PRICES.lambdaGbSeconds.usd;
    expect(lambda(0) - lambda(1)).toBeCloseTo(wait, 2);
    expect(lambda(0) - lambda(0.5)).toBeCloseTo(wait / 2, 2);
  });

  test('is less after what every account has free', () => {
    const { usd, afterAllowances } = reckon().month.evenly;
    expect(afterAllowances.usd).toBeLessThan(usd - 4);
  });
});

test('what is measured is saved as what is read', () => {
  const shape = (by: 'e-mail' | 'contact id', perMinute: number) => ({ ...PLAYED, by, perMinute });
  const shapes = [shape('e-mail', 23), shape('contact id', 23), shape('e-mail', 0)];
  const slow = { ...shape('contact id', 0), way: { ...PLAYED.way, waitMs: 7 } };
  const measurement = { ...MEASUREMENT, shapes: [...shapes, slow] };
  const saved = toMeasurements(measurement, '2026-11-22T12:00:00.000Z');
  expect(saved).toMatchObject({
    log: { labelInvocation: 40 },
    fixed: { dashboards: 1 },
    metrics: 12,
  });
  expect(saved.evenly['contact id'].waitMs).toBe(300);
  expect(saved.backlog['contact id'].waitMs).toBe(7);
  expect(Object.keys(readMeasurements()).sort()).toEqual(Object.keys(saved).sort());
});

test('every price says where AWS has it', () => {
  const prices: readonly Price[] = Object.values(PRICES);
  for (const { page } of prices)
    expect(page).toMatch(/^https:\/\/(?:aws|docs\.aws)\.amazon\.com\//);
});

test('standing labels add their table and schedule, and the calls of reviews, as docs/cost.md says', () => {
  const config = loadRules(
    'labels: [{ label: VIP, while: \'history.within("365d").orders.size() > 3\' }]\n' +
      'rules: [{ name: r, on: order.paid, add: [Customer] }]',
    'rules.yml',
  );
  const page = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');

  const with1000 = estimate(config, readMeasurements(), {
    ...OPTIONS,
    eventsPerDay: 1_000,
  })?.standing;

  expect(with1000).toMatchObject({ reviewsAnEvent: 2, callsAnEvent: 4, callsADay: 4_000 });
  expect(with1000?.usdAMonth).toBeLessThan(with1000?.usdAMillion ?? 0);
  expect(page).toContain(
    `the schedule add $${with1000?.usdAMillion.toFixed(2)} to a million events`,
  );
  expect(reckon().standing).toBeUndefined();
});

test('docs/cost.md has the bill of what was measured', () => {
  // Arrange
  const measured = readMeasurements();
  const columns: readonly BillItem[] = ['API Gateway', 'Lambda', 'SQS', 'logs', 'sent out'];
  const row = (name: string, way: Way): string => {
    const million = bill(times(eventUsage(measured, way), 1e6));
    const usd = [...columns.map((item) => usdFor(item, million)), million.usd];
    return `| ${name} | ${usd.map((each) => `$${each.toFixed(2)}`).join(' | ')} |`;
  };
  const { evenly, backlog } = measured;

  // Act
  const page = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');

  // Assess
  expect(page.split('\n').filter((line) => /^\| (?:evenly spread|a backlog), /.test(line))).toEqual(
    [
      row('evenly spread, e-mails', evenly['e-mail']),
      row('evenly spread, contact ids', evenly['contact id']),
      row('a backlog, e-mails', backlog['e-mail']),
      row('a backlog, contact ids', backlog['contact id']),
    ],
  );
});

test('docs/cost.md has the month of a million events without and with standing labels', () => {
  const measured = readMeasurements();
  const without = monthUsage(measured, measured.evenly['e-mail'], 1e6);
  const months = [without, plus(without, standingUsage(measured.standing, 1e6))];
  const row = (name: string, usdIn: (month: Usage) => number): string =>
    `| ${name} | ${months.map((month) => `$${usdIn(month).toFixed(2)}`).join(' | ')} |`;
  const page = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');
  const [, ...rows] =
    page.split('| without `labels:` | with `labels:` |').at(-1)?.split('\n') ?? [];
  expect(rows.slice(1, 3 + ITEM_NAMES.length)).toEqual([
    ...ITEM_NAMES.map((item) => row(item, (month) => usdFor(item, bill(month)))),
    row('sum', (month) => bill(month).usd),
    row('after what is free', (month) => bill(month, { allowances: true }).usd),
  ]);
});

test('the sources are those that there are', () => {
  expect(
    reckon({ sources: CODE_SOURCES })
      .events.flatMap(({ sources }) => sources)
      .sort(),
  ).toEqual([...CODE_SOURCES].sort());
});
