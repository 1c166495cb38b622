import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { sourceOf, toDelivery } from '../../lib/receiving/http.ts';
import { anyText } from '../support/arbitraries.ts';
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
  ['a greedy route', { rawPath: '/webhooks/custom', pathParameters: { proxy: 'webhooks/custom' } }],
  ['a function URL', { rawPath: '/custom', routeKey: '$default' }],
  ['a secret that this source does not look at', { rawPath: '/webhooks/custom/s3cret' }],
])('the source is in the address: %s', async (_name, address) => {
  const event = webhookEvent('custom', { headers: bearer, body });
  expect(await stage.handle({ ...event, ...address })).toMatchObject({
    statusCode: 200,
    body: { status: 'queued' },
  });
});

describe('the address of a delivery', () => {
  const addressOf = (changes: Partial<APIGatewayProxyEventV2>) => {
    const event = { ...webhookEvent('custom', {}), ...changes } as APIGatewayProxyEventV2;
    return { source: sourceOf(event), ...toDelivery(event, 0).address };
  };
  const host = { host: 'hooks.example.com' };

  test.each([
    ['the shared route', '/webhooks/acme/s3cret', { source: 'acme', secret: 's3cret' }],
    ['behind a stage and a base path', '/prod/in/webhooks/acme/s3cret', {}],
    ['a base path of that name', '/webhooks/webhooks/acme/s3cret', {}],
    ['a greedy route', '/webhooks/acme/s3cret', { proxy: 'webhooks/acme/s3cret' }],
    ['a greedy route behind a prefix', '/in/acme/s3cret', { source: 'acme/s3cret' }],
    ['a slash at its end', '/webhooks/acme/s3cret/', {}],
    ['an encoded one of a function URL', '/webhooks/acme/s3%63ret', {}],
  ])('has the secret of the path: %s', (_name, rawPath, pathParameters) => {
    expect(addressOf({ rawPath, pathParameters })).toMatchObject({
      source: 'acme',
      secret: 's3cret',
    });
  });

  test.each([
    ['/webhooks/acme', {}],
    ['/webhooks/acme/', {}],
    ['/acme', {}],
    ['/in/acme', { source: 'acme' }],
  ])('has none where there is none: %s', (rawPath, pathParameters) => {
    expect(addressOf({ rawPath, pathParameters })).toMatchObject({
      source: 'acme',
      secret: undefined,
    });
  });

  test('a secret with a slash is one, encoded or not', () => {
    for (const secret of ['a/b', 'a%2Fb']) {
      expect(addressOf({ rawPath: `/webhooks/acme/${secret}` }).secret).toBe('a/b');
    }
  });

  test('one that is called webhooks is no base path', () => {
    expect(addressOf({ rawPath: '/webhooks/acme/webhooks' })).toMatchObject({
      source: 'acme',
      secret: 'webhooks',
    });
  });

  test('has the method, and the whole URL as the sender wrote it', () => {
    const rawQueryString = 'b=2&a=%C3%BC&b=3+4';
    expect(addressOf({ headers: host, rawPath: '/webhooks/acme/x', rawQueryString })).toMatchObject(
      {
        method: 'POST',
        url: 'https://hooks.example.com/webhooks/acme/x?b=2&a=%C3%BC&b=3+4',
        query: { a: 'ü', b: '3 4' },
      },
    );
  });

  test('has the name that API Gateway gives where there is no Host', () => {
    const { requestContext } = webhookEvent('acme', {});
    const named = { ...requestContext, domainName: 'abc.execute-api.eu-west-1.amazonaws.com' };
    expect(addressOf({ headers: {}, requestContext: named })).toMatchObject({
      url: 'https://abc.execute-api.eu-west-1.amazonaws.com/webhooks/custom',
      query: {},
    });
  });

  test.each([
    ['as an HTTP API gives it', '/webhooks/a b/ü?#', '/webhooks/a%20b/%C3%BC%3F%23'],
    ['as a function URL gives it', '/webhooks/a%20b/%c3%BC', '/webhooks/a%20b/%c3%BC'],
    ['wrongly encoded', '/webhooks/a%zz/%', '/webhooks/a%25zz/%25'],
  ])('has the path encoded: %s', (_name, rawPath, path) => {
    expect(addressOf({ headers: host, rawPath }).url).toBe(`https://hooks.example.com${path}`);
  });

  test('of any path and query is a URL, and nothing is thrown', () => {
    fc.assert(
      fc.property(anyText, anyText, (path, rawQueryString) => {
        const { url } = addressOf({ headers: host, rawPath: `/${path}`, rawQueryString });
        expect(URL.canParse(url ?? '')).toBe(true);
      }),
    );
  });
});

describe.each([
  ['HEAD', {}, {}],
  ['GET', { status: 'ping' }, { status: 'unknown-source' }],
])('a %s', (method, body, unknown) => {
  const ask = (rawPath: string) => {
    const event = webhookEvent('', { method });
    return stage.handle({ ...event, rawPath });
  };

  test.each(['/webhooks/custom', '/webhooks/shopify', '/webhooks/custom/s3cret'])(
    'to a known source is answered 200, and does nothing: %s',
    async (rawPath) => {
      const answer = await ask(rawPath);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toEqual(body);
      expect(stage.logged()).toMatchObject([{ status: 'ping', httpStatus: 200 }]);
      expect(await stage.counts()).toEqual([0, 0]);
    },
  );

  test('to an unknown source is a 404', async () => {
    const { statusCode, body: answered } = await ask('/webhooks/ebay');
    expect(statusCode).toBe(404);
    expect(answered).toMatchObject(unknown);
    expect(stage.logged()).toMatchObject([{ status: 'unknown-source', httpStatus: 404 }]);
  });
});

const restApi = { resource: '/webhooks/{source}', path: '/webhooks/custom', httpMethod: 'POST' };
test.each([
  ['a REST API', { ...restApi, headers: bearer, pathParameters: { source: 'custom' } }],
  ['an HTTP API set to payload 1.0', { version: '1.0', ...restApi, headers: bearer }],
  ['a load balancer', { httpMethod: 'POST', path: '/', headers: {}, requestContext: { elb: {} } }],
  ['a hand-made event without a request', { version: '2.0', rawPath: '/', headers: {} }],
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
