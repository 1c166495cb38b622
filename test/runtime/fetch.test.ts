import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../bench/cost/certificate.ts';
import { type FetchInit, fetchOverHttp } from '../../lib/runtime/fetch.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const init = (changes: Partial<FetchInit> = {}): FetchInit => ({
  method: 'GET',
  headers: {},
  redirect: 'manual',
  signal: new AbortController().signal,
  ...changes,
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('fetch over node:http sends and reads what the global fetch does', () => {
  const FETCHES = { 'over node:http': fetchOverHttp, 'the global one': fetch } as const;

  test.each(Object.entries(FETCHES))('%s: a body, its length and its type', async (_, fetch) => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const { 'content-length': length, 'content-type': type, authorization } = request.headers;
      const { accept, 'user-agent': agent } = request.headers;
      const body = await textOf(request);
      seen.push([request.method, request.url, length, type, authorization, accept, agent, body]);
      response.end('{}');
    });
    const headers = { 'content-type': 'application/json', authorization: 'key' };
    await fetch(`${url}/a/b?c=%C3%BC`, init({ method: 'POST', headers, body: '{"a":"ü"}' }));
    const sent = ['10', 'application/json', 'key', '*/*', 'node', '{"a":"ü"}'];
    expect(seen).toEqual([['POST', '/a/b?c=%C3%BC', ...sent]]);
  });

  test.each(Object.entries(FETCHES))('%s: status, headers and text', async (_, fetch) => {
    const url = await serve((_request, response) => {
      response.writeHead(404, { 'X-Wix-Request-Id': 'id-1', 'Retry-After': '7' });
      // A byte order mark, and a character of which one packet holds the first half.
      response.write(Buffer.from([0xef, 0xbb, 0xbf, 0xc3]));
      setImmediate(() => response.end(Buffer.from([0xbc])));
    });
    const answer = await fetch(url, init());
    expect(answer.status).toBe(404);
    expect(answer.ok).toBe(false);
    expect(answer.headers.get('x-wix-request-id')).toBe('id-1');
    expect(answer.headers.get('Retry-After')).toBe('7');
    expect(answer.headers.get('x-other')).toBeNull();
    expect(await answer.text()).toBe('ü');
  });

  test.each(Object.entries(FETCHES))('%s: a redirect is an answer, not a way', async (_, fetch) => {
    const paths: unknown[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await fetch(`${url}/here`, init());
    expect([answer.status, answer.ok]).toEqual([302, false]);
    expect(paths).toEqual(['/here']);
  });

  test.each(Object.entries(FETCHES))('%s: no body, no content length', async (_, fetch) => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push([request.headers['content-length'], request.headers['transfer-encoding']]);
      response.writeHead(204).end();
    });
    const answer = await fetch(url, init());
    expect([answer.status, answer.ok, await answer.text()]).toEqual([204, true, '']);
    expect(seen).toEqual([[undefined, undefined]]);
  });
});

test('https goes over TLS, to a server whose certificate is checked', async () => {
  const certificate = selfSigned(Date.now());
  const secure = createSecureServer(certificate, (request, response) => {
    response.end(`${request.method} ${(request.socket as TLSSocket).encrypted}`);
  });
  server = secure;
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  await expect(fetchOverHttp(url, init())).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  const known = getCACertificates();
  setDefaultCACertificates([...known, certificate.cert]);
  try {
    const answer = await fetchOverHttp(url, init({ method: 'DELETE' }));
    expect(await answer.text()).toBe('DELETE true');
  } finally {
    setDefaultCACertificates(known);
  }
});

test('one connection serves one request after the other', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  for (let i = 0; i < 3; i += 1) await fetchOverHttp(url, init());
  expect(ports.size).toBe(1);
});

describe('a timeout', () => {
  test.each([
    ['before the answer', () => {}],
    ['in the middle of it', ((_request, response) => response.write('half')) as RequestListener],
  ])('%s is thrown as the signal has it', async (_, listener) => {
    const controller = new AbortController();
    const url = await serve((request, response) => {
      listener(request, response);
      setImmediate(() => controller.abort(new DOMException('late', 'TimeoutError')));
    });
    const call = fetchOverHttp(url, init({ signal: controller.signal }));
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', message: 'late' });
  });

  test('that is over already sends nothing', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    await expect(fetchOverHttp(url, init({ signal }))).rejects.toThrow('late');
    expect(requests).toBe(0);
  });
});

describe('an error of the system keeps its code', () => {
  test('nobody listens', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    await expect(fetchOverHttp(url, init())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('the connection ends in the middle of the answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    await expect(fetchOverHttp(url, init())).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
