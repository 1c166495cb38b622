import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFifoQueue } from '../../../simulators/sqs/fifo-queue.ts';

const VISIBILITY_MS = 100;

interface Plain {
  readonly body: string;
  readonly group: string;
  visibleAt: number;
  receives: number;
}

/** The same queue, slow and plain: every receive looks at every message. */
function createPlainQueue(now: () => number, maxReceiveCount: number) {
  let messages: Plain[] = [];
  const dead: string[] = [];
  const isLocked = (group: string): boolean =>
    messages.some((one) => one.group === group && one.visibleAt > now());

  return {
    dead,
    send(body: string, group: string): void {
      messages.push({ body, group, visibleAt: 0, receives: 0 });
    },
    receive(): string[] {
      const taken: string[] = [];
      const free = messages.filter(({ group }) => !isLocked(group));
      const inOrder = [...Map.groupBy(free, ({ group }) => group).values()].flat();
      for (const message of inOrder) {
        if (taken.length === 10) break;
        if (message.receives >= maxReceiveCount) {
          messages = messages.filter((one) => one !== message);
          dead.push(message.body);
          continue;
        }
        message.receives += 1;
        message.visibleAt = now() + VISIBILITY_MS;
        taken.push(message.body);
      }
      return taken;
    },
    find: (body: string): Plain | undefined => messages.find((one) => one.body === body),
    remove(body: string): void {
      messages = messages.filter((one) => one.body !== body || one.visibleAt <= now());
    },
    bodies: (): string[] => messages.map(({ body }) => body),
  };
}

const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ send: fc.constantFrom('a', 'b', 'c', 'd', 'e') }) },
  { weight: 2, arbitrary: fc.record({ receive: fc.constant(true) }) },
  { weight: 3, arbitrary: fc.record({ remove: fc.nat({ max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ change: fc.nat({ max: 30 }), ms: fc.integer({ min: 0, max: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 150 }) }) },
);

test('property: whatever is done to it, it hands out what a queue does that looks at every message', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      let time = 1_000;
      const now = (): number => time;
      const deadLetters = createFifoQueue(now, { name: 'dead', visibilityMs: 1 });
      const redrive = { maxReceiveCount: 3, deadLetters };
      const queue = createFifoQueue(now, { name: 'q', visibilityMs: VISIBILITY_MS, redrive });
      const plain = createPlainQueue(now, 3);
      const receipts: { body: string; receipt: string }[] = [];
      /** The last receipt of a message that was received, by any number. */
      const pick = (number: number) => receipts[receipts.length - 1 - (number % receipts.length)];

      for (const [index, step] of actions.entries()) {
        if ('send' in step) {
          const body = `${step.send}${index}`;
          const message = { body, group: step.send, deduplication: body, attributes: {} };
          queue.send(message);
          plain.send(body, step.send);
        } else if ('receive' in step) {
          const records = queue.receive();
          expect(records.map(({ body }) => body)).toEqual(plain.receive());
          for (const { body, receipt } of records) {
            const known = receipts.findIndex((one) => one.body === body);
            if (known >= 0) receipts.splice(known, 1);
            receipts.push({ body, receipt });
          }
        } else if ('pass' in step) {
          time += step.pass;
        } else if (receipts.length > 0) {
          const { body = '', receipt = '' } =
            pick('remove' in step ? step.remove : step.change) ?? {};
          if ('remove' in step) {
            queue.remove([receipt]);
            plain.remove(body);
          } else {
            const message = plain.find(body);
            const isInFlight = message !== undefined && message.visibleAt > now();
            const change = (): void => queue.changeVisibility(receipt, step.ms / 20);
            if (isInFlight) {
              change();
              message.visibleAt = now() + step.ms * 50;
            } else expect(change).toThrow();
          }
        }
        expect(queue.peek().map(({ body }) => body)).toEqual(plain.bodies());
      }
      expect(deadLetters.peek().map(({ body }) => body)).toEqual(plain.dead);
    }),
    { numRuns: 300 },
  );
});
