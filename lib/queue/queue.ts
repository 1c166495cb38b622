import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { createMemory } from '../runtime/memory.ts';
import { type DeadLetterMessage, deadLetterAttributes } from './dead-letter.ts';
import { groupOf } from './identity.ts';
import type { LabelJob } from './job.ts';
import { BODY_LIMIT_BYTES, MESSAGE_LIMIT_BYTES, messageBody } from './message.ts';

// ChangeMessageVisibility ends 12 h after the message was received.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html (checked 2026-11-21)
const LONGEST_VISIBILITY_SECONDS = 12 * 3600 - 300;

/** How many sent jobs a process remembers, to tell a redelivery from a new one in its answer. */
const REMEMBERED_JOBS = 1000;

export interface QueueOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface Queue {
  /**
   * Queues a job. SQS answers a duplicate (same deduplication id, which is the job's unless given, within five
   * minutes) with the first message's id and drops it: `duplicate`, where this process sent the first one. A job is `too-large`,
   * and not queued, when it would not fit a message together with the attributes of a dead letter.
   * @throws what the AWS client throws: nothing is queued then.
   */
  send(job: LabelJob, deduplication?: string): Promise<'queued' | 'duplicate' | 'too-large'>;
  /** Sets a received message aside for `seconds` (0 to 12 h). @throws what the AWS client throws. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
  /** Puts what cannot go on where a person will see it. @throws what the AWS client throws. */
  deadLetter(deadLetter: DeadLetterMessage): Promise<void>;
}

/** The jobs queue and its dead-letter queue. */
export function createQueue({ client, queueUrl, deadLetterQueueUrl }: QueueOptions): Queue {
  const sent = createMemory<string>({ most: REMEMBERED_JOBS });

  async function sendTo(
    url: string,
    body: string,
    group: string,
    deduplication: string,
    attributes?: Record<string, MessageAttributeValue>,
  ): Promise<string> {
    const { MessageId = '' } = await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: deduplication,
        ...(attributes && { MessageAttributes: attributes }),
      }),
    );
    return MessageId;
  }

  return {
    async send(job, deduplication = job.id) {
      const body = messageBody(job);
      if (Buffer.byteLength(body) > BODY_LIMIT_BYTES) return 'too-large';
      const messageId = await sendTo(queueUrl, body, groupOf(job), deduplication);
      if (sent.get(deduplication) === messageId) return 'duplicate';
      sent.set(deduplication, messageId);
      return 'queued';
    },
    async postpone(receiptHandle, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_VISIBILITY_SECONDS),
        }),
      );
    },
    async deadLetter(deadLetter) {
      const { body, group, deduplication } = deadLetter;
      const room = MESSAGE_LIMIT_BYTES - Buffer.byteLength(body);
      const attributes = deadLetterAttributes(deadLetter, room);
      await sendTo(deadLetterQueueUrl, body, group, deduplication, attributes);
    },
  };
}
