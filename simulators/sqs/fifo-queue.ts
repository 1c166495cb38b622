import { SqsError } from './errors.ts';
import { createGroups, type Group } from './groups.ts';
import { inMemory, type Kept, type Message, MOST_A_RECEIVE, type NewMessage } from './message.ts';

// Delivery as the SQS developer guide has it: a receive first takes as many messages of one group as
// it can, then goes on with other groups, ten messages at most; nothing of a group is handed out while
// one of its messages is in flight.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-21)
// Which group comes first is not documented. Here it is the one with the oldest message.

const DEDUPLICATION_MS = 5 * 60_000;
const LONGEST_IN_FLIGHT_MS = 12 * 3_600_000;

export interface FifoQueueOptions {
  readonly name: string;
  readonly visibilityMs: number;
  /** How long a message is kept. Default: for ever. */
  readonly retentionMs?: number;
  /** A message that was received so often goes to the dead letters instead of being received again. */
  readonly redrive?: {
    readonly maxReceiveCount: number;
    readonly deadLetters: { takeOver(message: Message): void };
  };
  /** Default: in memory, with ids that repeat in the next process. */
  readonly kept?: Kept;
}

export type FifoQueue = ReturnType<typeof createFifoQueue>;

/** A FIFO queue of SQS in high-throughput mode (duplicates count by group). `now`: epoch milliseconds. */
export function createFifoQueue(now: () => number, options: FifoQueueOptions) {
  const { name, visibilityMs, retentionMs = Number.POSITIVE_INFINITY, redrive } = options;
  const { messages, sent, newId } = options.kept ?? inMemory(name);
  const byHandle = new Map<string, Message>();
  const groups = createGroups(now);
  let order = 0;
  let change = Promise.withResolvers<void>();

  function announce(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  function enqueue(message: NewMessage & Pick<Message, 'id' | 'sentAt' | 'firstReceivedAt'>) {
    order += 1;
    const fresh: Message = {
      ...message,
      order,
      expiresAt: now() + retentionMs,
      visibleAt: now(),
      isPostponed: false,
      receivedAt: 0,
      receives: 0,
      receipt: '',
    };
    messages.set(fresh.id, fresh);
    groups.add(fresh);
    announce();
    return fresh;
  }

  function drop(message: Message): void {
    messages.delete(message.id);
    byHandle.delete(message.receipt);
    groups.drop(message);
  }

  /** Forgets what is too old: the first ones, for all are kept as long. */
  function expire(): void {
    for (const message of messages.values()) {
      if (message.expiresAt > now()) return;
      const group = groups.get(message.group);
      drop(message);
      if (group) groups.settle(group);
    }
  }

  function handOut(message: Message, forMs: number): Message {
    byHandle.delete(message.receipt);
    message.receipt = newId();
    byHandle.set(message.receipt, message);
    message.receives += 1;
    message.receivedAt = now();
    message.firstReceivedAt ??= now();
    message.visibleAt = now() + forMs;
    message.isPostponed = false;
    messages.set(message.id, message);
    return { ...message };
  }

  function receiveFrom(group: Group, most: number, forMs: number): Message[] {
    const received: Message[] = [];
    for (const message of group.messages.slice(0, most)) {
      if (redrive && message.receives >= redrive.maxReceiveCount) {
        redrive.deadLetters.takeOver(message);
        drop(message);
        announce();
      } else received.push(handOut(message, forMs));
    }
    return received;
  }

  /** The group of a message in flight; undefined when it is not. */
  function groupInFlight(message: Message): Group | undefined {
    return message.visibleAt > now() ? groups.get(message.group) : undefined;
  }

  function postpone(message: Message, group: Group, until: number): void {
    message.visibleAt = until;
    message.isPostponed = true;
    messages.set(message.id, message);
    groups.settle(group);
  }

  // The process that kept the map is gone, and with it those that had a message in hand.
  for (const message of messages.values()) {
    order = Math.max(order, message.order);
    if (!message.isPostponed) message.visibleAt = Math.min(message.visibleAt, now());
    groups.add(message);
  }

  return {
    /** @returns the message; for a duplicate (same group, within five minutes) the first one's id */
    send(message: NewMessage): { readonly id: string; readonly order: number } {
      for (const [key, { at }] of sent) {
        if (now() - at < DEDUPLICATION_MS) break;
        sent.delete(key);
      }
      const key = `${message.group} ${message.deduplication}`;
      const before = sent.get(key);
      if (before) return { order, ...messages.get(before.id), id: before.id };
      const fresh = enqueue({ ...message, id: newId(), sentAt: now(), firstReceivedAt: undefined });
      sent.set(key, { id: fresh.id, at: now() });
      return fresh;
    },
    /** What a receive gets now, ten messages at most, as they are then. */
    receive(most = MOST_A_RECEIVE, forMs = visibilityMs): Message[] {
      expire();
      const received: Message[] = [];
      const taken: Group[] = [];
      while (received.length < most) {
        const group = groups.takeFree();
        if (!group) break;
        taken.push(group);
        received.push(...receiveFrom(group, most - received.length, forMs));
      }
      taken.forEach(groups.settle);
      return received;
    },
    /** @throws SqsError for a receipt that is not the last, or too many seconds */
    changeVisibility(receipt: string, seconds: number): void {
      const message = byHandle.get(receipt);
      if (!message) throw new SqsError('ReceiptHandleIsInvalid', 'The receipt handle has expired.');
      const group = groupInFlight(message);
      if (!group) throw new SqsError('MessageNotInflight', 'The message is not in flight.');
      const until = now() + seconds * 1000;
      if (!(seconds >= 0 && until <= message.receivedAt + LONGEST_IN_FLIGHT_MS)) {
        const why = `VisibilityTimeout: ${seconds} s is below 0, or ends over 12 h after the receive.`;
        throw new SqsError('InvalidParameterValue', why);
      }
      postpone(message, group, until);
      announce();
    },
    /**
     * Deletes those that are in flight under this receipt, their last; others stay, for the receipt of a
     * FIFO message is worth nothing once its time is over.
     */
    remove(receipts: readonly string[]): void {
      for (const receipt of receipts) {
        const message = byHandle.get(receipt);
        const group = message && groupInFlight(message);
        if (!group) continue;
        drop(message);
        groups.settle(group);
      }
      announce();
    },
    /** All that is in flight becomes visible, as if its time were over. */
    expireHandles(): void {
      for (const message of messages.values()) {
        const group = groupInFlight(message);
        if (group) postpone(message, group, now());
      }
      announce();
    },
    /** Takes over a message that another queue gives up. */
    takeOver: (message: Message): void => void enqueue(message),
    /** What the queue holds, oldest first, without receiving it. */
    peek: (): readonly Message[] => [...messages.values()],
    size: (): number => messages.size,
    isAvailable: groups.hasFree,
    /** When the next group that is held up becomes available; undefined when none is held up. */
    nextVisibleAt: groups.nextFreeAt,
    /** Resolves at the next change that does not come with time alone. */
    changed: (): Promise<void> => change.promise,
  };
}
