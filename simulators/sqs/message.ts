import type { SQSRecord } from 'aws-lambda';

export interface NewMessage {
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message in a queue; times in epoch milliseconds. */
export interface Message extends NewMessage {
  readonly id: string;
  /** Its place among all messages of its queue. */
  readonly order: number;
  readonly sentAt: number;
  /** In flight until then. */
  visibleAt: number;
  receivedAt: number;
  firstReceivedAt: number | undefined;
  receives: number;
  /** The last one given; '' before the first receive. */
  receipt: string;
}

/** What a Lambda function sees of a message. */
export function toRecord(message: Message): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: `${message.receives}`,
      ApproximateFirstReceiveTimestamp: `${message.firstReceivedAt}`,
      SenderId: '',
      SentTimestamp: `${message.sentAt}`,
      MessageGroupId: message.group,
      MessageDeduplicationId: message.deduplication,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  };
}
