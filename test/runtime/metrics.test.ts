import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { log, withLogFields } from '../../lib/runtime/log.ts';
import { metrics } from '../../lib/runtime/metrics.ts';
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

/**
 * What the specification says of the metadata. Members it does not know are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (checked 2026-11-21)
 */
const name = z.string().min(1).max(255);
const Metadata = z.strictObject({
  Timestamp: z.int().positive(),
  CloudWatchMetrics: z
    .array(
      z.strictObject({
        Namespace: name,
        Dimensions: z.array(z.array(name).max(9)).min(1),
        Metrics: z
          .array(z.strictObject({ Name: name, Unit: z.enum(['Count']) }))
          .min(1)
          .max(100),
      }),
    )
    .min(1),
});

/** Holds a line against the specification. @returns the metrics as CloudWatch would take them */
function extracted(line: Record<string, unknown> = {}) {
  const { CloudWatchMetrics } = Metadata.parse(line._aws);
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.map(({ Name, Unit }) => ({
      metric: `${Namespace} ${Name} ${Unit}`,
      // A target is a member of the root: a number for a metric, a text for a dimension.
      value: z.number().parse(line[Name]),
      dimensions: Dimensions.map((set) => set.map((key) => [key, z.string().parse(line[key])])),
    })),
  );
}

describe('a log line that is a metric', () => {
  test('is one line, a metric of its own time, and says what it did before', () => {
    log.error('breaker', { state: 'open', ...metrics({ BreakerOpen: 1 }, { site: 'a-site' }) });

    const [line, ...more] = output.lines();
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      time: '2026-11-21T12:00:00.123Z',
      level: 'error',
      message: 'breaker',
      state: 'open',
      site: 'a-site',
      _aws: { Timestamp: NOW },
    });
    expect(extracted(line)).toEqual([
      { metric: 'Earmark BreakerOpen Count', value: 1, dimensions: [[['site', 'a-site']]] },
    ]);
  });

  test('may hold several metrics, and be told apart by nothing', () => {
    log.info('batch', metrics({ Received: 3, Labelled: 0 }, {}));

    expect(extracted(output.lines()[0])).toEqual([
      { metric: 'Earmark Received Count', value: 3, dimensions: [[]] },
      { metric: 'Earmark Labelled Count', value: 0, dimensions: [[]] },
    ]);
  });

  test('wins over a field of the same name that every line has', () => {
    withLogFields({ site: 'of the batch' }, () => log.info('x', metrics({ A: 1 }, { site: 's' })));

    expect(extracted(output.lines()[0])).toMatchObject([{ dimensions: [[['site', 's']]] }]);
  });

  test('keeps to the specification, whatever is counted', () => {
    const upper = fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/);
    const lower = fc.stringMatching(/^[a-z][A-Za-z]{0,20}$/);
    const counts = fc.dictionary(upper, fc.nat(), { minKeys: 1, maxKeys: 100 });
    const dimensions = fc.dictionary(lower, fc.stringMatching(/^[\w-]{1,30}$/), { maxKeys: 9 });
    fc.assert(
      fc.property(counts, dimensions, (values, told) => {
        log.warn('any', metrics(values, told));

        expect(extracted(output.lines().at(-1))).toEqual(
          Object.entries(values).map(([key, value]) => ({
            metric: `Earmark ${key} Count`,
            value,
            dimensions: [Object.entries(told)],
          })),
        );
      }),
    );
  });
});

test('a line that is no metric has no such field', () => {
  log.info('job', { outcome: 'done' });

  expect(output.lines()[0]).not.toHaveProperty('_aws');
});
