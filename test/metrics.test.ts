import { afterEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { METRICS } from '../lib/runtime/metrics.ts';
import { lambdaHandler } from '../lib/runtime/middleware.ts';
import { StoreError } from '../lib/store/store.ts';
import { createWaker } from '../lib/waking/waker.ts';
import { sampleDelivery } from '../samples/samples.ts';
import { type Extracted, extracted, seriesOf } from './support/emf.ts';
import { API_KEY, aJob, SITE_ID } from './support/jobs.ts';
import { type LabelStage, openLabelStage, type StageOptions } from './support/label-stage.ts';
import { captureLog } from './support/log.ts';
import { openReceiveStage, type ReceiveStage } from './support/receive-stage.ts';
import { recordOf } from './support/records.ts';
import { openStandingStage } from './support/standing-stage.ts';
import { openWorkerStage } from './support/worker-stage.ts';

// What the real handlers report to CloudWatch, as it would read it.

/** All that the tests of this file saw. */
const seen: Extracted[] = [];
const countsOf = (lines: readonly Record<string, unknown>[]): Record<string, readonly number[]> => {
  const metrics = lines.flatMap(extracted);
  seen.push(...metrics);
  return seriesOf(metrics);
};

const SECRET = 'a-secret-of-the-metrics-test';
const STRIPE_SECRET = 'whsec_of_the_metrics_test';

describe('receive', () => {
  let stage: ReceiveStage;
  afterEach(() => stage.close());
  const bearer = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
  const custom = (body: object | string) => ({
    headers: bearer,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const paid = { event: 'order.paid', event_id: 'order-1', email: 'ada@example.com', total: 10 };
  /** A delivery to `custom` whose proof holds. */
  const VERIFIED = { 'Received local custom': [1], 'Verified local custom': [1] };
  const open = async (options = {}) => {
    stage = await openReceiveStage({
      secrets: {
        custom: [SECRET],
        stripe: [STRIPE_SECRET],
        'standard-webhooks': ['whsec_no base64'],
      },
      ...options,
    });
  };

  test('each delivery is one line, with what became of it', async () => {
    await open();
    await stage.post('custom', custom(paid));
    await stage.post('custom', custom({ ...paid, event: 'nothing of interest' }));

    expect(stage.logged().map(({ message }) => message)).toEqual(['delivery', 'delivery']);
    expect(countsOf(stage.logged().slice(0, 1))).toEqual({
      ...VERIFIED,
      'Queued local': [1],
    });
    expect(countsOf(stage.logged().slice(1))).toEqual({
      ...VERIFIED,
      'Ignored local': [1],
    });
  });

  test('the line of an event that earns nothing names the group it is about, as that of a job does', async () => {
    await open();
    await stage.post('custom', custom(paid));
    await stage.post('custom', custom({ ...paid, event: 'nothing of interest', event_id: '2' }));

    const [queued, ignored] = stage.logged();
    expect(queued?.group).toBe((await stage.jobs())[0]?.group?.slice(0, 12));
    expect(ignored).toMatchObject({ status: 'ignored', site: SITE_ID, group: queued?.group });
    expect(ignored).not.toHaveProperty('jobId');
  });

  test('a duplicate is received and not queued', async () => {
    await open();
    await stage.post('custom', custom(paid));
    await stage.post('custom', custom(paid));

    expect(countsOf(stage.logged().slice(1))).toEqual(VERIFIED);
  });

  test.each([
    ['signature', 'custom', { headers: { authorization: 'Bearer no' } }],
    ['signature', 'stripe', { headers: { 'stripe-signature': 't=1,v1=no' } }],
    ['unsigned', 'stripe', { body: '{}' }],
    ['closed', 'shopify', { body: '{}' }],
    ['unusable', 'standard-webhooks', { body: '{}' }],
    ['unknown-source', 'ebay-of-a-stranger', { body: '{}' }],
    ['too-large', 'custom', custom('x'.repeat(1_048_577))],
  ])('a refusal: %s (%s)', async (reason, source, posted) => {
    await open();
    await stage.post(source, posted);

    const named = reason === 'unknown-source' ? 'unknown' : source;
    expect(countsOf(stage.logged())).toEqual({
      [`Received local ${named}`]: [1],
      // Of what offers no proof, nothing is known of the secret.
      ...(reason === 'signature' && { [`Verified local ${source}`]: [0] }),
      [`Refused local ${reason}`]: [1],
    });
  });

  test('a refusal: stale', async () => {
    await open();
    const late = stage.now() - 301_000;
    await stage.post('stripe', sampleDelivery('stripe', { secret: STRIPE_SECRET, now: late }));

    expect(countsOf(stage.logged())).toEqual({
      'Received local stripe': [1],
      'Refused local stale': [1],
      'Verified local stripe': [0],
    });
  });

  test.each([
    ['unreadable', custom('no JSON')],
    ['no-contact-reference', custom({ ...paid, email: undefined })],
  ])('a dead letter: %s', async (reason, posted) => {
    await open();
    await stage.post('custom', posted);

    expect(countsOf(stage.logged())).toEqual({
      ...VERIFIED,
      [`DeadLettered local ${reason}`]: [1],
    });
  });

  test('two dead letters of one delivery: a line for the second', async () => {
    await open();
    await stage.post('custom', custom({ ...paid, email: undefined, total: undefined }));

    expect(stage.logged().map(({ message }) => message)).toEqual(['delivery', 'metrics']);
    expect(countsOf(stage.logged())).toEqual({
      ...VERIFIED,
      'DeadLettered local rule-failed': [1],
      'DeadLettered local no-contact-reference': [1],
    });
  });

  test('nothing accepted: it was received all the same, and its line says whose it is', async () => {
    const around = () => ({ send: () => Promise.reject(new Error('SQS is out')) });
    await open({ around });
    const answer = await stage.post('custom', custom(paid));

    expect(answer.statusCode).toBe(503);
    expect(countsOf(stage.logged())).toEqual(VERIFIED);
    expect(stage.logged()).toMatchObject([
      {
        level: 'error',
        message: 'delivery',
        source: 'custom',
        eventId: 'order.paid:order-1',
        topic: 'order.paid',
        jobId: expect.stringMatching(/^[0-9a-f]{64}$/),
        group: expect.stringMatching(/^[0-9a-f]{12}$/),
        requestId: 'a-request',
      },
    ]);
  });
});

describe('label', () => {
  let stage: LabelStage;
  afterEach(() => stage.close());
  const open = async (options: StageOptions = {}): Promise<string> => {
    stage = await openLabelStage(options);
    return stage.wix.addContact({ email: 'ada@example.com' });
  };
  const processBatch = async () => stage.work(await stage.take());
  const counts = () => countsOf(stage.logged('metrics'));

  test('a batch is a line for each operation of Wix, with all the rest in the first', async () => {
    const ada = await open();
    await stage.send(aJob({ contact: { contactId: ada } }));
    stage.pass(1500);
    await processBatch();

    expect(stage.logged('metrics')).toHaveLength(2);
    expect(counts()).toEqual({
      'WixCalls local findOrCreateLabel 200': [1],
      'WixCalls local labelContact 200': [1],
      'BreakerOpen local': [0],
      'Labelled local': [1],
      'EventToLabel local': [1500],
    });
  });

  test('of a dead letter that is replayed the days as such are not the time to its label', async () => {
    const ada = await open();
    stage.pass(3 * 24 * 3_600_000);
    await stage.send(aJob({ contact: { contactId: ada } }));
    await processBatch();

    expect(counts()).toMatchObject({ 'Labelled local': [1] });
    expect(Object.keys(counts())).not.toContain('EventToLabel local');
  });

  test('credentials refused: a retry for that at each probe, and the breaker open until it closes', async () => {
    const ada = await open();
    stage.wix.fault({ operation: 'any', times: 2, status: 401 });
    await stage.send(aJob({ contact: { contactId: ada } }));
    await stage.send(aJob({ contact: { email: 'ada@example.com' }, id: '2'.repeat(64) }));
    const records = await stage.take();
    await stage.work(records.slice(0, 1));
    await stage.work(records.slice(1));
    const opened = counts();
    stage.pass(40_000);
    await processBatch();
    const probed = counts();
    // One of the two is the probe that succeeds, and the other is held meanwhile.
    for (const ms of [200_000, 10_000]) {
      stage.pass(ms);
      await processBatch();
    }

    expect(opened).toMatchObject({
      'BreakerOpen local': [1, 1],
      'Retried local credentials': [1],
      'Retried local circuit-open': [1],
      'WixCalls local findOrCreateLabel 401': [1],
    });
    expect(probed).toMatchObject({ 'Retried local credentials': [1, 1] });
    expect(counts()['BreakerOpen local']).toEqual([1, 1, 1, 1, 0]);
  });

  test('a job that goes back reports how long it has waited, of those of a batch the oldest', async () => {
    const ada = await open();
    stage.wix.fault({ operation: 'any', times: 10, status: 401 });
    await stage.send(aJob({ contact: { contactId: ada } }));
    await processBatch();
    stage.pass(200_000);
    await stage.send(aJob({ contact: { email: 'bob@example.com' }, id: '2'.repeat(64) }));
    stage.pass(10_000);
    await processBatch();

    // The one is the probe, and the other is held: neither is done.
    expect(counts()).toMatchObject({
      'Retried local credentials': [1, 1],
      'Retried local circuit-open': [1],
      'JobAge local': [0, 210],
    });
  });

  test('a full site: dead for the quota', async () => {
    const ada = await open({ labelsQuota: 0 });
    await stage.send(aJob({ contact: { contactId: ada } }));
    await processBatch();

    expect(counts()).toMatchObject({
      'DeadLettered local labels-quota-reached': [1],
      'WixCalls local findOrCreateLabel 428': [1],
    });
  });

  test('a call that waits for its turn reports how long', async () => {
    const ada = await open({ budget: { requestsPerMinute: 6, workers: 1 } });
    await stage.send(aJob({ contact: { contactId: ada } }));
    await processBatch();

    expect(counts()['LimiterWait local']).toEqual([10_000]);
  });

  test('nobody to label, no job, no answer', async () => {
    await open({ credentials: { kind: 'api-key', apiKey: API_KEY } });
    await stage.send(aJob({ contact: { email: 'nobody@example.com' }, missing: 'ignore' }));
    await stage.sendRaw({ no: 'job' });
    await processBatch();
    await stage.closeWix();
    await stage.send(aJob({ contact: { email: 'somebody@example.com' }, id: '3'.repeat(64) }));
    await processBatch();

    expect(counts()).toMatchObject({
      'Ignored local': [1],
      'DeadLettered local invalid-job': [1],
      'WixCalls local queryContacts network': [1],
      'Retried local transient': [1],
    });
  });
});

test('a dead letter that SQS does not take is none: its job is tried again', async () => {
  const output = captureLog();
  const { work, hooks } = openWorkerStage();
  hooks.deadLetter = () => Promise.reject(new Error('SQS is out'));
  const invoke = lambdaHandler((records: Parameters<typeof work>[0]) => work(records));
  await invoke([recordOf('m', 'no job')], {} as Context);
  output.restore();

  expect(countsOf(output.lines())).toEqual({ 'Retried local not-finished': [1] });
});

test('standing labels: facts, reviews, and what the store failed', async () => {
  let isDown = false;
  const stage = await openStandingStage({
    obstruct: async (_operation, request) => {
      if (isDown) throw new StoreError('throttled', 'too many requests');
      return request();
    },
  });
  const kim = stage.wix.addContact({ email: 'kim@example.com' });
  const lines = captureLog();
  await stage.happen('order.paid', { order: { id: '1' } });
  stage.pass(181 * 86_400_000);
  const run = createWaker({
    site: SITE_ID,
    store: stage.store,
    queue: stage.queue,
    depth: async () => 0,
    definitions: stage.labels.hash,
    share: 1,
    now: stage.now,
  });
  await lambdaHandler<unknown, void>(() => run(() => 60_000))({}, { awsRequestId: 'a' } as Context);
  isDown = true;
  await stage.drain();
  const counts = countsOf(lines.lines());
  lines.restore();
  await stage.close();
  expect(kim).toBeDefined();
  expect(counts).toMatchObject({
    'Facts local': [1],
    'ReviewsQueued local due': [1],
    'ReviewsDue local': [0],
    'StoreErrors local throttled': [1],
  });
});

test('every metric of the table was seen, with its unit and dimensions, and no other', () => {
  const emitted = Object.fromEntries(
    seen.map(({ name, unit, dimensions }) => [name, { unit, dimensions: Object.keys(dimensions) }]),
  );
  const table = Object.fromEntries(
    Object.entries(METRICS).map(([name, { unit, dimensions }]) => [name, { unit, dimensions }]),
  );
  expect(emitted).toEqual(table);
});
