import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { QueueOptions } from '../../lib/queue/queue.ts';

const DEDUPLICATION_MS = 5 * 60_000;

interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly group: string;
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  visibleAt: number;
  firstReceivedAt: number | undefined;
  receives: number;
  receipt: string;
}

/**
 * FIFO queues on a virtual clock, with what the emulator does not do: several messages of a group in
 * one receive, and deduplication by group. Order and group lock as the SQS developer guide has them:
 * while a message of a group is in flight, no other of that group is handed out.
 */
export function createVirtualQueues(now: () => number, visibilityMs: number) {
  let messages: Message[] = [];
  const sent = new Map<string, { id: string; at: number }>();
  let serial = 0;

  function send({ input }: SendMessageCommand): { MessageId: string } {
    const { QueueUrl: url = '', MessageBody: body = '', MessageGroupId: group = '' } = input;
    const key = `${url} ${group} ${input.MessageDeduplicationId}`;
    const before = sent.get(key);
    if (before && now() - before.at < DEDUPLICATION_MS) return { MessageId: before.id };
    serial += 1;
    const id = `m${serial}`;
    sent.set(key, { id, at: now() });
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      value.StringValue ?? '',
    ]);
    messages.push({
      id,
      url,
      body,
      group,
      sentAt: now(),
      attributes: Object.fromEntries(attributes),
      visibleAt: now(),
      firstReceivedAt: undefined,
      receives: 0,
      receipt: '',
    });
    return { MessageId: id };
  }

  function changeVisibility({ input }: ChangeMessageVisibilityCommand): object {
    const message = messages.find(({ receipt }) => receipt === input.ReceiptHandle);
    if (!message) throw new Error('ReceiptHandleIsInvalid');
    message.visibleAt = now() + (input.VisibilityTimeout ?? 0) * 1000;
    return {};
  }

  function toRecord(message: Message): SQSRecord {
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
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: '',
    };
  }

  return {
    client: {
      send: async (command: unknown) => {
        if (command instanceof SendMessageCommand) return send(command);
        if (command instanceof ChangeMessageVisibilityCommand) return changeVisibility(command);
        throw new Error('the virtual queue does not know this command');
      },
    } as QueueOptions['client'],
    /** Up to ten messages, several of a group where they are next in line. */
    receive(url: string): SQSRecord[] {
      const locked = new Set(
        messages
          .filter(({ visibleAt, url: its }) => its === url && visibleAt > now())
          .map((m) => m.group),
      );
      const free = messages.filter((message) => message.url === url && !locked.has(message.group));
      return free.slice(0, 10).map((message) => {
        serial += 1;
        message.receipt = `r${serial}`;
        message.receives += 1;
        message.firstReceivedAt ??= now();
        message.visibleAt = now() + visibilityMs;
        return toRecord(message);
      });
    },
    /** As Lambda does for the records that a function did not report. */
    remove(records: readonly SQSRecord[]): void {
      const gone = new Set(records.map(({ receiptHandle }) => receiptHandle));
      messages = messages.filter(({ receipt }) => !gone.has(receipt));
    },
    /** What a queue holds, without receiving it. */
    peek: (url: string): readonly Message[] => messages.filter((message) => message.url === url),
    /** When the next message that is in flight becomes visible; undefined when none is. */
    nextVisibleAt(url: string): number | undefined {
      const times = messages.filter((m) => m.url === url).map(({ visibleAt }) => visibleAt);
      const later = times.filter((time) => time > now());
      return later.length > 0 ? Math.min(...later) : undefined;
    },
  };
}
