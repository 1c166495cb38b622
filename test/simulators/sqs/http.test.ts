import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Loopback } from '../../../simulators/loopback.ts';
import { createMovableClock } from '../../../simulators/movable-clock.ts';
import { queueArn } from '../../../simulators/sqs/address.ts';
import { serveSqs } from '../../../simulators/sqs/http.ts';
import { createOperations } from '../../../simulators/sqs/operations.ts';

// The AWS client is the judge: it checks checksums, and makes its own errors of what it is answered.

const clock = createMovableClock();
let server: Loopback;
let client: SQSClient;
beforeAll(async () => {
  server = await serveSqs(createOperations(clock.now), clock);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new SQSClient({ endpoint: server.url, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

let serial = 0;
let QueueUrl: string;
let deadLettersUrl: string;
beforeEach(async () => {
  serial += 1;
  const dead = `dead-${serial}.fifo`;
  [deadLettersUrl, QueueUrl] = [
    `https://anywhere/0/${dead}`,
    `https://anywhere/0/q-${serial}.fifo`,
  ];
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(dead), maxReceiveCount: 2 });
  const ofEach = { FifoQueue: 'true', VisibilityTimeout: '360' };
  await client.send(new CreateQueueCommand({ QueueName: dead, Attributes: ofEach }));
  const Attributes = { ...ofEach, RedrivePolicy };
  await client.send(new CreateQueueCommand({ QueueName: `q-${serial}.fifo`, Attributes }));
});

const message = (body: string, group = 'g') => ({
  MessageBody: body,
  MessageGroupId: group,
  MessageDeduplicationId: body.slice(0, 100),
});
const send = (body: string, over: Partial<SendMessageCommandInput> = {}) =>
  client.send(new SendMessageCommand({ QueueUrl, ...message(body), ...over }));

async function receive(over: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, ...over };
  const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
  return Messages;
}
const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

test('a message comes as it went, with what was asked for and no more', async () => {
  const MessageAttributes = {
    timestamp: { DataType: 'Number', StringValue: '1493147359900' },
  };
  const sent = await send('a', { MessageAttributes });
  const bytes = new Uint8Array([0, 255, 128]);
  await send('b', { MessageAttributes: { bytes: { DataType: 'Binary', BinaryValue: bytes } } });

  const [bare] = await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
  const [a, b] = await receive({
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
  });

  // That of these attributes is known from elsewhere: github.com/getmoto/moto, tests of SQS (checked 2026-11-28)
  expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  expect(bare).not.toHaveProperty('Attributes');
  expect(bare).not.toHaveProperty('MessageAttributes');
  expect(a).toMatchObject({ MessageId: sent.MessageId, Body: 'a', MessageAttributes });
  expect(a?.Attributes).toEqual({ ApproximateReceiveCount: '2', MessageGroupId: 'g' });
  expect(b?.MessageAttributes?.bytes?.BinaryValue).toEqual(bytes);
});

test('entries of a batch are sent, postponed and deleted each by itself', async () => {
  const entries = ['a', 'b'].map((body) => ({ Id: body, ...message(body) }));
  const bad = { Id: 'bad', ...message('\u0000') };
  const sent = await client.send(
    new SendMessageBatchCommand({ QueueUrl, Entries: [...entries, bad] }),
  );
  const received = await receive();
  const receipts = received.map(({ ReceiptHandle, Body: Id }) => ({ Id, ReceiptHandle }));
  const postponed = await client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: [...receipts, { Id: 'none', ReceiptHandle: 'none' }].map((one) => ({
        ...one,
        VisibilityTimeout: 500,
      })),
    }),
  );
  const deleted = await client.send(
    new DeleteMessageBatchCommand({ QueueUrl, Entries: receipts.slice(0, 1) }),
  );

  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'b']);
  expect(sent.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidMessageContents' }]);
  expect(postponed.Failed).toMatchObject([{ Id: 'none', Code: 'ReceiptHandleIsInvalid' }]);
  expect(deleted.Successful).toEqual([{ Id: 'a' }]);
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    QueueArn: queueArn(`q-${serial}.fifo`),
    VisibilityTimeout: '360',
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
});

test('a long poll ends with a message, sent or visible again, and one that was given up takes none', async () => {
  const waiting = receive({ WaitTimeSeconds: 20 });
  await send('a');
  const [a] = await waiting;

  const again = receive({ WaitTimeSeconds: 20 });
  const { ReceiptHandle } = a ?? {};
  await client.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 }),
  );
  const [back] = await again;
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: back?.ReceiptHandle }));

  const gone = new AbortController();
  const given = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
    abortSignal: gone.signal,
  });
  gone.abort();
  await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  await send('b');

  expect([a?.Body, back?.Body]).toEqual(['a', 'a']);
  expect(bodies(await receive({ WaitTimeSeconds: 20 }))).toEqual(['b']);
  expect(await receive({ WaitTimeSeconds: 0 })).toEqual([]);
});

test('a long poll ends with a message that a move of the clock makes visible', async () => {
  await send('a');
  await receive({ VisibilityTimeout: 360 });
  const waiting = receive({ WaitTimeSeconds: 20 });
  await receive();

  clock.moveTo(clock.now() + 361_000);

  expect(bodies(await waiting)).toEqual(['a']);
});

test('what is received too often goes to the dead letters', async () => {
  const MessageAttributes = { why: { DataType: 'String', StringValue: 'it kills' } };
  await send('a', { MessageAttributes });
  for (let times = 0; times < 3; times += 1) await receive({ VisibilityTimeout: 0 });

  const [dead] = await receive({ QueueUrl: deadLettersUrl, MessageAttributeNames: ['w.*', 'why'] });
  expect(dead).toMatchObject({ Body: 'a', MessageAttributes });
  expect(await receive()).toEqual([]);
});

test.each<[string, Partial<SendMessageCommandInput>, string, string]>([
  [
    'to no queue',
    { QueueUrl: 'https://x/none' },
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
  ],
  [
    'over 1 MiB',
    { MessageBody: 'é'.repeat(524_289) },
    'InvalidParameterValue',
    'InvalidParameterValue',
  ],
  ['of no group', { MessageGroupId: '' }, 'MissingParameter', 'MissingParameter'],
  ['with no body', { MessageBody: '' }, 'InvalidParameterValue', 'InvalidParameterValue'],
  [
    'of a character that SQS refuses',
    { MessageBody: '\ufffe' },
    'InvalidMessageContents',
    'InvalidMessageContents',
  ],
])('a message %s is refused', async (_, over, name, Code) => {
  await expect(send('a', over)).rejects.toMatchObject({ name, Code, $fault: 'client' });
  expect(await receive()).toEqual([]);
});

test('a message of 1 MiB is taken', async () => {
  await send('a'.repeat(1_048_576));
  expect((await receive())[0]?.Body).toHaveLength(1_048_576);
});

test('no other operation is made up, and no queue that is not FIFO', async () => {
  await expect(client.send(new DeleteQueueCommand({ QueueUrl }))).rejects.toThrow('no DeleteQueue');
  await expect(client.send(new CreateQueueCommand({ QueueName: 'plain' }))).rejects.toThrow(
    'FIFO queues alone',
  );
});
