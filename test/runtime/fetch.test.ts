import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type FetchInit, fetchOverHttp, LONGEST_ANSWER_BYTES } from '../../lib/runtime/fetch.ts';
import { selfSigned } from '../../simulators/certificate.ts';

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

describe('an answer that is compressed', () => {
  const TEXT = '{"contact":{"id":"ü"}}';
  /** Every answer of the server: these bytes under this `Content-Encoding`. */
  const answering = (encoding: string, bytes: Buffer): Promise<string> =>
    serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    });
  const textFrom = async (url: string): Promise<string> =>
    (await fetchOverHttp(url, init())).text();

  test('is not asked for', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers['accept-encoding']);
      response.end();
    });
    await fetchOverHttp(url, init());
    expect(seen).toEqual(['identity']);
  });

  test.each([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (text: Buffer) => text],
    ['', (text: Buffer) => text],
    ['deflate, gzip', (text: Buffer) => gzipSync(deflateSync(text))],
    ['utf-8', (text: Buffer) => text],
    ['gzip', (text: Buffer) => text],
    ['none, gzip', gzipSync],
    ['gzip,gzip,gzip,gzip,gzip', (text: Buffer) => text],
  ])('is undone all the same: %s', async (encoding, compress) => {
    expect(await textFrom(await answering(encoding, compress(Buffer.from(TEXT))))).toBe(TEXT);
  });

  test.each(['gzip', 'br', 'zstd'])('and empty is empty: %s', async (encoding) => {
    expect(await textFrom(await answering(encoding, Buffer.alloc(0)))).toBe('');
  });

  test.each([
    ['in a way nobody knows', 'compress', Buffer.from('\x1f\x9d'), 'ANSWER_CODING_UNKNOWN'],
    ['over and over', 'gzip,gzip,gzip,gzip,gzip', gzipSync(TEXT), 'ANSWER_CODING_UNKNOWN'],
    ['and is a page', 'gzip', Buffer.from('<html>'), 'ANSWER_CODING_BROKEN'],
    ['and cut off', 'br', brotliCompressSync(TEXT).subarray(0, 9), 'ANSWER_CODING_BROKEN'],
  ])('%s has its status, and no text', async (_name, encoding, bytes, code) => {
    const answer = await fetchOverHttp(await answering(encoding, bytes), init());
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toMatchObject({ code });
  });

  // Brotli's best takes seconds for as much.
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (text: Buffer) => brotliCompressSync(text, quality)],
    ['zstd', zstdCompressSync],
  ])('into next to nothing is not blown up: %s', async (encoding, compress) => {
    let bytes = LONGEST_ANSWER_BYTES;
    const url = await serve((_request, response) => {
      const body = compress(Buffer.alloc(bytes, ' '));
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    expect(await textFrom(url)).toHaveLength(bytes);
    bytes += 1;
    await expect(textFrom(url)).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  });
});

describe('an answer is read up to a bound', () => {
  test.each([
    [LONGEST_ANSWER_BYTES, undefined],
    [LONGEST_ANSWER_BYTES + 1, { code: 'ANSWER_TOO_LARGE' }],
  ])('%i bytes', async (bytes, error) => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(bytes, ' ')));
    const text = (await fetchOverHttp(url, init())).text();
    if (error) await expect(text).rejects.toMatchObject(error);
    else expect(await text).toHaveLength(bytes);
  });

  test('and one without end ends with its connection', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((request, response) => {
      request.socket.on('close', () => closed.resolve());
      const chunk = Buffer.alloc(65_536, ' ');
      const more = (): void => {
        if (request.socket.destroyed) return;
        if (response.write(chunk)) setImmediate(more);
        else response.once('drain', more);
      };
      response.writeHead(404);
      more();
    });
    const answer = await fetchOverHttp(url, init());
    expect(answer.status).toBe(404);
    await expect(answer.text()).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    await closed.promise;
  });
});
