import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway } from '../../engine/gateway.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { type QueueService, startQueueService } from '../../engine/sqs.ts';
import { API_KEY, simulatedWix } from '../support/simulated-wix.ts';

const ROUTES = [{ key: 'ANY /webhooks/{source}', functionId: 'receive', timeoutMs: 20_000 }];
const TUNNEL = 'my-shop.ngrok.app';
const { wix } = simulatedWix();

type Name = 'gateway' | 'simulator' | 'stand-in for SQS';
let urls: Readonly<Record<Name, string>>;
let queues: QueueService;
const closing: (() => Promise<void>)[] = [];
let invocations = 0;

beforeAll(async () => {
  const invoke = async () => {
    invocations += 1;
    return { statusCode: 200, body: 'ok' };
  };
  const gateway = await startGateway(0, ROUTES, invoke, () => {}, { tunnelHost: TUNNEL });
  const simulator = await wix.listen(0);
  queues = await startQueueService();
  closing.push(gateway.close, simulator.close, queues.close);
  const url = `${queues.queueBase}/jobs.fifo`;
  const attributes = { FifoQueue: 'true' };
  await queues.create([{ logicalId: 'Jobs', name: 'jobs.fifo', url, attributes }]);
  urls = { gateway: gateway.url, simulator: simulator.url, 'stand-in for SQS': queues.endpoint };
});
afterAll(() => Promise.all(closing.map((close) => close())));

/** What fetch does not let one send: any Host, Origin and Sec-Fetch-Site. */
async function ask(url: string, headers: Readonly<Record<string, string>>, body = '') {
  const asked = request(url, { method: body ? 'POST' : 'GET', headers });
  const answered = Promise.withResolvers<{ status: number; headers: object; body: string }>();
  asked.on('error', answered.reject).on('response', async (response) => {
    const { statusCode: status = 0, headers: answer } = response;
    answered.resolve({ status, headers: answer, body: await text(response) });
  });
  asked.end(body);
  return answered.promise;
}

const NAMES: readonly Name[] = ['gateway', 'simulator', 'stand-in for SQS'];
const PATHS: Readonly<Record<Name, readonly string[]>> = {
  gateway: ['/webhooks/custom', '/', '/nothing/here', '/%'],
  simulator: [
    '/_simulator/contacts',
    '/_simulator/faults',
    '/_simulator/merges',
    '/contacts/v4/labels',
    '/x',
    '//',
  ],
  'stand-in for SQS': ['/', '/000000000000/jobs.fifo', '/health', '/nothing', '/%'],
};
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { host: 'evil.example' },
  { host: 'evil.example:3000' },
  { host: '127.0.0.1.evil.example' },
  { host: 'localhost.evil.example:3000' },
  { host: 'sub.localhost' },
  { host: '127.0.0.1@evil.example' },
  { host: '127.0.0.1:80:80' },
  { host: '10.0.0.7:3000' },
  { host: '[::2]' },
  { origin: 'http://evil.example' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: '' },
  // Another page of this machine.
  { origin: 'http://localhost:5173' },
  { origin: 'http://127.0.0.1' },
  { origin: 'http://127.0.0.1.evil.example:3000' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'Cross-Site' },
  { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
];

describe.each(NAMES)('the %s', (name) => {
  test.each(FOREIGN)('refuses %j, whatever the path', async (headers) => {
    for (const path of PATHS[name]) {
      for (const body of ['', '{"operation":"labelContact","status":500}']) {
        const type = { 'content-type': 'text/plain' };
        const answer = await ask(urls[name] + path, { ...type, ...headers }, body);
        expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('Not f') });
        expect(Object.keys(answer.headers).join()).not.toContain('access-control');
      }
    }
    expect(invocations).toBe(0);
    expect(wix.calls).toHaveLength(0);
  });

  test.each([
    {},
    { host: 'localhost' },
    { host: 'LOCALHOST:3000' },
    { host: '[::1]:3000' },
    { host: '127.0.0.1:1' },
    { 'sec-fetch-site': 'none' },
    { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
  ] as Readonly<Record<string, string>>[])('takes %j', async (headers) => {
    const { status } = await ask(urls[name] + PATHS[name][0], headers);
    expect(status).not.toBe(403);
    invocations = 0;
  });
});

describe('a preflight', () => {
  test.each(NAMES)('to the %s opens nothing', async (name) => {
    const asked = new URL(urls[name]);
    const response = await ask(`${asked.href}webhooks/custom`, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    expect(response.status).toBe(403);
  });
});

describe('the name of a tunnel', () => {
  test('opens the gateway, and nothing else', async () => {
    const statuses = await Promise.all(
      NAMES.map(async (name) => (await ask(urls[name] + PATHS[name][0], { host: TUNNEL })).status),
    );
    expect(statuses).toEqual([200, 403, 403]);
    invocations = 0;
  });

  test('is a setting, and a name alone', () => {
    expect(readLocalSettings({ TUNNEL_HOST: ' My-Shop.ngrok.app ' }).tunnelHost).toBe(TUNNEL);
    expect(readLocalSettings({ TUNNEL_HOST: '' }).tunnelHost).toBeUndefined();
    for (const wrong of ['https://a.ngrok.app', 'a.ngrok.app:443', 'a.ngrok.app/', '*', 'shop']) {
      expect(() => readLocalSettings({ TUNNEL_HOST: wrong })).toThrow(
        `TUNNEL_HOST is "${wrong}". Set it to the name alone`,
      );
    }
  });
});

test('clients of this machine are served as before', async () => {
  const response = await fetch(`${urls.simulator}/contacts/v4/labels`, {
    headers: { authorization: API_KEY, 'wix-site-id': 'nowhere' },
  });
  expect(response.status).toBe(403);
  expect(await response.text()).not.toContain('Not f');
  expect(queues.queueBase).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
});
