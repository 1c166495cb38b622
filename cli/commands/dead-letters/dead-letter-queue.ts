import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetter, toDeadLetter } from './dead-letter.ts';

/**
 * How long SQS keeps a received dead letter from others unless it is asked again. A run that is killed leaves
 * its dead letters invisible for as long, and no longer.
 */
export const LEASE_SECONDS = 20;

/** The most that a batch may have. */
const BATCH = 10;
/** Batches under way at once: 100,000 dead letters are held on to in time so. */
const AT_ONCE = 16;

/** The dead-letter queue, as the commands use it. @throws what the AWS client throws */
export interface DeadLetterQueue {
  /** Dead letters that can be received, and dead letters that somebody has received and not given back. */
  count(): Promise<{ readonly waiting: number; readonly held: number }>;
  /** Up to ten dead letters, held from now on; `waitSeconds`: for so long where there are none. */
  receive(waitSeconds: number): Promise<readonly DeadLetter[]>;
  /** Holds dead letters for so long from now (0: gives them back). @returns those that were held no more */
  setVisibility(
    deadLetters: readonly DeadLetter[],
    seconds: number,
  ): Promise<readonly DeadLetter[]>;
  delete(deadLetter: DeadLetter): Promise<void>;
}

export function createDeadLetterQueue(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
): DeadLetterQueue {
  async function holdBatch(deadLetters: readonly DeadLetter[], seconds: number) {
    const Entries = deadLetters.map(({ receipt }, i) => ({
      Id: `${i}`,
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }));
    const { Failed = [] } = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }),
    );
    return Failed.flatMap(({ Id }) => deadLetters[Number(Id)] ?? []);
  }

  return {
    async count() {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
      ] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] }),
      );
      const [waiting, held] = AttributeNames.map((name) => Number(Attributes[name] ?? 0));
      return { waiting: waiting ?? 0, held: held ?? 0 };
    },
    async receive(waitSeconds) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: BATCH,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: LEASE_SECONDS,
          MessageSystemAttributeNames: ['SentTimestamp', 'MessageGroupId'],
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map(toDeadLetter);
    },
    async setVisibility(deadLetters, seconds) {
      const batches = Array.from({ length: Math.ceil(deadLetters.length / BATCH) }, (_, i) =>
        deadLetters.slice(i * BATCH, (i + 1) * BATCH),
      );
      const lost: DeadLetter[] = [];
      const work = async () => {
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          lost.push(...(await holdBatch(batch, seconds)));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return lost;
    },
    async delete({ receipt }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },
  };
}
