import { describe, expect, test } from '@jest/globals';
import { createFifoQueue } from '../../../simulators/sqs/fifo-queue.ts';
import { type Message, toReceived } from '../../../simulators/sqs/message.ts';

const VISIBILITY_MS = 360_000;

/** Queues with a clock of the test's; a message's group is the first letter of its body. */
function openQueues(maxReceiveCount = 1_000) {
  let time = 1_000_000;
  const now = (): number => time;
  const deadLetters = createFifoQueue(now, { name: 'dead', visibilityMs: VISIBILITY_MS });
  const redrive = { maxReceiveCount, deadLetters };
  const queue = createFifoQueue(now, { name: 'job', visibilityMs: VISIBILITY_MS, redrive });
  const send = (...bodies: string[]): string[] =>
    bodies.map(
      (body) => queue.send({ body, group: body.charAt(0), deduplication: body, attributes: {} }).id,
    );
  const receive = (): string => textOf(queue.receive());
  return {
    queue,
    deadLetters,
    send,
    receive,
    pass(ms: number): void {
      time += ms;
    },
  };
}

const textOf = (messages: readonly Message[]): string => messages.map(({ body }) => body).join(' ');
const receiptOf = (message: Message | undefined): string => message?.receipt ?? '';

describe('what a receive gives', () => {
  test('all there is of the group with the oldest message, then of the next', () => {
    const { send, receive } = openQueues();
    send('a1', 'b1', 'a2', 'c1', 'b2', 'a3');
    expect(receive()).toBe('a1 a2 a3 b1 b2 c1');
  });

  test('ten messages at most, though that cuts a group', () => {
    const { send, receive } = openQueues();
    send(...['a', 'b', 'c', 'd', 'e'].flatMap((group) => [1, 2, 3].map((n) => `${group}${n}`)));
    expect(receive()).toBe('a1 a2 a3 b1 b2 b3 c1 c2 c3 d1');
    expect(receive()).toBe('e1 e2 e3');
  });

  test('nothing of a group of which a message is in flight, be it sent later', () => {
    const { queue, send, receive } = openQueues();
    send('a1');
    const [first] = queue.receive();
    send('a2', 'b1');
    expect(receive()).toBe('b1');
    queue.remove([receiptOf(first)]);
    expect(receive()).toBe('a2');
  });

  test('the rest of a group only when all in flight of it is over', () => {
    const { queue, send, receive } = openQueues();
    send('a1', 'a2');
    const [first, second] = queue.receive();
    send('a3');
    queue.remove([receiptOf(first)]);
    expect(receive()).toBe('');
    queue.changeVisibility(receiptOf(second), 0);
    expect(receive()).toBe('a2 a3');
  });

  test('what comes back before what was sent after it', () => {
    const { queue, send, receive, pass } = openQueues();
    send('a1');
    queue.receive();
    send('b1');
    pass(VISIBILITY_MS);
    expect(receive()).toBe('a1 b1');
  });

  test('the counts and times that Lambda hands on', () => {
    const { queue, send, pass } = openQueues();
    send('a1');
    pass(5);
    queue.receive();
    pass(VISIBILITY_MS);
    const [received] = queue.receive().map(toReceived);
    expect(received?.Attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: '1000005',
      SentTimestamp: '1000000',
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a1',
    });
  });
});

describe('visibility', () => {
  test('lasts as long as the queue says', () => {
    const { queue, send, receive, pass } = openQueues();
    send('a1');
    receive();
    pass(VISIBILITY_MS - 1);
    expect([queue.isAvailable(), queue.nextVisibleAt()]).toEqual([false, 1_360_000]);
    pass(1);
    expect(queue.isAvailable()).toBe(true);
    expect(receive()).toBe('a1');
  });

  test('can be made longer and shorter, from now on', () => {
    const { queue, send, receive, pass } = openQueues();
    send('a1', 'b1');
    const [a, b] = queue.receive();
    queue.changeVisibility(receiptOf(a), 600);
    queue.changeVisibility(receiptOf(b), 10);
    expect(queue.nextVisibleAt()).toBe(1_010_000);
    pass(10_000);
    expect(receive()).toBe('b1');
    pass(589_999);
    expect(receive()).toBe('b1');
    pass(1);
    expect(receive()).toBe('a1');
  });

  test('holds up a group until the last of it that is in flight is over', () => {
    const { queue, send, receive, pass } = openQueues();
    send('a1', 'a2');
    const [first] = queue.receive();
    queue.changeVisibility(receiptOf(first), 10);
    expect(queue.nextVisibleAt()).toBe(1_360_000);
    pass(10_000);
    expect(receive()).toBe('');
    pass(350_000);
    expect(receive()).toBe('a1 a2');
  });

  test('a receipt that is not the last one is refused', () => {
    const { queue, send, pass } = openQueues();
    send('a1');
    const [old] = queue.receive();
    pass(VISIBILITY_MS);
    queue.receive();
    expect(() => queue.changeVisibility(receiptOf(old), 5)).toThrow(
      expect.objectContaining({ name: 'ReceiptHandleIsInvalid' }),
    );
  });

  test('of a message that is not in flight it is refused', () => {
    const { queue, send, pass } = openQueues();
    send('a1');
    const [record] = queue.receive();
    pass(VISIBILITY_MS);
    expect(() => queue.changeVisibility(receiptOf(record), 5)).toThrow(
      expect.objectContaining({ name: 'MessageNotInflight' }),
    );
  });

  test('ends 12 h after the last receive', () => {
    const { queue, send, pass } = openQueues();
    send('a1');
    queue.receive();
    pass(VISIBILITY_MS);
    const [record] = queue.receive();
    pass(60_000);
    for (const seconds of [-1, 12 * 3_600 - 59]) {
      expect(() => queue.changeVisibility(receiptOf(record), seconds)).toThrow('over 12 h after');
    }
    queue.changeVisibility(receiptOf(record), 12 * 3_600 - 60);
    expect(queue.nextVisibleAt()).toBe(1_000_000 + VISIBILITY_MS + 12 * 3_600_000);
  });

  test('receipts expire at a blow: everything comes back, and the old receipts delete nothing', () => {
    const { queue, send, receive } = openQueues();
    send('a1', 'b1');
    const receipts = queue.receive().map(receiptOf);
    queue.expireHandles();
    queue.remove(receipts);
    expect(receive()).toBe('a1 b1');
  });
});

describe('deleting', () => {
  test('takes what is in flight under this receipt', () => {
    const { queue, send } = openQueues();
    send('a1', 'a2', 'b1');
    queue.remove(queue.receive().map(receiptOf));
    expect([queue.size(), queue.isAvailable(), queue.nextVisibleAt()]).toEqual([
      0,
      false,
      undefined,
    ]);
  });

  test('leaves what has become visible meanwhile, or was received again', () => {
    const { queue, send, pass } = openQueues();
    send('a1');
    const [record] = queue.receive();
    pass(VISIBILITY_MS);
    queue.remove([receiptOf(record)]);
    expect(queue.size()).toBe(1);
    queue.receive();
    queue.remove([receiptOf(record)]);
    expect(queue.size()).toBe(1);
  });
});

test('within five minutes a message of its group with the same deduplication id is not taken again', () => {
  const { queue, send, pass } = openQueues();
  const [first] = send('a1');
  pass(299_999);
  expect(send('a1')).toEqual([first]);
  queue.send({ body: 'other group', group: 'b', deduplication: 'a1', attributes: {} });
  pass(1);
  expect(send('a1')).not.toEqual([first]);
  expect(queue.peek().map(({ body }) => body)).toEqual(['a1', 'other group', 'a1']);
});

test('what was received too often goes to the dead letters, and the next of its group comes up', () => {
  const { queue, deadLetters, send, receive, pass } = openQueues(2);
  send('a1', 'a2');
  for (let times = 0; times < 2; times += 1) {
    const [, second] = queue.receive();
    if (times === 0) queue.changeVisibility(receiptOf(second), 0);
    pass(VISIBILITY_MS);
  }
  send('a3');
  expect(receive()).toBe('a3');
  expect(textOf(deadLetters.receive())).toBe('a1 a2');
  expect(queue.size()).toBe(1);
});

test('a change is announced: a send, a removal, another visibility', async () => {
  const { queue, send } = openQueues();
  const changes: string[] = [];
  const note = (what: string): void => {
    void queue.changed().then(() => changes.push(what));
  };
  note('sent');
  send('a1');
  const [record] = queue.receive();
  note('visibility');
  queue.changeVisibility(receiptOf(record), 5);
  note('removed');
  queue.remove([receiptOf(record)]);
  note('nothing');
  await new Promise(setImmediate);
  expect(changes).toEqual(['sent', 'visibility', 'removed']);
});
