import { text } from 'node:stream/consumers';
import { SETTING_NAMES } from '../lib/runtime/settings.ts';
import { listenOnLoopback } from '../simulators/loopback.ts';
import { ACCOUNT, REGION } from '../simulators/sqs/address.ts';
import { createOperations, type Operations } from '../simulators/sqs/operations.ts';
import { json, type SimulatedAnswer } from '../simulators/wix/answers.ts';
import type { SimulatedRequest } from '../simulators/wix/handler.ts';
import { createWixSimulator } from '../simulators/wix/simulator.ts';

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

interface PeersOptions {
  /** PEM. Default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onExchange?: (exchange: Exchange) => void;
}

/** All that the functions call, in one server on loopback: Parameter Store, SQS and Wix. */
export async function startPeers({ tls, onExchange }: PeersOptions = {}) {
  const wix = createWixSimulator({
    apiKey: WIX_API_KEY,
    siteId: SITE,
    requestsPerMinute: Number.POSITIVE_INFINITY,
  });
  const sqs = createOperations(Date.now);
  for (const QueueName of [JOBS, DEAD_LETTERS, ...OTHER_QUEUES]) {
    sqs.perform('CreateQueue', { QueueName, Attributes: { FifoQueue: 'true' } });
  }
  const jobs = sqs.queue(JOBS);
  const { url, close } = await listenOnLoopback(
    async (incoming, response) => {
      const { method = '', url = '' } = incoming;
      const headers = incoming.headers as Record<string, string>;
      const request = { method, url, headers, body: await text(incoming) };
      const target = headers['x-amz-target'];
      const answer = target ? askAws(sqs, target, request.body) : await wix.handle(request);
      onExchange?.({ request, answer });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
    // A process that waits for its next block keeps its connections.
    { tls, keepAliveMs: 600_000 },
  );
  return {
    url,
    wix,
    environment: (queue = JOBS) => environmentOf(url, queue),
    queue: sqs.queue,
    /** Takes all jobs out of their queue, oldest first. */
    takeJobs() {
      const taken = jobs.peek().slice();
      while (jobs.size() > 0) jobs.remove(jobs.receive().map(({ receipt }) => receipt));
      return taken;
    },
    close,
  };
}
export type Peers = Awaited<ReturnType<typeof startPeers>>;

function askAws(sqs: Operations, target: string, body: string): SimulatedAnswer {
  const [service, action = ''] = target.split('.');
  const input = JSON.parse(body);
  if (service === 'AmazonSSM') return json(200, getParameters(input.Names));
  // The benchmarks make the records of `label` themselves: the queue does not know their receipts.
  if (action === 'ChangeMessageVisibility') return json(200, {});
  return json(200, sqs.perform(action, input));
}

function getParameters(names: readonly string[]): object {
  const found = names.filter((name) => PARAMETERS.has(name));
  return {
    Parameters: found.map((Name) => ({ Name, Type: 'SecureString', Value: PARAMETERS.get(Name) })),
    InvalidParameters: names.filter((name) => !PARAMETERS.has(name)),
  };
}

/** All of the environment of a function, as serverless.yml and Lambda set it. */
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
