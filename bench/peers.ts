import { text } from 'node:stream/consumers';
import { SETTING_NAMES } from '../lib/runtime/settings.ts';
import { type Loopback, listenOnLoopback } from '../simulators/loopback.ts';
import { ACCOUNT, REGION } from '../simulators/sqs/address.ts';
import type { FifoQueue } from '../simulators/sqs/fifo-queue.ts';
import type { Message } from '../simulators/sqs/message.ts';
import { createOperations, type Operations } from '../simulators/sqs/operations.ts';
import { json, type SimulatedAnswer } from '../simulators/wix/answers.ts';
import type { SimulatedRequest } from '../simulators/wix/handler.ts';
import { createWixSimulator, type WixSimulator } from '../simulators/wix/simulator.ts';

export const SECRET = 'a-secret-of-the-benchmark';
export const SITE = '5a1e0000-0000-4000-8000-0000000000aa';
const WIX_API_KEY = 'IST.a-key-of-the-benchmark';

/** One sender and an API key: the smallest deployment there is. */
const SECRETS = { SHOPIFY_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE, WIX_API_KEY };
const PATH = '/earmark/bench';
const PARAMETERS = new Map(
  Object.entries(SECRETS).map(([name, value]) => [`${PATH}/${name}`, value]),
);

const JOBS = 'jobs.fifo';
const DEAD_LETTERS = 'dead-letters.fifo';
/** Of benchmarks that run two receivers side by side. */
const OTHER_QUEUES = ['ours.fifo', 'floor.fifo'];

/** A request of a function to Wix or AWS, and its answer. */
export interface Exchange {
  readonly request: SimulatedRequest;
  readonly answer: SimulatedAnswer;
}

/** All that the functions call, in one server on loopback: Parameter Store, SQS and Wix. */
export interface Peers extends Loopback {
  readonly wix: WixSimulator;
  /** All of the environment of a function, as serverless.yml and Lambda set it. */
  environment(queue?: string): Record<string, string>;
  queue(name: string): FifoQueue;
  /** Takes all jobs out of their queue, oldest first. */
  takeJobs(): readonly Message[];
}

interface PeersOptions {
  /** PEM. Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onExchange?: (exchange: Exchange) => void;
}

export async function startPeers({ tls, onExchange }: PeersOptions = {}): Promise<Peers> {
  const wix = createWixSimulator({
    apiKey: WIX_API_KEY,
    siteId: SITE,
    requestsPerMinute: Number.POSITIVE_INFINITY,
  });
  const sqs = createOperations(Date.now);
  for (const QueueName of [JOBS, DEAD_LETTERS, ...OTHER_QUEUES]) {
    sqs.perform('CreateQueue', { QueueName, Attributes: { FifoQueue: 'true' } });
  }
  const loopback = await listenOnLoopback(
    async (incoming, response) => {
      const { method = '', url = '' } = incoming;
      const headers = incoming.headers as Record<string, string>;
      const request = { method, url, headers, body: await text(incoming) };
      const [service = '', action = ''] = headers['x-amz-target']?.split('.') ?? [];
      const answer = action
        ? askAws(sqs, service, action, request.body)
        : await wix.handle(request);
      onExchange?.({ request, answer });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
    // A process that waits for its next block keeps its connections.
    { tls, keepAliveMs: 600_000 },
  );
  return {
    ...loopback,
    wix,
    environment: (queue = JOBS) => environmentOf(loopback.url, queue),
    queue: sqs.queue,
    takeJobs() {
      const jobs = sqs.queue(JOBS);
      const taken = jobs.peek().slice();
      while (jobs.size() > 0) jobs.remove(jobs.receive().map(({ receipt }) => receipt));
      return taken;
    },
  };
}

function askAws(sqs: Operations, service: string, action: string, body: string): SimulatedAnswer {
  const input = JSON.parse(body);
  if (service === 'AmazonSSM') return json(200, getParameters(input.Names));
  // The benchmarks make the records of `label` themselves: the queue does not know their receipts.
  if (action === 'ChangeMessageVisibility') return json(200, {});
  return json(200, sqs.perform(action, input));
}

const getParameters = (names: readonly string[]): object => ({
  Parameters: names.flatMap((Name) => {
    const Value = PARAMETERS.get(Name);
    return Value === undefined ? [] : [{ Name, Type: 'SecureString', Value }];
  }),
  InvalidParameters: names.filter((name) => !PARAMETERS.has(name)),
});

function environmentOf(url: string, queue: string): Record<string, string> {
  return {
    ...Object.fromEntries(SETTING_NAMES.map((name) => [name, `ssm:${PATH}/${name}`])),
    QUEUE_URL: `${url}/${ACCOUNT}/${queue}`,
    DEAD_LETTER_QUEUE_URL: `${url}/${ACCOUNT}/${DEAD_LETTERS}`,
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
