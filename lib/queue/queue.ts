import {
  ChangeMessageVisibilityCommand,
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

/** How many sent jobs a process remembers, so that its answer can report a duplicate. */
const REMEMBERED_JOBS = 1000;

export interface QueueOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface Queue {
  /**
   * Queues a job. SQS drops a second message of one deduplication id (the job's unless given) within five minutes, and
   * answers with the first message's id: `duplicate`, if this process sent that one. A job that does not fit a
   * message together with the attributes of a dead letter is `too-large`, and not queued.
   * @throws what the AWS client throws: nothing is queued then.
   */
  send(job: LabelJob, deduplication?: string): Promise<'queued' | 'duplicate' | 'too-large'>;
  /** Sets a received message aside for `seconds` (0 to 12 h). @throws what the AWS client throws. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
  /** Sends to the dead-letter queue. @throws what the AWS client throws. */
  deadLetter(deadLetter: DeadLetterMessage): Promise<void>;
}

/** The jobs queue and its dead-letter queue. */
export function createQueue({ client, queueUrl, deadLetterQueueUrl }: QueueOptions): Queue {
  const sent = createMemory<string>({ most: REMEMBERED_JOBS });

  return {
    async send(job, deduplication = job.id) {
      const body = messageBody(job);
      if (Buffer.byteLength(body) > BODY_LIMIT_BYTES) return 'too-large';
      const { MessageId = '' } = await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: groupOf(job),
          MessageDeduplicationId: deduplication,
        }),
      );
      if (sent.get(deduplication) === MessageId) return 'duplicate';
      sent.set(deduplication, MessageId);
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
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterQueueUrl,
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: deduplication,
          MessageAttributes: deadLetterAttributes(deadLetter, room),
        }),
      );
    },
  };
}
