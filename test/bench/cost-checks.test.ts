import { describe, expect, test } from '@jest/globals';
import { checksOf } from '../../bench/cost/checks.ts';
import { readDeployment } from '../../bench/cost/deployment.ts';
import type { Measurement } from '../../bench/cost/measurement.ts';
import { tablesOf, textOf } from '../../bench/cost/tables.ts';
import { MEASUREMENT, PLAYED } from '../support/cost.ts';

describe('what is checked', () => {
  const failed = (changes: Partial<Measurement>): readonly string[] =>
    checksOf({ ...MEASUREMENT, ...changes })
      .filter(({ passed }) => !passed)
      .map(({ what }) => what);

  test('passes with enough memory, and all labelled', () => {
    expect(failed({})).toEqual([]);
  });

  test('fails when a customer has no label, and when there were none', () => {
    const unlabelled = { customers: { known: 10, labelled: 9 } };
    expect(failed(unlabelled)).toEqual(['labelled 9 of 10 customers']);
    expect(failed({ customers: { known: 0, labelled: 0 } })).toHaveLength(1);
  });

  test('fails when the simulated worker lost an event', () => {
    const unsound = { shapes: [PLAYED, { ...PLAYED, sound: false }] };
    expect(failed(unsound)).toEqual(['the simulated worker lost nothing']);
  });

  test('fails when a function has less than 1.5 times the memory it held, or was not measured there', () => {
    const [receive, label] = failed({ memoryMb: { receive: 128, label: 128 } }).slice(-2);
    expect(receive).toContain('receive has 128 MB, 1.28 times');
    expect(label).toContain('label has 128 MB, 1.16 times');
    expect(failed({ memoryMb: { receive: 512, label: 384 } })).toEqual([
      expect.stringContaining('label has 384 MB, 0.00'),
    ]);
  });

  test('fails when receive would be late on a core half as fast', () => {
    // 100 ms of work at 128 / 1769 of a vCPU take 1,382 ms, where 880 are left.
    const late = failed({ memoryMb: { receive: 128, label: 256 } })[0];
    expect(late).toContain('receive answers in time on a core 0.6 times slower');
  });
});

describe('the tables', () => {
  const tables = tablesOf(MEASUREMENT);
  const columnOf = (title: RegExp, name: string): readonly unknown[] | undefined => {
    const found = tables.find((each) => title.test(each.title));
    return found?.rows.map((row) => Object(row[name]).value);
  };

  test('follow the memory', () => {
    expect(columnOf(/^receive by memory/, 'MB')).toEqual(columnOf(/^label by memory/, 'MB'));
    const spare = columnOf(/^receive by memory/, 'spare memory');
    expect([spare?.[0], spare?.at(-1)]).toEqual([1.28, undefined]);
    // Two workers for 86,400 s with an eighth of a GB each.
    const day = 0.125 * 2 * 86_400 * 0.0000133334;
    expect(columnOf(/^label by memory/, 'a full day')?.[0]).toBeCloseTo(day, 10);
  });

  test('have months at list price and after what is free, of no event and more', () => {
    const events = [0, 10_000, 100_000, 1_000_000];
    expect(columnOf(/^A month/, 'events')).toEqual([...events, ...events]);
    // Idle: 0.324 of polls, 0.4 of alarms, 3 of the dashboard.
    const months = columnOf(/^A month/, PLAYED.name);
    expect(months?.[0]).toBeCloseTo(3.724, 10);
    expect(months?.[4]).toBe(0);
  });

  test('end with a full day of a backlog', () => {
    // 1,000 events took 100 minutes.
    const notes = tables.flatMap((each) => each.notes).filter((note) => /^A day of/.test(note));
    expect(notes).toEqual([expect.stringContaining('by e-mail: 14,400 events')]);
  });

  test('are written with the digits of their columns, and nothing where nothing was measured', () => {
    const row = tables
      .filter(({ title }) => /^receive by memory/.test(title))
      .flatMap((each) => textOf(each).split('\n'))
      .find((line) => line.startsWith('1769 '));
    expect(row).toMatch(/^1769 +470 +0\.38 +8\.8 +22 +\$0\.51$/);
  });
});

test('the deployment is read from its template', () => {
  const handler = (name: string, MemorySize: number, Variables: object) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Handler: `${name}.handler`,
      MemorySize,
      Environment: { Variables },
    },
  });
  const Resources = {
    Receive: handler('receive', 320, {
      A: 'ssm:/a',
      B: 'ssm:/b',
      C: 'c',
      SOURCE_SECRETS: 'ssm:/x',
    }),
    Label: handler('label', 192, { B: 'ssm:/b' }),
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        RouteSettings: {
          'POST /a': { ThrottlingRateLimit: 50 },
          'POST /b': { ThrottlingRateLimit: 40 },
        },
      },
    },
    First: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    Second: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    OfMath: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Metrics: [{ Expression: 'a + b' }, { MetricStat: {} }, { MetricStat: {} }] },
    },
    Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
  };
  expect(readDeployment({ Resources, Outputs: {} })).toEqual({
    memoryMb: { receive: 320, label: 192 },
    workers: 0,
    requestsPerSecond: 50,
    routes: 2,
    // Of the alarms, the metrics that they watch.
    fixed: { alarms: 4, dashboards: 1, parameters: 2 },
  });
  const { Label: _, ...withoutLabel } = Resources;
  expect(() => readDeployment({ Resources: withoutLabel, Outputs: {} })).toThrow('label.handler');
});
