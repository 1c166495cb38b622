import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStage } from '../../cli/kit/stage-target.ts';
import {
  type AwsEndpoint,
  describedStack,
  parametersFound,
  refused,
  startAwsEndpoint,
} from '../support/aws-endpoint.ts';

const OUTPUTS = {
  WebhookUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/webhooks/{source}',
  QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/earmark-prod-jobs.fifo',
  DeadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/earmark-prod-dead-letters.fifo',
  HistoryTableName: 'earmark-prod-history',
  HistoryYears: '7',
  RulesHash: '0123456789ab',
};
const PARAMETERS = new Map([
  ['/earmark/prod/WIX_SITE_ID', 'site-1'],
  ['/earmark/prod/SHOPIFY_WEBHOOK_SECRET', 'the-new-secret-of-shopify,the-old-secret-of-shopify'],
  ['/earmark/prod/WIX_WEBHOOK_PUBLIC_KEY', 'a public key'],
]);

const regions: string[] = [];
const before = { ...process.env };
let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint((call) => {
    regions.push(call.region);
    if (call.action === 'GetParameters') return parametersFound(call, PARAMETERS);
    const { StackName: stack } = call.input;
    if (stack === 'earmark-prod') return describedStack(stack, OUTPUTS);
    return refused(400, 'ValidationError', `Stack with id ${stack} does not exist`);
  });
  Object.assign(process.env, aws.env);
});
afterAll(() => {
  process.env = before;
  return aws.stop();
});

test('a stage is known by the outputs of its stack and by its parameters', async () => {
  // Act
  const target = await openStage({ stage: 'prod', region: 'eu-west-1' });
  const settings = await target.settings();
  const secrets = await Promise.all([
    target.signingSecret('shopify'),
    target.signingSecret('stripe'),
    target.signingSecret('wix'),
  ]);
  target.close();

  // Assess
  expect(target).toMatchObject({
    name: 'stage prod in eu-west-1',
    kind: 'stage',
    url: 'https://abc.execute-api.eu-west-1.amazonaws.com',
    queueUrl: OUTPUTS.QueueUrl,
    deadLetterQueueUrl: OUTPUTS.DeadLetterQueueUrl,
    history: { table: 'earmark-prod-history', years: '7' },
    rules: { hash: '0123456789ab', since: '2026-01-01T00:00:00.000Z' },
  });
  expect(settings.get('WIX_SITE_ID')).toBe('site-1');
  expect(settings.has('WIX_API_KEY')).toBe(false);
  // The first of several is the new one; what verifies Wix's signature cannot make one.
  expect(secrets).toEqual(['the-new-secret-of-shopify', undefined, undefined]);
  expect(new Set(regions)).toEqual(new Set(['eu-west-1']));
});

test('a stage that is not there is reported with what to check', async () => {
  await expect(openStage({ stage: 'pord' })).rejects.toThrow(
    /earmark-pord could not be read: ValidationError: .*does not exist\nCheck --stage, --region/,
  );
});
