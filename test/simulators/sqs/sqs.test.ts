import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteQueueCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { createSqs } from '../../../simulators/sqs/sqs.ts';

const now = (): number => 1_000_000;

function sendTo(sqs: ReturnType<typeof createSqs>, QueueUrl: string, body: string) {
  const MessageAttributes = { reason: { DataType: 'String', StringValue: 'a reason' } };
  return sqs.client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageGroupId: body,
      MessageDeduplicationId: body,
      MessageAttributes,
    }),
  );
}

test('each command reaches the queue it names', async () => {
  const sqs = createSqs(now);
  await sendTo(sqs, sqs.queueUrl, 'job');
  await sendTo(sqs, sqs.deadLetterQueueUrl, 'dead letter');
  const deadLetters = sqs.deadLetters.peek();
  expect(sqs.jobs.peek().map(({ body }) => body)).toEqual(['job']);
  expect(deadLetters.map(({ body, attributes }) => [body, attributes])).toEqual([
    ['dead letter', { reason: { DataType: 'String', StringValue: 'a reason' } }],
  ]);
  await expect(sendTo(sqs, 'https://elsewhere', 'job')).rejects.toThrow(
    'no queue https://elsewhere',
  );
});

test('a message is postponed alone, and in a batch where each entry has its own fate', async () => {
  const sqs = createSqs(now);
  const QueueUrl = sqs.queueUrl;
  for (const body of ['a', 'b', 'c']) await sendTo(sqs, QueueUrl, body);
  const [a, b, c] = (await sqs.receive()).map(({ receiptHandle }) => receiptHandle);
  await sqs.client.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: a, VisibilityTimeout: 10 }),
  );
  const { Successful, Failed } = await sqs.client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'b', ReceiptHandle: b, VisibilityTimeout: 20 },
        { Id: 'stale', ReceiptHandle: `${c}?`, VisibilityTimeout: 30 },
      ],
    }),
  );
  expect(sqs.jobs.peek().map(({ visibleAt }) => (visibleAt - now()) / 1000)).toEqual([10, 20, 120]);
  expect(Successful).toEqual([{ Id: 'b' }]);
  expect(Failed).toMatchObject([{ Id: 'stale', Code: 'ReceiptHandleIsInvalid' }]);
});

test('an obstructed action is refused and does nothing', async () => {
  const sqs = createSqs(now);
  const asked: string[] = [];
  await sendTo(sqs, sqs.queueUrl, 'a');
  const records = await sqs.receive();
  sqs.obstruct = (action, queueUrl) => {
    asked.push(`${action} ${queueUrl}`);
    throw new Error('out of order');
  };
  const change = new ChangeMessageVisibilityCommand({
    QueueUrl: sqs.queueUrl,
    ReceiptHandle: records[0]?.receiptHandle,
    VisibilityTimeout: 0,
  });
  await expect(sendTo(sqs, sqs.deadLetterQueueUrl, 'dead letter')).rejects.toThrow('out of order');
  await expect(sqs.client.send(change)).rejects.toThrow('out of order');
  await expect(sqs.receive()).rejects.toThrow('out of order');
  await expect(sqs.remove(records)).rejects.toThrow('out of order');
  expect(asked).toEqual([
    `send ${sqs.deadLetterQueueUrl}`,
    `changeVisibility ${sqs.queueUrl}`,
    `receive ${sqs.queueUrl}`,
    `delete ${sqs.queueUrl}`,
  ]);
  expect([sqs.jobs.size(), sqs.jobs.isAvailable(), sqs.deadLetters.size()]).toEqual([1, false, 0]);
});

test('a message is received a thousand times before it is a dead letter, or as often as set', async () => {
  const timesUntilDead = async (sqs: ReturnType<typeof createSqs>): Promise<number> => {
    await sendTo(sqs, sqs.queueUrl, 'a');
    for (let times = 0; ; times += 1) {
      const records = await sqs.receive();
      if (records.length === 0) return times;
      sqs.jobs.expireHandles();
    }
  };
  expect(await timesUntilDead(createSqs(now))).toBe(1_000);
  const impatient = createSqs(now, { maxReceiveCount: 5 });
  expect(await timesUntilDead(impatient)).toBe(5);
  expect([impatient.jobs.size(), impatient.deadLetters.size()]).toEqual([0, 1]);
});

test('other commands are not made up', async () => {
  const sqs = createSqs(now);
  const command = new DeleteQueueCommand({ QueueUrl: sqs.queueUrl });
  await expect(sqs.client.send(command)).rejects.toThrow('has no DeleteQueue');
});
