import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { addLogFields, log } from '../../lib/runtime/log.ts';
import { addMetric } from '../../lib/runtime/metrics.ts';
import { lambdaHandler } from '../../lib/runtime/middleware.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

let output: CapturedLog;
beforeEach(() => {
  output = captureLog();
});
afterEach(() => output.restore());

test('invocations side by side keep their request ids, fields and metrics apart', async () => {
  const both = Promise.withResolvers<void>();
  const handler = lambdaHandler(async (name: string) => {
    addLogFields({ name });
    if (name === 'second') both.resolve();
    await both.promise;
    addMetric('Retried', { Reason: name });
    log.warn('job');
  });

  await Promise.all(
    ['first', 'second'].map((name) => handler(name, { awsRequestId: `of ${name}` } as Context)),
  );

  const lines = output.lines();
  expect(lines.filter(({ message }) => message === 'job')).toMatchObject([
    { name: 'first', requestId: 'of first' },
    { name: 'second', requestId: 'of second' },
  ]);
  expect(lines.filter(({ message }) => message === 'metrics')).toMatchObject([
    { Retried: 1, Reason: 'first' },
    { Retried: 1, Reason: 'second' },
  ]);
});

test('what a handler puts on its lines is on none outside of it', async () => {
  await lambdaHandler(async () => addLogFields({ name: 'inside' }))('', {} as Context);

  log.warn('exception');

  expect(output.lines()).toHaveLength(1);
  expect(output.lines()[0]).not.toHaveProperty('name');
});

test('no timer ends an invocation early, however little time is left', async () => {
  const context = { getRemainingTimeInMillis: () => 0 } as Context;
  const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const handler = lambdaHandler(async () => {
    for (let turn = 0; turn < 10; turn += 1) await later();
    log.warn('job');
  });
  await handler('', context);

  expect(output.lines()).toMatchObject([{ message: 'job' }]);
});
