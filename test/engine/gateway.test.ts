import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { startGateway } from '../../engine/gateway.ts';
import { matchRoute } from '../../engine/http-api.ts';
import type { Loopback } from '../../simulators/loopback.ts';

const ROUTES = [
  { key: 'ANY /webhooks/{source}', functionId: 'receive', timeoutMs: 20_000 },
  { key: 'POST /slow', functionId: 'slow', timeoutMs: 50 },
];

let gateway: Loopback | undefined;
let events: APIGatewayProxyEventV2[] = [];
let errors: unknown[] = [];

afterEach(() => gateway?.close());

async function startWith(invoke: () => unknown = () => ({ statusCode: 200, body: 'ok' })) {
  events = [];
  errors = [];
  gateway = await startGateway(
    0,
    ROUTES,
    async (_, event) => {
      events.push(event as APIGatewayProxyEventV2);
      return invoke();
    },
    (error) => errors.push(error),
  );
  return gateway.url;
}

/** Sends the bytes as they are, and gives the answer as text. */
async function sendRaw(url: string, ...lines: string[]): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(lines.join('\r\n'));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('the event of a request', () => {
  test('has the shape of payload 2.0', async () => {
    const url = await startWith();

    await fetch(`${url}/webhooks/shop%20ify?a=1&a=2&b=%C3%BC`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Shopify-Topic': 'orders/paid',
        cookie: 'c=1; d=2',
      },
      body: '{"total":"19.90"}',
    });

    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /webhooks/{source}',
      rawPath: '/webhooks/shop ify',
      rawQueryString: 'a=1&a=2&b=%C3%BC',
      queryStringParameters: { a: '1,2', b: 'ü' },
      pathParameters: { source: 'shop ify' },
      cookies: ['c=1', 'd=2'],
      headers: { 'content-type': 'application/json', 'x-shopify-topic': 'orders/paid' },
      body: '{"total":"19.90"}',
      isBase64Encoded: false,
      requestContext: {
        http: {
          method: 'POST',
          path: '/webhooks/shop ify',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
        },
        stage: '$default',
        routeKey: 'ANY /webhooks/{source}',
      },
    });
    expect(events[0]?.headers).not.toHaveProperty('cookie');
  });

  test('joins headers that came twice with a comma', async () => {
    const url = await startWith();

    await sendRaw(
      url,
      'POST /webhooks/x HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      'Stripe-Signature: one',
      'STRIPE-SIGNATURE: two',
      'Authorization: Bearer a',
      'authorization: Bearer b',
      'Content-Length: 0',
      '',
      '',
    );

    expect(events[0]?.headers).toMatchObject({
      'stripe-signature': 'one,two',
      authorization: 'Bearer a,Bearer b',
    });
    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]?.isBase64Encoded).toBe(false);
  });

  test.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['text/plain', false],
    ['TEXT/PLAIN;charset=UTF-8', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['application/jose', true],
    ['application/ld+json', true],
    [undefined, true],
  ])('holds a body of %s in base64: %s', async (contentType, base64) => {
    const url = await startWith();
    const body = Buffer.from('webhook_id=7&n=ü');

    await fetch(`${url}/webhooks/x`, {
      method: 'POST',
      body,
      ...(contentType && { headers: { 'content-type': contentType } }),
    });

    expect(events[0]).toMatchObject({
      isBase64Encoded: base64,
      body: body.toString(base64 ? 'base64' : 'utf8'),
    });
  });

  test('keeps bytes that are no text', async () => {
    const url = await startWith();
    const body = Buffer.from([0xff, 0x00, 0xfe]);

    await fetch(`${url}/webhooks/x`, { method: 'POST', body });

    expect(Buffer.from(events[0]?.body ?? '', 'base64')).toEqual(body);
  });
});

describe('the answer', () => {
  test('is what the function says', async () => {
    const url = await startWith(() => ({
      statusCode: 401,
      headers: { 'Content-Type': 'application/json', 'Retry-After': 30 },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from('{"status":"refused"}').toString('base64'),
      isBase64Encoded: true,
    }));

    const response = await fetch(`${url}/webhooks/x`, { method: 'PUT' });

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ status: 'refused' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('retry-after')).toBe('30');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('to a HEAD has no body', async () => {
    const url = await startWith(() => ({ statusCode: 200 }));

    const response = await fetch(`${url}/webhooks/x`, { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(events[0]?.requestContext.http.method).toBe('HEAD');
  });

  test('is a 200 with the result in JSON where there is no status code', async () => {
    const url = await startWith(() => ({ hello: 'there' }));

    const response = await fetch(`${url}/webhooks/x`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ hello: 'there' });
  });

  test.each([
    ['POST', '/'],
    ['POST', '/webhooks'],
    ['POST', '/webhooks/'],
    ['POST', '/webhooks/a/b'],
    ['GET', '/slow'],
  ])('to %s %s, which is no route, is a 404', async (method, path) => {
    const url = await startWith();

    const response = await fetch(url + path, { method });

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
    expect(events).toEqual([]);
  });

  test('is a 500 without a word of the error when the function fails', async () => {
    const url = await startWith(() => Promise.reject(new Error('secret: hunter2')));

    const response = await fetch(`${url}/webhooks/x`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
    expect(errors).toMatchObject([{ message: 'secret: hunter2' }]);
  });

  test('is a 503 when the integration takes too long', async () => {
    const url = await startWith(() => new Promise(() => {}));

    const response = await fetch(`${url}/slow`, { method: 'POST' });

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
    expect(errors).toMatchObject([{ message: 'POST /slow gave no answer within 0.05 s.' }]);
  });

  test.each([
    [10 * 1024 * 1024, 200],
    [10 * 1024 * 1024 + 1, 413],
  ])('to %d bytes is a %d', async (size, status) => {
    const url = await startWith();

    const response = await fetch(`${url}/webhooks/x`, { method: 'POST', body: Buffer.alloc(size) });

    expect(response.status).toBe(status);
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });
});

test('a port that is taken is reported', async () => {
  const url = await startWith();

  const second = startGateway(
    Number(new URL(url).port),
    ROUTES,
    async () => null,
    () => {},
  );

  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

describe('the route of a request', () => {
  const keys = [
    '$default',
    'ANY /a/{x}',
    'GET /a/{x}',
    'GET /a/b',
    'ANY /a/b',
    'POST /a/{rest+}',
    'GET /c.d/{x}/e',
    'POST /webhooks/shopify',
    'POST /webhooks/{source}',
    'POST /webhooks/{source}/{secret}',
    'HEAD /webhooks/{source}',
    'HEAD /webhooks/{source}/{secret}',
  ];
  const routes = keys.map((key) => ({ key }));

  test.each([
    ['GET', '/a/b', 'GET /a/b', {}],
    ['PUT', '/a/b', 'ANY /a/b', {}],
    ['GET', '/a/c', 'GET /a/{x}', { x: 'c' }],
    ['DELETE', '/a/c', 'ANY /a/{x}', { x: 'c' }],
    ['POST', '/a/b', 'ANY /a/b', {}],
    ['POST', '/a/c/d', 'POST /a/{rest+}', { rest: 'c/d' }],
    ['GET', '/c.d/1/e', 'GET /c.d/{x}/e', { x: '1' }],
    ['GET', '/cxd/1/e', '$default', {}],
    ['GET', '/', '$default', {}],
    ['GET', '/a/%zz', 'GET /a/{x}', { x: '%zz' }],
    ['POST', '/webhooks/shopify', 'POST /webhooks/shopify', {}],
    ['POST', '/webhooks/acme', 'POST /webhooks/{source}', { source: 'acme' }],
    [
      'POST',
      '/webhooks/shopify/a%20b',
      'POST /webhooks/{source}/{secret}',
      { source: 'shopify', secret: 'a b' },
    ],
    ['HEAD', '/webhooks/shopify', 'HEAD /webhooks/{source}', { source: 'shopify' }],
    ['HEAD', '/webhooks/acme/x', 'HEAD /webhooks/{source}/{secret}', { secret: 'x' }],
    ['GET', '/webhooks/acme', '$default', {}],
    ['POST', '/webhooks/acme/x/y', '$default', {}],
  ])('%s %s is %s', (method, path, key, pathParameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({ route: { key }, pathParameters });
  });
});
