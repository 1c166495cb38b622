import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createHandler, openWaker } from '../../functions/wake.ts';
import { SettingsError } from '../../lib/runtime/settings.ts';
import { STORE_FAILURES, StoreError } from '../../lib/store/store.ts';
import { readWakeSettings, shareOf } from '../../lib/waking/settings.ts';
import { extracted } from '../support/emf.ts';
import { SITE_ID, START } from '../support/jobs.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';
import { aStage, MINUTE, type WakeStage } from './stage.ts';

let output: CapturedLog;
beforeEach(() => {
  output = captureLog();
});
afterEach(() => output.restore());

/** As Lambda invokes it. */
async function invoke({ sqs, store, now }: WakeStage, share = 30): Promise<void> {
  const settings = { queueUrl: sqs.queueUrl, site: SITE_ID, share };
  const waker = openWaker(settings, { client: sqs.client, store, now });
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 50_000 } as Context;
  await createHandler(async () => waker)({}, context);
}

const metrics = () =>
  output
    .lines()
    .flatMap(extracted)
    .map(({ name, values, dimensions: { FunctionName, ...dimensions } }) => [
      name,
      { values, ...dimensions },
    ]);

test('a run writes one line with what it did, and its metrics', async () => {
  const stage = aStage({ share: 1 });
  await stage.know(1, START - MINUTE);
  await stage.know(2, START);

  await invoke(stage, 1);

  expect(output.lines()[0]).toMatchObject({
    level: 'info',
    message: 'wake',
    waiting: 0,
    queued: { due: 1 },
    due: 1,
    latenessSeconds: 60,
  });
  expect(Object.fromEntries(metrics())).toEqual({
    ReviewsQueued: { values: [1], Cause: 'due' },
    ReviewsDue: { values: [1] },
    ReviewLateness: { values: [60] },
  });
});

test('a run with nothing to do says so, with a lateness of 0', async () => {
  await invoke(aStage());

  expect(output.lines()).toMatchObject([{ message: 'wake', queued: {}, due: 0 }]);
  expect(Object.fromEntries(metrics())).toEqual({
    ReviewsDue: { values: [0] },
    ReviewLateness: { values: [0] },
  });
});

describe.each(STORE_FAILURES)('where the store fails (%s)', (failure) => {
  test('a run keeps what it did, counts it, and fails only where somebody has to look', async () => {
    const stage = aStage();
    await stage.know(1, START);
    stage.obstruct((operation, request) =>
      operation === 'postpone' ? Promise.reject(new StoreError(failure, 'It failed.')) : request(),
    );

    const end = invoke(stage);

    if (failure === 'refused') await expect(end).rejects.toThrow(StoreError);
    else await end;
    expect(output.lines()[0]).toMatchObject({
      level: failure === 'refused' ? 'error' : 'warn',
      message: 'wake',
      store: failure,
      queued: { due: 1 },
    });
    expect(metrics()).toContainEqual(['StoreErrors', { values: [1], Reason: failure }]);
  });
});

test('what is no fault of the store fails the run', async () => {
  const stage = aStage();
  stage.sqs.obstruct = () => {
    throw new Error('no queue');
  };

  await expect(invoke(stage)).rejects.toThrow('no queue');
});

describe('settings', () => {
  const ENV = {
    QUEUE_URL: 'https://sqs.example.com/jobs.fifo',
    WIX_SITE_ID: SITE_ID,
    HISTORY_TABLE: 'histories',
  };
  const read = (env: NodeJS.ProcessEnv) => readWakeSettings(env, async () => new Map());

  test('the site is named as in the jobs of receive', async () => {
    expect(await read({ ...ENV, WIX_INSTANCE_ID: 'instance' })).toMatchObject({ site: SITE_ID });
    expect(await read({ ...ENV, WIX_SITE_ID: '', WIX_INSTANCE_ID: 'instance' })).toMatchObject({
      site: 'instance',
    });
  });

  test.each([
    [180, 30],
    [90, 15],
    [12, 2],
    [5, 1],
    [2, 1],
  ])('of %d requests a minute a run queues %d reviews', async (requests, share) => {
    expect(shareOf(requests)).toBe(share);
    expect(await read({ ...ENV, WIX_REQUESTS_PER_MINUTE: String(requests) })).toMatchObject({
      share,
    });
  });

  test.each(['QUEUE_URL', 'WIX_SITE_ID', 'HISTORY_TABLE'])(
    'without %s it does not start',
    async (name) => {
      const failure = await read({ ...ENV, [name]: '' }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SettingsError);
      expect(String(failure)).toContain(name);
    },
  );
});
