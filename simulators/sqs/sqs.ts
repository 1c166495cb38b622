import type { SQSRecord } from 'aws-lambda';
import type { QueueOptions } from '../../lib/queue/queue.ts';
import { queueArn } from './address.ts';
import type { FifoQueue } from './fifo-queue.ts';
import { toReceived } from './message.ts';
import { createOperations, type Input } from './operations.ts';
import { toRecord } from './record.ts';

// As serverless.yml has them.
const ATTRIBUTES = {
  FifoQueue: 'true',
  VisibilityTimeout: '120',
  MessageRetentionPeriod: '1209600',
};
const MAX_RECEIVE_COUNT = 1_000;

const QUEUE_URL = 'https://sqs.simulated.invalid/jobs.fifo';
const DEAD_LETTER_QUEUE_URL = 'https://sqs.simulated.invalid/dead-letters.fifo';

export type SqsAction = 'send' | 'receive' | 'changeVisibility' | 'delete';

export interface Sqs {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly jobs: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** What the product talks to, in-process. */
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
  const operations = createOperations(now);
  const deadLetterTargetArn = queueArn('dead-letters.fifo');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  const create = (QueueName: string, Attributes: Input['Attributes'] = ATTRIBUTES): object =>
    operations.perform('CreateQueue', { QueueName, Attributes });
  create('dead-letters.fifo');
  create('jobs.fifo', { ...ATTRIBUTES, RedrivePolicy });
  const jobs = operations.queue(QUEUE_URL);

  async function perform(action: string, input: Input): Promise<object> {
    const what = action.startsWith('Send') ? 'send' : 'changeVisibility';
    await sqs.obstruct(what, input.QueueUrl ?? '');
    return operations.perform(action, input);
  }

  const sqs: Sqs = {
    queueUrl: QUEUE_URL,
    deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
    jobs,
    deadLetters: operations.queue(DEAD_LETTER_QUEUE_URL),
    client: {
      send: async (command: { readonly constructor: object; readonly input: Input }) => {
        const { name = '' } = command.constructor as { name?: string };
        return perform(name.replace(/Command$/, ''), command.input);
      },
    } as unknown as QueueOptions['client'],
    async receive() {
      await sqs.obstruct('receive', QUEUE_URL);
      return jobs.receive().map((message) => toRecord(toReceived(message) as object, QUEUE_URL));
    },
    async remove(records) {
      await sqs.obstruct('delete', QUEUE_URL);
      jobs.remove(records.map(({ receiptHandle }) => receiptHandle));
    },
    obstruct: () => {},
  };
  return sqs;
}
