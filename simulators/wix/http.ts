import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Loopback, listenOnLoopback } from '../loopback.ts';
import type { SimulatedAnswer } from './answers.ts';
import type { SimulatedRequest } from './handler.ts';

type Handle = (request: SimulatedRequest) => Promise<SimulatedAnswer>;

const COMPRESS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
export type ContentEncoding = keyof typeof COMPRESS;

/** Serves `handle` on the loopback address alone. Port 0: one the system chooses. */
export async function listen(
  handle: Handle,
  port: number,
  encoding?: ContentEncoding,
): Promise<Loopback> {
  const respondTo = (request: IncomingMessage, response: ServerResponse) =>
    respond(handle, encoding, request, response);
  return listenOnLoopback(respondTo, { port }).catch((cause: Error) => {
    const hint = `The simulated Wix cannot listen on 127.0.0.1:${port}. Is another one running?`;
    throw new Error(`${hint} (${cause.message})`, { cause });
  });
}

async function respond(
  handle: Handle,
  encoding: ContentEncoding | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const headers = request.headers as Record<string, string>;
  const answer = await handle({ method, url, headers, body: await text(request) });
  if (answer.dropped) {
    request.socket.destroy();
    return;
  }
  const coding = encoding && { 'content-encoding': encoding };
  const sent = encoding ? COMPRESS[encoding](answer.body) : answer.body;
  response.writeHead(answer.status, { ...answer.headers, ...coding }).end(sent);
}
