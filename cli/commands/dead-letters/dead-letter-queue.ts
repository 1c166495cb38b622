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

/** The most that SQS gives, or takes, at once. */
export const BATCH = 10;
/** Batches under way at once: the leases of 100,000 dead letters are renewed in time so. */
const AT_ONCE = 16;

/** The dead-letter queue, as the commands use it. @throws what the AWS client throws */
export interface DeadLetterQueue {
  /** Dead letters that can be received, and those that somebody has received and not given back. */
  count(): Promise<{ readonly waiting: number; readonly leased: number }>;
  /** Up to ten dead letters, leased from now on. `waitSeconds`: how long to wait where there are none. */
  receive(waitSeconds: number): Promise<readonly DeadLetter[]>;
  /** Leases them for so long from now (0: gives them back). @returns those whose lease had ended */
  setVisibility(
    deadLetters: readonly DeadLetter[],
    seconds: number,
  ): Promise<readonly DeadLetter[]>;
  delete(deadLetter: DeadLetter): Promise<void>;
}

export function createDeadLetterQueue(
  sqs: Pick<SQSClient, 'send'>,
  QueueUrl: string,
): DeadLetterQueue {
  async function changeBatch(batch: readonly DeadLetter[], VisibilityTimeout: number) {
    const Entries = batch.map(({ receipt: ReceiptHandle }, i) => ({
      Id: `${i}`,
      ReceiptHandle,
      VisibilityTimeout,
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
    const { Failed = [] } = await sqs.send(command);
    return Failed.flatMap(({ Id }) => batch[Number(Id)] ?? []);
  }

  return {
    async count() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        leased: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },
    async receive(waitSeconds) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
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
      ).values();
      const lost: DeadLetter[] = [];
      const work = async () => {
        for (const batch of batches) lost.push(...(await changeBatch(batch, seconds)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return lost;
    },
    async delete({ receipt }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
    },
  };
}
