import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SETTING_NAMES } from '../lib/runtime/settings.ts';
import { ACCOUNT, REGION } from '../simulators/sqs/address.ts';
import { json, type SimulatedAnswer } from '../simulators/wix/answers.ts';
import type { SimulatedRequest } from '../simulators/wix/handler.ts';
import { createWixSimulator, type WixSimulator } from '../simulators/wix/simulator.ts';
import { createAws, type SentMessage } from './aws.ts';

export const SECRET = 'a-secret-of-the-benchmark';
export const SITE = '5a1e0000-0000-4000-8000-0000000000aa';
const WIX_API_KEY = 'IST.a-key-of-the-benchmark';

/** One sender and an API key: the smallest deployment there is. */
const SECRETS = { SHOPIFY_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE, WIX_API_KEY };
const PATH = '/earmark/bench';

/** A request of a function to Wix or AWS, and its answer. */
export interface Exchange {
  readonly request: SimulatedRequest;
  readonly answer: SimulatedAnswer;
}

/** All that the functions call, in one server on loopback: Parameter Store, SQS and Wix. */
export interface Peers {
  readonly url: string;
  readonly wix: WixSimulator;
  /** All of the environment of a function, as serverless.yml and Lambda set it. */
  environment(queue?: string): Record<string, string>;
  /** The messages of a queue, oldest first. Take out what is done. */
  messages(queue?: string): SentMessage[];
  close(): Promise<void>;
}

export interface PeersOptions {
  /** PEM. Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onExchange?: (exchange: Exchange) => void;
}

const JOBS = 'jobs.fifo';

export async function startPeers({ tls, onExchange }: PeersOptions = {}): Promise<Peers> {
  const wix = createWixSimulator({
    apiKey: WIX_API_KEY,
    siteId: SITE,
    requestsPerMinute: Number.POSITIVE_INFINITY,
  });
  const parameters = Object.entries(SECRETS).map(
    ([name, value]) => [`${PATH}/${name}`, value] as const,
  );
  const aws = createAws(new Map(parameters));

  async function answer(request: SimulatedRequest): Promise<SimulatedAnswer> {
    const target = request.headers['x-amz-target'];
    if (target === undefined) return wix.handle(request);
    const answered = aws.answer(target, request.body);
    return answered ? json(200, answered) : json(400, { __type: 'UnknownOperationException' });
  }
  const listener: RequestListener = async (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const body = await text(incoming);
    const request = { method, url, headers: headers as Record<string, string>, body };
    const answered = await answer(request);
    onExchange?.({ request, answer: answered });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  // A process that waits for its next block keeps its connections.
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    url,
    wix,
    environment: (queue = JOBS) => environmentOf(url, queue),
    messages: (queue = JOBS) => aws.messages(queue),
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function environmentOf(url: string, queue: string): Record<string, string> {
  return {
    ...Object.fromEntries(SETTING_NAMES.map((name) => [name, `ssm:${PATH}/${name}`])),
    QUEUE_URL: `${url}/${ACCOUNT}/${queue}`,
    DEAD_LETTER_QUEUE_URL: `${url}/${ACCOUNT}/dead-letters.fifo`,
    WIX_API_URL: url,
    WIX_REQUESTS_PER_MINUTE: '1000000', // what is measured is work, not waiting
    WORKER_CONCURRENCY: '2',
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIABENCHMARK',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_SESSION_TOKEN: 'benchmark',
    HOME: '/nonexistent', // keeps the developer's ~/.aws out
    TZ: 'UTC',
  };
}
