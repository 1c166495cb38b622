import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import { YEAR_MS } from '../../lib/store/settings.ts';
import { SAMPLE_BUYERS } from '../../samples/samples.ts';
import { ROOT } from '../../scripts/template.ts';
import { until } from '../support/until.ts';
import { type Deployment, deploy, functionsOf } from './deployment.ts';
import { type Stage, startStage } from './stage.ts';

// The zips of a deployment with standing labels: `npm run test:package`.

let deployment: Deployment;
let stage: Stage;

beforeAll(async () => {
  deployment = await deploy(join(ROOT, 'samples/standing/rules.yml'));
});
afterEach(() => stage.stop());
afterAll(() => deployment.remove());

test('label keeps a history, and wake queues a review of the contact that is due', async () => {
  stage = await startStage(deployment);
  const { wix, aws, dynamo, settings, batches, errors, invoke, post, poll, sample } = stage;
  const contactId = wix.addContact(SAMPLE_BUYERS.shopify);
  const site = settings.WIX_SITE_ID ?? '';
  const jobs = () =>
    batches.flatMap(({ event }) => event.Records.map(({ body }) => JSON.parse(body)));
  const { client } = dynamo;
  const table = 'earmark-dev-history';
  const store = createHistoryStore({ table, retentionMs: YEAR_MS, client, now: Date.now });
  poll();

  const answer = await post('shopify', sample('shopify'));
  await until(() => batches.length === 1 || errors.length > 0);
  const { facts, state } = await store.read({ site, contactId });
  const dueAt = state?.dueAt ?? 0;
  await store.postpone(site, { contactId, dueAt }, Date.now() - 1000);
  await invoke('wake', {});
  await until(() => batches.length === 2 || errors.length > 0);

  expect([errors, aws.refusals]).toEqual([[], []]);
  expect(functionsOf(deployment.template).size).toBe(3);
  expect(answer).toMatchObject({ status: 200, body: { status: 'queued' } });
  expect(jobs()).toMatchObject([{ v: 2 }, { v: 2, review: 'due' }]);
  expect(batches.map(({ response }) => response)).toEqual(
    batches.map(() => ({ batchItemFailures: [] })),
  );
  expect(facts).toMatchObject([{ kind: 'order', source: 'shopify' }]);
  expect(dueAt).toBeGreaterThan(Date.now());
  expect(wix.labelNamesOf(contactId)).toContain('Customer');
});
