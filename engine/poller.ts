import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { failedItems } from '../simulators/sqs/failed-items.ts';
import { toRecord } from '../simulators/sqs/record.ts';
import type { MappingSpec } from './template.ts';

/** Reading goes on until `stop`; a batch that is being worked on then is not deleted. */
export type Poller = ReturnType<typeof startPoller>;

/**
 * Reads a queue as a Lambda event source mapping does: long polls while fewer batches than
 * `concurrency` are in hand, gives each to `invoke`, and deletes what came out well. A batch whose
 * invocation fails is left alone: it comes back when its visibility timeout ends. `onError` hears of
 * failed invocations and of a queue that does not answer.
 */
export function startPoller(
  sqs: Pick<SQSClient, 'send'>,
  mapping: Omit<MappingSpec, 'functionId'>,
  invoke: (event: SQSEvent) => Promise<unknown>,
  onError: (error: unknown) => void,
) {
  const stopping = new AbortController();

  const complain = (error: unknown) => {
    if (!stopping.signal.aborted) onError(error);
  };

  const inHand = new Set<Promise<void>>();
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        if (inHand.size >= mapping.concurrency) await Promise.race(inHand);
        const messages = await receive(sqs, mapping, stopping.signal);
        if (messages.length === 0) continue;
        const batch = workOff(sqs, mapping, messages, invoke, stopping.signal)
          .catch(complain)
          .finally(() => inHand.delete(batch));
        inHand.add(batch);
      } catch (error) {
        complain(error);
        await sleep(100, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };
  const running = run();

  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
      await Promise.all(inHand);
    },
  };
}

async function receive(
  sqs: Pick<SQSClient, 'send'>,
  { queueUrl, batchSize }: Pick<MappingSpec, 'queueUrl' | 'batchSize'>,
  abortSignal: AbortSignal,
): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(batchSize, 10),
    WaitTimeSeconds: 20,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const { Messages } = await sqs.send(command, { abortSignal });
  return Messages ?? [];
}

/** Invokes with one batch and deletes what is done, unless the poller was stopped meanwhile. */
async function workOff(
  sqs: Pick<SQSClient, 'send'>,
  { queueUrl, reportsItemFailures }: Pick<MappingSpec, 'queueUrl' | 'reportsItemFailures'>,
  messages: readonly Message[],
  invoke: (event: SQSEvent) => Promise<unknown>,
  stopping: AbortSignal,
): Promise<void> {
  const Records = messages.map((message) => toRecord(message, queueUrl));
  const response = await invoke({ Records });
  const failed = reportsItemFailures
    ? failedItems(response, new Set(Records.map(({ messageId }) => messageId)))
    : new Set<string>();
  const done = Records.filter(({ messageId }) => !failed.has(messageId));
  if (done.length === 0 || stopping.aborted) return;
  const Entries = done.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}
