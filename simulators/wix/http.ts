import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { guard } from '../guard.ts';
import type { SimulatedAnswer } from './answers.ts';
import type { SimulatedRequest } from './handler.ts';

type Handle = (request: SimulatedRequest) => Promise<SimulatedAnswer>;

const HOST = '127.0.0.1';

export interface Listening {
  readonly url: string;
  /** Ends open connections, too. */
  close(): Promise<void>;
}

const COMPRESS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
export type ContentEncoding = keyof typeof COMPRESS;

/** Serves `handle` on the loopback address alone. Port 0: one the system chooses. */
export async function listen(
  handle: Handle,
  port: number,
  encoding?: ContentEncoding,
): Promise<Listening> {
  const server = createServer((request, response) => {
    respond(handle, encoding, request, response).catch((error: unknown) =>
      response.destroy(asError(error)),
    );
  });
  guard(server);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, HOST, resolve);
  await promise.catch((cause: unknown) => {
    const hint = `The simulated Wix cannot listen on ${HOST}:${port}. Is another one running?`;
    throw new Error(`${hint} (${asError(cause).message})`, { cause });
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${chosen}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  handle: Handle,
  encoding: ContentEncoding | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const { method = 'GET', url = '/' } = request;
  const answer = await handle({ method, url, headers, body: Buffer.concat(chunks).toString() });
  if (answer.dropped) {
    request.socket.destroy();
    return;
  }
  const coding = encoding && { 'content-encoding': encoding };
  const sent = encoding ? COMPRESS[encoding](answer.body) : answer.body;
  response.writeHead(answer.status, { ...answer.headers, ...coding }).end(sent);
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
