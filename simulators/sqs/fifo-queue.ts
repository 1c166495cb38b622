import { MessageNotInflight, ReceiptHandleIsInvalid } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { createGroups, type Group } from './groups.ts';
import { type Message, type NewMessage, toRecord } from './message.ts';

// Delivery as the SQS developer guide has it: a receive first takes as many messages of one group as
// it can, then goes on with other groups, ten messages at most; nothing of a group is handed out while
// one of its messages is in flight.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-21)
// Which group comes first is not documented. Here it is the one with the oldest message.

const MOST_A_RECEIVE = 10;
const DEDUPLICATION_MS = 5 * 60_000;
const LONGEST_IN_FLIGHT_MS = 12 * 3_600_000;

export interface FifoQueueOptions {
  readonly name: string;
  readonly visibilityMs: number;
  /** A message that was received so often goes to the dead letters instead of being received again. */
  readonly redrive?: { readonly maxReceiveCount: number; readonly deadLetters: FifoQueue };
}

export interface FifoQueue {
  /** @returns the message's id; for a duplicate (same group, within five minutes) the first one's */
  send(message: NewMessage): string;
  /** What a receive gets now: up to ten messages. */
  receive(): SQSRecord[];
  /** @throws ReceiptHandleIsInvalid, MessageNotInflight; RangeError for more than 12 h from the receive */
  changeVisibility(receipt: string, seconds: number): void;
  /**
   * Deletes those that are in flight under this receipt, their last; others stay, for the receipt of a
   * FIFO message is worth nothing once its time is over.
   */
  remove(receipts: readonly string[]): void;
  /** All that is in flight becomes visible, as if its time were over. */
  expireReceipts(): void;
  /** Takes over a message that another queue gives up. */
  bury(message: Message): void;
  /** What the queue holds, oldest first, without receiving it. */
  peek(): readonly Message[];
  size(): number;
  isAvailable(): boolean;
  /** When the next group that is held up becomes available; undefined when none is held up. */
  nextVisibleAt(): number | undefined;
  /** Resolves at the next change that does not come with time alone. */
  changed(): Promise<void>;
}

/** A FIFO queue of SQS in high-throughput mode (duplicates count by group). `now`: epoch milliseconds. */
export function createFifoQueue(
  now: () => number,
  { name, visibilityMs, redrive }: FifoQueueOptions,
): FifoQueue {
  const messages = new Map<string, Message>();
  const byReceipt = new Map<string, Message>();
  const sent = new Map<string, { readonly id: string; readonly at: number }>();
  const groups = createGroups(now);
  let serial = 0;
  let change = Promise.withResolvers<void>();

  function announce(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  function enqueue(message: Message): void {
    messages.set(message.id, message);
    groups.add(message);
    announce();
  }

  function drop(message: Message): void {
    messages.delete(message.id);
    byReceipt.delete(message.receipt);
    groups.drop(message);
  }

  function handOut(message: Message, group: Group): SQSRecord {
    serial += 1;
    byReceipt.delete(message.receipt);
    message.receipt = `${name} receipt ${serial}`;
    byReceipt.set(message.receipt, message);
    message.receives += 1;
    message.receivedAt = now();
    message.firstReceivedAt ??= now();
    message.visibleAt = now() + visibilityMs;
    group.inFlight.push(message);
    return toRecord(message);
  }

  function receiveFrom(group: Group, most: number): SQSRecord[] {
    const records: SQSRecord[] = [];
    for (const message of group.messages.slice(0, most)) {
      if (redrive && message.receives >= redrive.maxReceiveCount) {
        drop(message);
        redrive.deadLetters.bury(message);
        announce();
      } else records.push(handOut(message, group));
    }
    groups.settle(group);
    return records;
  }

  /** The group of a message in flight; undefined when it is not. */
  function groupInFlight(message: Message): Group | undefined {
    return message.visibleAt > now() ? groups.get(message.group) : undefined;
  }

  return {
    send(message) {
      const key = `${message.group} ${message.deduplication}`;
      const before = sent.get(key);
      if (before && now() - before.at < DEDUPLICATION_MS) return before.id;
      serial += 1;
      const id = `${name}-${serial}`;
      sent.set(key, { id, at: now() });
      const unread = { visibleAt: now(), receivedAt: 0, firstReceivedAt: undefined, receives: 0 };
      enqueue({ ...message, ...unread, id, order: serial, sentAt: now(), receipt: '' });
      return id;
    },
    receive() {
      const records: SQSRecord[] = [];
      while (records.length < MOST_A_RECEIVE) {
        const group = groups.takeFree();
        if (!group) break;
        records.push(...receiveFrom(group, MOST_A_RECEIVE - records.length));
      }
      return records;
    },
    changeVisibility(receipt, seconds) {
      const message = byReceipt.get(receipt);
      const $metadata = {};
      if (!message) {
        throw new ReceiptHandleIsInvalid({ message: 'The receipt handle has expired', $metadata });
      }
      const group = groupInFlight(message);
      if (!group) throw new MessageNotInflight({ message: 'It is not in flight', $metadata });
      const visibleAt = now() + seconds * 1000;
      if (!(seconds >= 0 && visibleAt <= message.receivedAt + LONGEST_IN_FLIGHT_MS)) {
        throw new RangeError(`${seconds} s is below 0, or ends over 12 h after the receive.`);
      }
      message.visibleAt = visibleAt;
      groups.settle(group);
      announce();
    },
    remove(receipts) {
      for (const receipt of receipts) {
        const message = byReceipt.get(receipt);
        const group = message && groupInFlight(message);
        if (!group) continue;
        drop(message);
        groups.settle(group);
      }
      announce();
    },
    expireReceipts() {
      for (const group of groups.held()) {
        for (const message of group.inFlight) message.visibleAt = now();
        groups.settle(group);
      }
      announce();
    },
    bury(message) {
      serial += 1;
      enqueue({ ...message, order: serial, receipt: '', visibleAt: now(), receives: 0 });
    },
    peek: () => [...messages.values()],
    size: () => messages.size,
    isAvailable: groups.hasFree,
    nextVisibleAt: groups.nextFreeAt,
    changed: () => change.promise,
  };
}
