import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { startPoller } from '../../engine/poller.ts';
import { type QueueService, startQueueService } from '../../engine/sqs.ts';
import { failedItems } from '../../simulators/sqs/failed-items.ts';
import { until } from '../support/until.ts';

describe('the answer of a function that reports item failures', () => {
  const batch = new Set(['a', 'b', 'c']);
  const all = ['a', 'b', 'c'];

  test.each<[string, unknown, string[]]>([
    ['undefined', undefined, []],
    ['null', null, []],
    ['an empty object', {}, []],
    ['no list', { ok: true }, []],
    ['a list that is null', { batchItemFailures: null }, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['one of the batch', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    [
      'two of it',
      { batchItemFailures: [{ itemIdentifier: 'c' }, { itemIdentifier: 'a' }] },
      ['c', 'a'],
    ],
    [
      'one named twice',
      { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] },
      ['b'],
    ],
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'z' }] }, all],
    [
      'a known and an unknown id',
      { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] },
      all,
    ],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, all],
    ['an id that is null', { batchItemFailures: [{ itemIdentifier: null }] }, all],
    ['a wrong key', { batchItemFailures: [{ itemidentifier: 'a' }] }, all],
    ['an item that is null', { batchItemFailures: [null] }, all],
    ['a list that is none', { batchItemFailures: 'a' }, all],
  ])('%s', (_, response, failed) => {
    expect([...failedItems(response, batch)]).toEqual(failed);
  });
});

describe('the poller on a queue', () => {
  let queues: QueueService;
  let count = 0;
  beforeAll(async () => {
    queues = await startQueueService();
  });
  afterAll(() => queues.close());

  async function queueWith(...bodies: string[]): Promise<string> {
    count += 1;
    const name = `batch-${count}.fifo`;
    const attributes = { FifoQueue: 'true', VisibilityTimeout: '60' };
    const url = `${queues.queueBase}/${name}`;
    await queues.create([{ logicalId: name, name, url, attributes }]);
    for (const body of bodies) {
      await queues.client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: `group of ${body}`,
          MessageDeduplicationId: body,
          MessageAttributes: { colour: { DataType: 'String', StringValue: 'blue' } },
        }),
      );
    }
    return url;
  }

  /** Lets a poller work on one batch, and says what the queue still holds. */
  async function workOff(
    url: string,
    work: (event: SQSEvent) => Promise<unknown>,
    reportsItemFailures = true,
  ) {
    const events: SQSEvent[] = [];
    const errors: unknown[] = [];
    const secondReceive = Promise.withResolvers<void>();
    let receives = 0;
    const sqs: Pick<SQSClient, 'send'> = Object.create(queues.client, {
      send: {
        value: (command: ReceiveMessageCommand, options: object) => {
          if (command instanceof ReceiveMessageCommand) receives += 1;
          // It asks for more when it is done with what it had.
          if (receives === 2) secondReceive.resolve();
          return queues.client.send(command, options);
        },
      },
    });
    const mapping = { queueUrl: url, batchSize: 10, concurrency: 1, reportsItemFailures };
    const invoke = (event: SQSEvent) => {
      events.push(event);
      return work(event);
    };
    const poller = startPoller(sqs, mapping, invoke, (error) => errors.push(error));
    await secondReceive.promise;
    await poller.stop();
    return { events, errors, left: await leftIn(url, events) };
  }

  /** The bodies of the messages that were not deleted, once they are visible again. */
  async function leftIn(url: string, events: readonly SQSEvent[]): Promise<string[]> {
    const records = events.flatMap(({ Records }) => Records);
    const Entries = records.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 0,
    }));
    // Those that were deleted fail by themselves, which is no matter.
    await queues.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
    const { Messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '' }) => Body).sort();
  }

  /** Names the failed messages by their bodies. */
  const failing =
    (...bodies: string[]) =>
    async ({ Records }: SQSEvent) => ({
      batchItemFailures: Records.filter(({ body }) => bodies.includes(body)).map(
        ({ messageId }) => ({ itemIdentifier: messageId }),
      ),
    });

  test('hands over the batch as Lambda does and deletes it', async () => {
    const url = await queueWith('one', 'two', 'three');

    const { events, left } = await workOff(url, failing());

    expect(left).toEqual([]);
    expect(events).toHaveLength(1);
    expect(events[0]?.Records.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
    expect(events[0]?.Records[0]).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.stringMatching(/./),
      attributes: {
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: 'group of one',
        MessageDeduplicationId: 'one',
      },
      messageAttributes: { colour: { stringValue: 'blue', dataType: 'String' } },
      eventSource: 'aws:sqs',
      eventSourceARN: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:batch-\d+\.fifo$/),
    });
  });

  test.each<[string, (event: SQSEvent) => Promise<unknown>, boolean, string[]]>([
    ['keeps what failed', failing('two'), true, ['two']],
    ['keeps all when all failed', failing('one', 'two'), true, ['one', 'two']],
    [
      'keeps all for an unknown id',
      async () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }),
      true,
      ['one', 'two'],
    ],
    ['deletes all for null', async () => null, true, []],
    ['ignores the list where the mapping does not ask for it', failing('two'), false, []],
  ])('%s', async (_, work, reports, left) => {
    const outcome = await workOff(await queueWith('one', 'two'), work, reports);

    expect(outcome.left).toEqual(left);
    expect(outcome.errors).toEqual([]);
  });

  test('keeps the whole batch when the function fails, and says why', async () => {
    const crash = new Error('the worker is gone');

    const { errors, left } = await workOff(await queueWith('one', 'two'), () =>
      Promise.reject(crash),
    );

    expect(left).toEqual(['one', 'two']);
    expect(errors).toEqual([crash]);
  });

  test('has as many batches in hand as the concurrency allows, and no more', async () => {
    const url = await queueWith('one', 'two', 'three', 'four');
    const mapping = { queueUrl: url, batchSize: 1, concurrency: 2, reportsItemFailures: true };
    const waiting: (() => void)[] = [];
    let most = 0;
    let done = 0;
    const invoke = async () => {
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length - done);
      await turn;
      done += 1;
    };
    const poller = startPoller(queues.client, mapping, invoke, () => {});

    await until(() => waiting.length === 2);
    for (let next = 0; next < 4; next += 1) {
      await until(() => waiting.length > next);
      waiting[next]?.();
    }
    await until(() => done === 4);
    await poller.stop();

    expect(most).toBe(2);
  });

  test('deletes nothing that was still in hand when it was stopped', async () => {
    const url = await queueWith('one');
    const begun = Promise.withResolvers<SQSEvent>();
    const answer = Promise.withResolvers<null>();
    const mapping = { queueUrl: url, batchSize: 10, concurrency: 1, reportsItemFailures: true };
    const invoke = (event: SQSEvent) => {
      begun.resolve(event);
      return answer.promise;
    };
    const poller = startPoller(queues.client, mapping, invoke, () => {});

    const event = await begun.promise;
    const stopped = poller.stop();
    answer.resolve(null);
    await stopped;

    expect(await leftIn(url, [event])).toEqual(['one']);
  });
});
