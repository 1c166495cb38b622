import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { openReceiveStage, type ReceiveStage } from '../support/receive-stage.ts';
import { webhookEvent } from '../support/webhook.ts';

const SECRET = 'the-custom-secret';
const bearer = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
const body = JSON.stringify({ event: 'order.paid', email: 'ada@example.com' });

let stage: ReceiveStage;
beforeEach(async () => {
  stage = await openReceiveStage({ secrets: { custom: [SECRET] } });
});
afterEach(() => stage.close());

test.each([
  ['a route of the source', { rawPath: '/webhooks/custom' }],
  ['behind a base path of a custom domain', { rawPath: '/hooks/v1/webhooks/custom' }],
  ['a slash at its end', { rawPath: '/webhooks/custom/' }],
  ['a route with a variable', { rawPath: '/in/x', pathParameters: { source: 'custom' } }],
  ['a function URL', { rawPath: '/custom', routeKey: '$default' }],
])('the source is in the address: %s', async (_name, address) => {
  const event = webhookEvent('custom', { headers: bearer, body });
  expect(await stage.handle({ ...event, ...address })).toMatchObject({
    statusCode: 200,
    body: { status: 'queued' },
  });
});

const restApi = { resource: '/webhooks/{source}', path: '/webhooks/custom', httpMethod: 'POST' };
test.each([
  ['a REST API', { ...restApi, headers: bearer, pathParameters: { source: 'custom' } }],
  ['an HTTP API set to payload 1.0', { version: '1.0', ...restApi, headers: bearer }],
  ['a load balancer', { httpMethod: 'POST', path: '/', headers: {}, requestContext: { elb: {} } }],
  ['payload 2.0 without headers', { ...webhookEvent('custom', {}), headers: undefined }],
  ['a test from the console', { key1: 'value1' }],
  ['nothing', null],
])('what is no request of payload 2.0 is reported as that: %s', async (_name, event) => {
  const answer = await stage.handle(event as unknown as APIGatewayProxyEventV2);
  expect(answer).toMatchObject({ statusCode: 503, body: { status: 'unavailable' } });
  expect(stage.logged()).toMatchObject([
    { level: 'error', httpStatus: 503, reason: expect.stringMatching(/payload.*docs\/deploy\.md/) },
  ]);
});
