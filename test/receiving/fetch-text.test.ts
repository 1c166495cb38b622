import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchText } from '../../lib/receiving/fetch-text.ts';

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const [, status = '200', bytes = '0'] = (request.url ?? '').split('/');
    response.writeHead(Number(status), { location: '/200/1' }).end('x'.repeat(Number(bytes)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

test('what is there is returned, up to 64 KiB', async () => {
  expect(await fetchText(`${base}/200/0`)).toBe('');
  expect(await fetchText(`${base}/200/65536`)).toBe('x'.repeat(65_536));
  await expect(fetchText(`${base}/200/65537`)).rejects.toThrow('more than 65536 bytes');
});

test.each([400, 404, 410])('%d says that there is none', async (status) => {
  expect(await fetchText(`${base}/${status}/20`)).toBeUndefined();
});

test.each([201, 204, 403, 429, 500, 503])('%d is no answer', async (status) => {
  await expect(fetchText(`${base}/${status}/0`)).rejects.toThrow(`answered ${status}`);
});

test.each([301, 302, 303, 307, 308])('%d is not followed', async (status) => {
  await expect(fetchText(`${base}/${status}/0`)).rejects.toThrow();
});

test('a server that is not there is an error', async () => {
  await expect(fetchText('http://127.0.0.1:1/')).rejects.toThrow();
});
