import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createWixSimulator, type WixSimulator } from '../../simulators/wix/simulator.ts';
import { createAws, type SentMessage } from '../aws.ts';
import { type Certificate, selfSigned } from './certificate.ts';

/** All that the functions talk to, behind TLS as in Lambda: Parameter Store, SQS and the simulated Wix. */
export interface Peers {
  readonly url: string;
  readonly certificate: Certificate;
  readonly wix: WixSimulator;
  /** The jobs that were queued and not yet taken. */
  readonly jobs: SentMessage[];
  /** Requests to Wix so far, and their bytes: first line, headers and body, without TLS. */
  sentToWix(): { readonly calls: number; readonly bytes: number };
  close(): Promise<void>;
}

export interface PeerOptions {
  readonly apiKey: string;
  readonly siteId: string;
  /** What Parameter Store holds, by path. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Bytes of a request: each header has ': ' and a line end, the first line its version and two line ends. */
function requestBytes({ method, url, rawHeaders }: IncomingMessage, body: string): number {
  const head = rawHeaders.join('').length + 2 * rawHeaders.length;
  return `${method} ${url} HTTP/1.1`.length + 4 + head + Buffer.byteLength(body);
}

export async function startPeers({ apiKey, siteId, parameters }: PeerOptions): Promise<Peers> {
  const certificate = selfSigned(Date.now());
  const wix = createWixSimulator({ apiKey, siteId, requestsPerMinute: Number.POSITIVE_INFINITY });
  const aws = createAws(parameters);
  const sentToWix = { calls: 0, bytes: 0 };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    if (target !== undefined) {
      const answered = aws.answer(String(target), body);
      response.writeHead(answered ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answered ?? {}));
      return;
    }
    sentToWix.calls += 1;
    sentToWix.bytes += requestBytes(request, body);
    const { method = '', url = '' } = request;
    const headers = request.headers as Record<string, string>;
    const answered = await wix.handle({ method, url, headers, body });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  }

  const server = createServer(certificate, (request, response) => {
    answer(request, response).catch((error) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    wix,
    jobs: aws.messages('jobs.fifo'),
    sentToWix: () => ({ ...sentToWix }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
