import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, type SimulatedAnswer } from '../../simulators/wix/answers.ts';
import type { SimulatedRequest } from '../../simulators/wix/handler.ts';
import { createWixSimulator, type WixSimulator } from '../../simulators/wix/simulator.ts';
import { type Aws, createAws } from '../aws.ts';

/** A request as it reached the site, and what it was answered. */
export interface Exchange {
  readonly request: SimulatedRequest;
  readonly answer: SimulatedAnswer;
}

/** All that the functions call, in one HTTP server of this process: Parameter Store, SQS and Wix. */
export interface Site {
  readonly url: string;
  /** The environment of a function that lives here; its queue is `queue`. */
  environment(queue: string): Record<string, string>;
  readonly shopifySecret: string;
  readonly wix: WixSimulator;
  readonly siteId: string;
  /** How many messages a queue holds; duplicates are not kept. */
  messages(queue: string): number;
  /** Gives all exchanges since the last call. */
  takeExchanges(): readonly Exchange[];
  close(): void;
}

const SECRETS = {
  SHOPIFY_WEBHOOK_SECRET: 'shpss_of_the_bench',
  WIX_API_KEY: 'IST.a-key-of-the-bench',
  WIX_SITE_ID: '5a1e0000-0000-4000-8000-0000000000aa',
} as const;

const PARAMETERS = Object.entries(SECRETS).map(
  ([name, value]) => [`/earmark/bench/${name}`, value] as const,
);

function answerOf(aws: Aws, target: string, body: string): SimulatedAnswer {
  const answered = aws.answer(target, body);
  return answered
    ? json(200, answered)
    : json(400, { __type: 'UnsupportedOperation', message: target });
}

/** What the functions are set to is read from Parameter Store, as in a deployment. */
function environmentOf(url: string, queue: string): Record<string, string> {
  const references = Object.keys(SECRETS).map((name) => [name, `ssm:/earmark/bench/${name}`]);
  return {
    ...Object.fromEntries(references),
    QUEUE_URL: `${url}/000000000000/${queue}`,
    DEAD_LETTER_QUEUE_URL: `${url}/000000000000/dead-letters.fifo`,
    WIX_API_URL: url,
    WIX_REQUESTS_PER_MINUTE: '1000000',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_LAMBDA_FUNCTION_NAME: 'earmark-bench',
    TZ: 'UTC',
  };
}

export async function openSite(): Promise<Site> {
  const { SHOPIFY_WEBHOOK_SECRET, WIX_API_KEY: apiKey, WIX_SITE_ID: siteId } = SECRETS;
  const aws = createAws(new Map(PARAMETERS));
  const requestsPerMinute = Number.POSITIVE_INFINITY;
  const wix = createWixSimulator({ apiKey, siteId, requestsPerMinute });
  let exchanges: Exchange[] = [];

  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    const target = request.headers['x-amz-target'];
    const answer =
      target === undefined ? await wix.handle(request) : answerOf(aws, target, request.body);
    exchanges.push({ request, answer });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  // A process that waits for its next block keeps its connections.
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: (queue) => environmentOf(url, queue),
    shopifySecret: SHOPIFY_WEBHOOK_SECRET,
    wix,
    siteId,
    messages: (queue) => aws.messages(queue).length,
    takeExchanges() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(incoming: IncomingMessage): Promise<SimulatedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  const { method = 'GET', url = '/' } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks).toString() };
}
