import { createHash } from 'node:crypto';
import type { Message as ReceivedMessage } from '@aws-sdk/client-sqs';

export const MOST_A_RECEIVE = 10;

/** As it goes over the wire: `BinaryValue` in base64. */
interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface NewMessage {
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  readonly attributes: MessageAttributes;
}

/** A message in a queue; times in epoch milliseconds. */
export interface Message extends NewMessage {
  readonly id: string;
  /** Its place among all messages of its queue. */
  readonly order: number;
  readonly sentAt: number;
  readonly expiresAt: number;
  /** In flight until then. */
  visibleAt: number;
  /** Whether `visibleAt` was asked for, and is not the end of a receive's visibility timeout. */
  isPostponed: boolean;
  receivedAt: number;
  firstReceivedAt: number | undefined;
  receives: number;
  /** The last one given; '' before the first receive. */
  receipt: string;
}

/** What of a queue may outlive the process. */
export interface Kept {
  /** The messages by their ids. What is in the map already is in the queue; each is set anew when it changes. */
  readonly messages: Map<string, Message>;
  /** What was sent within five minutes, and when, by group and deduplication id. */
  readonly sent: Map<string, { readonly id: string; readonly at: number }>;
  /** For messages and receipts. */
  newId(): string;
}

export function inMemory(name: string): Kept {
  let serial = 0;
  return {
    messages: new Map(),
    sent: new Map(),
    newId() {
      serial += 1;
      return `${name}-${serial}`;
    },
  };
}

const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

/** The checksums that SQS answers a message with: the client checks that of the body. */
export function checksums({ body, attributes }: Pick<Message, 'body' | 'attributes'>) {
  const names = Object.keys(attributes);
  return {
    body: md5(body),
    ...(names.length > 0 && { attributes: md5(attributeBytes(attributes)) }),
  };
}

/**
 * What the checksum of attributes is made over.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation (checked 2026-11-28)
 */
function attributeBytes(attributes: MessageAttributes): Buffer {
  const sized = (bytes: Buffer): Buffer[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  };
  const parts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { DataType, StringValue, BinaryValue = '' }]) => [
      ...sized(Buffer.from(name)),
      ...sized(Buffer.from(DataType)),
      Buffer.from([StringValue === undefined ? 2 : 1]),
      ...sized(
        StringValue === undefined ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue),
      ),
    ]);
  return Buffer.concat(parts);
}

/** What ReceiveMessage answers of a message, over the wire, when it is asked for everything. */
export function toReceived(message: Message) {
  const { body, attributes } = checksums(message);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: body,
    ...(attributes && {
      MD5OfMessageAttributes: attributes,
      MessageAttributes: message.attributes,
    }),
    Attributes: {
      ApproximateReceiveCount: `${message.receives}`,
      ApproximateFirstReceiveTimestamp: `${message.firstReceivedAt}`,
      SenderId: 'AIDALOCAL',
      SentTimestamp: `${message.sentAt}`,
      SequenceNumber: sequenceNumber(message),
      MessageGroupId: message.group,
      MessageDeduplicationId: message.deduplication,
    },
  } satisfies Omit<ReceivedMessage, 'MessageAttributes'> & { MessageAttributes?: unknown };
}

export const sequenceNumber = ({ order }: Pick<Message, 'order'>): string =>
  `${order}`.padStart(20, '0');
