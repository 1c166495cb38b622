import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import type * as Label from '../functions/label.ts';
import type * as Receive from '../functions/receive.ts';
import { fetchOverHttp } from '../lib/runtime/fetch.ts';
import { draftSample } from '../samples/samples.ts';
import { ROOT } from '../scripts/template.ts';
import { toRecord } from '../simulators/sqs/record.ts';
import { createWixSimulator } from '../simulators/wix/simulator.ts';
import { API_KEY, NO_LIMIT, SITE_ID } from './support/jobs.ts';
import { captureLog } from './support/log.ts';
import { startQueuePair } from './support/queue-pair.ts';
import { filesEntered, openTraced } from './support/trace.ts';
import { secretsOf, webhookEvent } from './support/webhook.ts';

const SECRET = 'a secret of the tests';

let folder: string;
const ways = { receive: [] as readonly string[], label: [] as readonly string[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-way-'));
  captureLog();
  const { client, queueUrl, deadLetterQueueUrl, close } = await startQueuePair();
  const wix = createWixSimulator({ apiKey: API_KEY, siteId: SITE_ID });
  const http = await wix.listen(0);
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 } as Context;

  const receive = await openTraced<typeof Receive>(
    'functions/receive.ts',
    join(folder, 'receive.cjs'),
  );
  const { draft, sign } = draftSample('shopify', { now: Date.now() });
  const event = webhookEvent('shopify', sign(draft, SECRET));
  const secrets = secretsOf({ shopify: [SECRET] });
  const receiver = receive.openReceiver(
    { queueUrl, deadLetterQueueUrl, secrets, siteOf: () => SITE_ID },
    client,
  );
  const receiveHandler = receive.createHandler(async () => receiver);
  ways.receive = await filesEntered(() => receiveHandler(event, context));

  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  const { contact } = JSON.parse(Messages[0]?.Body ?? '{}');
  wix.addContact({ email: contact.email });
  const label = await openTraced<typeof Label>('functions/label.ts', join(folder, 'label.cjs'));
  const worker = label.openWorker(
    {
      queueUrl,
      deadLetterQueueUrl,
      wixApiUrl: http.url,
      credentials: { kind: 'api-key', apiKey: API_KEY },
      ...NO_LIMIT,
    },
    {
      client,
      fetch: fetchOverHttp,
      now: Date.now,
      random: () => 0.5,
      sleep: async () => {},
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
    },
  );
  const labelHandler = label.createHandler(async () => worker);
  const batch: SQSEvent = { Records: Messages.map((message) => toRecord(message, queueUrl)) };
  ways.label = await filesEntered(() => labelHandler(batch, context));
  expect(wix.contacts()[0]?.info.labelKeys).not.toEqual([]);
  await Promise.all([http.close(), close()]);
});
afterAll(() => rm(folder, { recursive: true }));

/** The files that a chapter of docs/architecture.md names, in its order. */
async function named(chapter: string): Promise<readonly string[]> {
  const page = await readFile(join(ROOT, 'docs/architecture.md'), 'utf8');
  const text = page.split(/^(?=##+ )/m).find((part) => part.startsWith(chapter)) ?? '';
  return [...text.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = '']) => file);
}

test.each([
  ['receive', '### From the handler to the queue'],
  ['label', '### From a batch to Wix'],
] as const)(
  'docs/architecture.md names the files on the way of %s in the order they are entered',
  async (name, chapter) => {
    expect(await named(chapter)).toEqual(ways[name]);
  },
);
