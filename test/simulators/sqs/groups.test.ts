import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startQueuePair } from '../../support/queue-pair.ts';
import { until } from '../../support/until.ts';

let sqs: Awaited<ReturnType<typeof startQueuePair>>;
beforeAll(async () => {
  sqs = await startQueuePair();
});
afterAll(() => sqs.close());

async function send(group: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const MessageBody = `${group}${n}`;
    const ids = { MessageGroupId: group, MessageDeduplicationId: MessageBody };
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl, MessageBody, ...ids }));
  }
}

async function receive(VisibilityTimeout = 30) {
  const { Messages = [] } = await sqs.client.send(
    new ReceiveMessageCommand({
      QueueUrl: sqs.queueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout,
    }),
  );
  return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ Body, ReceiptHandle }));
}

const bodies = (messages: readonly { Body: string }[]) => messages.map(({ Body }) => Body);
const QueueUrl = () => sqs.queueUrl;

test('a receive fills up with messages of one group, then of the next; both wait for theirs', async () => {
  // Arrange
  await send('a', 3);
  await send('b', 9);

  // Act
  const first = await receive();
  const second = await receive();
  for (const { ReceiptHandle } of first.toReversed()) {
    const about = { QueueUrl: QueueUrl(), ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.client.send(new ChangeMessageVisibilityCommand(about));
  }
  const again = await receive();
  for (const { ReceiptHandle } of again) {
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: QueueUrl(), ReceiptHandle }));
  }
  const rest = await receive();

  // Assess
  expect(bodies(first)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7']);
  expect(second).toEqual([]);
  expect(bodies(again)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7']);
  expect(bodies(rest)).toEqual(['b8', 'b9']);
});

test('messages whose time in flight is over come back in their order', async () => {
  await send('c', 4);

  const first = await receive(1);
  const again = await until(async () => {
    const messages = await receive();
    return messages.length > 0 && messages;
  });

  expect(bodies(first)).toEqual(['c1', 'c2', 'c3', 'c4']);
  expect(bodies(again)).toEqual(['c1', 'c2', 'c3', 'c4']);
});
