import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { jest } from '@jest/globals';
import type { Context, SQSRecord } from 'aws-lambda';
import { createHandler, openWorker, type WorkerDependencies } from '../../functions/label.ts';
import type { LabelSettings } from '../../lib/labelling/settings.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createQueue, type QueueOptions } from '../../lib/queue/queue.ts';
import { fetchOverHttp } from '../../lib/runtime/fetch.ts';
import { failedItems } from '../../simulators/sqs/failed-items.ts';
import { toRecord } from '../../simulators/sqs/record.ts';
import { createWixSimulator, type WixSimulatorOptions } from '../../simulators/wix/simulator.ts';
import { API_KEY, APP, NO_LIMIT, SITE_ID, START } from './jobs.ts';
import { captureLog } from './log.ts';
import { startQueuePair } from './queue-pair.ts';

export interface StageOptions extends WixSimulatorOptions {
  readonly credentials?: LabelSettings['credentials'];
  /** The worker's own. Default: no test uses it up. */
  readonly budget?: Pick<LabelSettings, 'requestsPerMinute' | 'workers'>;
  readonly history?: WorkerDependencies['history'];
}

/**
 * The real `label` handler between the stand-in for SQS (over its own protocol) and the simulated Wix
 * (over HTTP), on a clock of the test's. Nothing of it is a stub but time and chance.
 */
export async function openLabelStage(options: StageOptions = {}) {
  let time = START;
  const now = (): number => time;
  // The stand-in asks Date.now for visibility and deduplication.
  const clock = jest.spyOn(Date, 'now').mockImplementation(now);
  const output = captureLog();
  const {
    credentials = { kind: 'api-key', apiKey: API_KEY },
    budget,
    history,
    ...simulated
  } = options;
  const access = credentials.kind === 'app' ? { app: APP } : { apiKey: API_KEY, siteId: SITE_ID };
  const wix = createWixSimulator({ ...access, ...simulated, now });
  const http = await wix.listen(0);
  const { client, queueUrl, deadLetterQueueUrl, close: closeQueues } = await startQueuePair();
  const delays: number[] = [];
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const watched = {
    send(command: unknown) {
      if (command instanceof ChangeMessageVisibilityCommand) {
        delays.push(command.input.VisibilityTimeout ?? Number.NaN);
      }
      return send(command);
    },
  } as QueueOptions['client'];
  const settings = {
    queueUrl,
    deadLetterQueueUrl,
    wixApiUrl: http.url,
    credentials,
    ...NO_LIMIT,
    ...budget,
  };
  const sleep = async (ms: number): Promise<void> => {
    time += ms;
  };
  const newHandler = () => {
    const worker = openWorker(settings, {
      client: watched,
      fetch: fetchOverHttp,
      now,
      random: () => 0.5,
      sleep,
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
      ...(history && { history }),
    });
    return createHandler(async () => worker);
  };
  let handler = newHandler();
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });

  async function receive(url: string): Promise<readonly Message[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  const remove = (url: string, handle: string) =>
    client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: handle }));

  return {
    wix,
    settings,
    client,
    queue,
    now,
    /** Moves the clock. */
    pass(ms: number): void {
      time += ms;
    },
    /** A worker process that knows nothing yet. */
    restart(): void {
      handler = newHandler();
    },
    send: (job: LabelJob) => queue.send(job),
    /** Sends what the queue's own end would refuse. */
    sendRaw: (body: object) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(body),
          MessageGroupId: 'raw',
          MessageDeduplicationId: 'raw',
        }),
      ),
    /** What SQS would hand the worker now. */
    async take(): Promise<readonly SQSRecord[]> {
      return (await receive(queueUrl)).map((message) => toRecord(message, queueUrl));
    },
    /** One invocation, and what Lambda does with its answer: it deletes what is not reported. */
    async work(records: readonly SQSRecord[], remainingMs = 60_000) {
      const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
      const response = await handler({ Records: [...records] }, context);
      const kept = failedItems(response, new Set(records.map(({ messageId }) => messageId)));
      for (const { messageId, receiptHandle } of records) {
        if (!kept.has(messageId)) await remove(queueUrl, receiptHandle);
      }
      return records.map(({ messageId }) => kept.has(messageId));
    },
    /** The visibility timeouts, in seconds, that the handler asked SQS for so far. */
    delays,
    /** The dead letters, taken off their queue: body and attributes. */
    async deadLetters() {
      const deadLetters: { body: unknown; attributes: Record<string, string> }[] = [];
      for (let found = await receive(deadLetterQueueUrl); found.length > 0; ) {
        for (const { Body = '', MessageAttributes = {}, ReceiptHandle = '' } of found) {
          const attributes = Object.entries(MessageAttributes).map(([name, value]) => [
            name,
            value.StringValue ?? '',
          ]);
          deadLetters.push({
            body: JSON.parse(Body),
            attributes: Object.fromEntries(attributes),
          });
          await remove(deadLetterQueueUrl, ReceiptHandle);
        }
        found = await receive(deadLetterQueueUrl);
      }
      return deadLetters;
    },
    /** What was logged so far, with this message. */
    logged: (message: string): Record<string, unknown>[] =>
      output.lines().filter((line) => line.message === message),
    /** The Wix calls so far, as `operation status`. */
    calls: () => wix.calls.map(({ operation, status }) => `${operation} ${status}`),
    /** The simulated Wix goes away. */
    closeWix: () => http.close(),
    async close(): Promise<void> {
      clock.mockRestore();
      output.restore();
      await http.close();
      await closeQueues();
    },
  };
}
export type LabelStage = Awaited<ReturnType<typeof openLabelStage>>;
