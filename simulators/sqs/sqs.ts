import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { QueueOptions } from '../../lib/queue/queue.ts';
import { createFifoQueue, type FifoQueue } from './fifo-queue.ts';

// As serverless.yml has them.
const VISIBILITY_MS = 360_000;
const MAX_RECEIVE_COUNT = 1_000;

const QUEUE_URL = 'https://sqs.simulated.invalid/jobs.fifo';
const DEAD_LETTER_QUEUE_URL = 'https://sqs.simulated.invalid/dead-letters.fifo';

export type SqsAction = 'send' | 'receive' | 'changeVisibility' | 'delete';

export interface Sqs {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly jobs: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** What the product talks to: SendMessage, ChangeMessageVisibility and its batch form. */
  readonly client: QueueOptions['client'];
  /** As the event source mapping receives. @throws what `obstruct` throws */
  receive(): Promise<SQSRecord[]>;
  /** As the event source mapping deletes. @throws what `obstruct` throws: then nothing is deleted */
  remove(records: readonly SQSRecord[]): Promise<void>;
  /** What comes before every action: a fault throws here, so that it is refused, or lets time pass. */
  obstruct: (action: SqsAction, queueUrl: string) => void | Promise<void>;
}

export interface SqsOptions {
  /** Default: 1000. */
  readonly maxReceiveCount?: number;
}

/** The jobs queue and its dead letters on a clock of the caller's (epoch milliseconds). */
export function createSqs(
  now: () => number,
  { maxReceiveCount = MAX_RECEIVE_COUNT }: SqsOptions = {},
): Sqs {
  const deadLetters = createFifoQueue(now, { name: 'dead', visibilityMs: VISIBILITY_MS });
  const redrive = { maxReceiveCount, deadLetters };
  const jobs = createFifoQueue(now, { name: 'job', visibilityMs: VISIBILITY_MS, redrive });

  function queueAt(url = ''): FifoQueue {
    if (url === QUEUE_URL) return jobs;
    if (url === DEAD_LETTER_QUEUE_URL) return deadLetters;
    throw new Error(
      `There is no queue ${url}. The simulation has ${QUEUE_URL} and its dead letters.`,
    );
  }

  async function send({ input }: SendMessageCommand): Promise<{ MessageId: string }> {
    await sqs.obstruct('send', input.QueueUrl ?? '');
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      value.StringValue ?? '',
    ]);
    const MessageId = queueAt(input.QueueUrl).send({
      body: input.MessageBody ?? '',
      group: input.MessageGroupId ?? '',
      deduplication: input.MessageDeduplicationId ?? '',
      attributes: Object.fromEntries(attributes),
    });
    return { MessageId };
  }

  async function changeVisibility(
    url: string | undefined,
    { ReceiptHandle = '', VisibilityTimeout = 0 }: Visibility,
  ): Promise<void> {
    await sqs.obstruct('changeVisibility', url ?? '');
    queueAt(url).changeVisibility(ReceiptHandle, VisibilityTimeout);
  }

  /** Each entry by itself: the call succeeds where an entry fails. */
  async function changeVisibilities({ input }: ChangeMessageVisibilityBatchCommand) {
    const Successful: { Id: string | undefined }[] = [];
    const Failed: object[] = [];
    for (const { Id, ...entry } of input.Entries ?? []) {
      try {
        await changeVisibility(input.QueueUrl, entry);
        Successful.push({ Id });
      } catch (error) {
        Failed.push({ Id, Code: error instanceof Error ? error.name : '', SenderFault: true });
      }
    }
    return { Successful, Failed };
  }

  const sqs: Sqs = {
    queueUrl: QUEUE_URL,
    deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
    jobs,
    deadLetters,
    client: {
      send: async (command: unknown) => {
        if (command instanceof SendMessageCommand) return send(command);
        if (command instanceof ChangeMessageVisibilityBatchCommand) {
          return changeVisibilities(command);
        }
        if (command instanceof ChangeMessageVisibilityCommand) {
          await changeVisibility(command.input.QueueUrl, command.input);
          return {};
        }
        throw new Error('The simulated SQS does not know this command.');
      },
    } as QueueOptions['client'],
    async receive() {
      await sqs.obstruct('receive', QUEUE_URL);
      return jobs.receive();
    },
    async remove(records) {
      await sqs.obstruct('delete', QUEUE_URL);
      jobs.remove(records.map(({ receiptHandle }) => receiptHandle));
    },
    obstruct: () => {},
  };
  return sqs;
}

interface Visibility {
  readonly ReceiptHandle?: string | undefined;
  readonly VisibilityTimeout?: number | undefined;
}
