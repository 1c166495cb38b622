import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { log } from '../../lib/runtime/log.ts';
import { addMetric, flushMetrics, METRICS, type MetricName } from '../../lib/runtime/metrics.ts';
import { lambdaHandler } from '../../lib/runtime/middleware.ts';
import { type Extracted, extracted } from '../support/emf.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const NOW = Date.parse('2026-11-21T12:00:00.123Z');

let output: CapturedLog;
beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  output = captureLog();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const invoke = (work: () => unknown): Promise<unknown> =>
  lambdaHandler(async () => work())({}, {} as Context);
const lines = (): readonly Extracted[][] => output.lines().map(extracted);
const one = (name: string, values: readonly number[], others = {}): Extracted => ({
  name,
  values,
  unit: 'Count',
  dimensions: { FunctionName: 'local', ...others },
});

describe('what an invocation notes', () => {
  test('is one line at its end', async () => {
    await invoke(() => {
      addMetric('Queued', {});
      addMetric('Queued', {});
      addMetric('Retried', { Reason: 'throttled' });
      addMetric('EventToLabel', {}, 350);
      addMetric('EventToLabel', {}, 20);
      expect(output.lines()).toEqual([]);
    });

    expect(output.lines()).toMatchObject([{ message: 'metrics', _aws: { Timestamp: NOW } }]);
    expect(lines()).toEqual([
      [
        one('Queued', [2]),
        { ...one('EventToLabel', [350, 20]), unit: 'Milliseconds' },
        one('Retried', [1], { Reason: 'throttled' }),
      ],
    ]);
  });

  test('is written when it throws', async () => {
    const invocation = invoke(() => {
      addMetric('Labelled', {});
      throw new Error('boom');
    });

    await expect(invocation).rejects.toThrow('boom');
    expect(lines()).toEqual([[one('Labelled', [1])]]);
  });

  test('goes along with a line that takes it; nothing is left for the end', async () => {
    await invoke(() => {
      addMetric('Received', { Source: 'stripe' });
      log.info('delivery', { status: 'ping', ...flushMetrics() });
    });

    expect(output.lines()).toMatchObject([{ message: 'delivery', status: 'ping', level: 'info' }]);
    expect(lines()).toEqual([[one('Received', [1], { Source: 'stripe' })]]);
  });

  test('takes a line for each value of a dimension, and no more', async () => {
    await invoke(() => {
      for (const Status of ['200', '429', '503'])
        addMetric('WixCalls', { Operation: 'getMember', Status });
      addMetric('Retried', { Reason: 'transient' });
      addMetric('DeadLettered', { Reason: 'transient' });
      addMetric('DeadLettered', { Reason: 'bad-request' });
      addMetric('Labelled', {});
    });

    expect(lines().map((line) => line.length)).toEqual([4, 2, 1]);
    expect(lines().flat()).toContainEqual(one('DeadLettered', [1], { Reason: 'bad-request' }));
  });

  test('is the invocation’s own, though another runs beside it', async () => {
    const other = Promise.withResolvers<void>();
    const first = invoke(async () => {
      addMetric('Queued', {});
      await other.promise;
    });
    await invoke(() => addMetric('Labelled', {}));
    expect(lines()).toEqual([[one('Labelled', [1])]]);

    other.resolve();
    await first;

    expect(lines()[1]).toEqual([one('Queued', [1])]);
  });

  test('is left out where it is no number that CloudWatch takes', async () => {
    await invoke(() => {
      addMetric('EventToLabel', {}, Number.NaN);
      addMetric('EventToLabel', {}, 7);
    });

    expect(lines()).toEqual([[{ ...one('EventToLabel', [7]), unit: 'Milliseconds' }]]);
  });

  test('of a gauge: it was open if it was so at any time', async () => {
    await invoke(() => {
      addMetric('BreakerOpen', {});
      addMetric('BreakerOpen', {}, 0);
    });
    await invoke(() => addMetric('BreakerOpen', {}, 0));

    expect(lines()).toEqual([[one('BreakerOpen', [1])], [one('BreakerOpen', [0])]]);
  });

  test('whatever it is: the lines keep to the specification and lose nothing', async () => {
    const names = Object.keys(METRICS) as MetricName[];
    const word = fc.constantFrom('a', 'b', 'c');
    const noted = fc.record({
      name: fc.constantFrom(...names),
      words: fc.tuple(word, word),
      value: fc.nat(1000),
      times: fc.constantFrom(1, 2, 150),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(noted, { maxLength: 40 }), async (all) => {
        const before = output.lines().length;
        const expected = new Map<string, number[]>();
        await invoke(() => {
          for (const { name, words, value, times } of all) {
            const [, ...own] = METRICS[name].dimensions;
            const values = Object.fromEntries(own.map((key, at) => [key, words[at]]));
            const key = JSON.stringify([name, { FunctionName: 'local', ...values }]);
            for (let n = 0; n < times; n += 1) {
              (addMetric as (...args: unknown[]) => void)(name, values, value);
              expected.set(key, [...(expected.get(key) ?? []), value]);
            }
          }
        });

        const found = new Map<string, number[]>();
        for (const { name, dimensions, values } of output
          .lines()
          .slice(before)
          .flatMap(extracted)) {
          const key = JSON.stringify([name, dimensions]);
          found.set(key, [...(found.get(key) ?? []), ...values]);
        }
        const gathered = [...expected].map(([key, values]): [string, number[]] => {
          const [name] = JSON.parse(key) as [MetricName];
          const { gather } = METRICS[name];
          const sum = values.reduce((total, value) => total + value, 0);
          return [key, gather === 'each' ? values : [gather === 'sum' ? sum : Math.max(...values)]];
        });
        expect([...found].sort()).toEqual(gathered.sort());
      }),
      { numRuns: 60 },
    );
  });
});

test('outside an invocation nothing is gathered', () => {
  addMetric('Queued', {});

  expect(flushMetrics()).toBeUndefined();
});

test('a line that takes no metrics has no such field', () => {
  log.info('job', { outcome: 'done', ...flushMetrics() });

  expect(output.lines()[0]).not.toHaveProperty('_aws');
});

test('docs/architecture.md lists every metric, by the dimensions that it has', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const rows = page.matchAll(/^\| `([A-Z]\w+)` \| (\w+) \| ([^|]*)\| \w+ \| [^|]+ \|$/gm);
  const listed = [...rows].map(([, name = '', unit, by = '']) => [
    name,
    { unit, dimensions: ['FunctionName', ...[...by.matchAll(/\w+/g)].map(([word]) => word)] },
  ]);
  const table = Object.entries(METRICS).map(([name, { unit, dimensions }]) => [
    name,
    { unit, dimensions },
  ]);

  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(table));
});
