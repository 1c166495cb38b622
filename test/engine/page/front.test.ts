import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { createFront, isFromHere } from '../../../engine/page/front.ts';

const from = (headers: Record<string, string>) => isFromHere({ headers });

test.each(['127.0.0.1', 'localhost:3000', '[::1]:3000', 'LOCALHOST'])('%s is here', (host) => {
  expect(from({ host })).toBe(true);
});

test.each(['my-shop.ngrok.app', 'localhost.evil.example', '127.0.0.1.nip.io:3000', ''])(
  '"%s" is elsewhere',
  (host) => expect(from({ host })).toBe(false),
);

test.each([
  'x-forwarded-for',
  'x-forwarded-host',
  'forwarded',
  'via',
  'x-real-ip',
  'cf-connecting-ip',
  'cdn-loop',
  'ngrok-skip-browser-warning',
])('what has %s came through a tunnel, whatever its host', (name) => {
  expect(from({ host: 'localhost:3000', [name]: '1' })).toBe(false);
});

test('others are let through to the routes, and the page is not loaded for them', () => {
  const front = createFront(() => {
    throw new Error('not to be opened');
  });
  const asks = (url: string, headers: Record<string, string>) =>
    front({ url, headers } as unknown as IncomingMessage, {} as ServerResponse);
  expect(asks('/webhooks/shopify', { host: 'localhost' })).toBe(false);
  expect(asks('/_earmark', { host: 'localhost' })).toBe(false);
  expect(asks('/_earmark/engine', { host: 'my-shop.ngrok.app' })).toBe(false);
  expect(asks('/?x', { host: 'localhost', via: '1.1 proxy' })).toBe(false);
});

test('a page that could not be loaded is tried again', async () => {
  let opened = 0;
  const front = createFront(async () => {
    opened += 1;
    if (opened === 1) throw new Error('broken');
    return async (_, response) => void response.end('fine');
  });
  const ask = () =>
    new Promise((resolve) => {
      const response = {
        headersSent: false,
        writeHead: () => response,
        end: resolve,
      } as unknown as ServerResponse;
      front({ url: '/', headers: { host: 'localhost' } } as unknown as IncomingMessage, response);
    });
  expect(await ask()).toBe('{"message":"broken"}');
  expect(await ask()).toBe('fine');
});
