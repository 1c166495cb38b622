// fauxqs exports no store: it is taken from its folder.
import { type SqsQueue, SqsStore } from '../node_modules/fauxqs/dist/sqs/sqsStore.js';

/**
 * A store for the emulator whose FIFO queues hand out as many messages of one group as a receive has room
 * for, as SQS does. Those of fauxqs hand out one of each group.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-22)
 */
export function createQueueStore(): SqsStore {
  const store = new SqsStore();
  const create = store.createQueue.bind(store);
  store.createQueue = (...about) => {
    const queue = create(...about);
    if (queue.isFifo()) handOutWholeGroups(queue);
    return queue;
  };
  return store;
}

function handOutWholeGroups(queue: SqsQueue): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (most, visibilityTimeout, ...others) => {
    // What is visible again at once must not be handed out twice.
    if (visibilityTimeout === 0) return dequeue(most, visibilityTimeout, ...others);
    const one = () => dequeue(1, visibilityTimeout, ...others);
    const taken: ReturnType<typeof dequeue> = [];
    for (let next = one(); next.length > 0; next = taken.length < most ? one() : []) {
      taken.push(...next);
      const [{ ReceiptHandle = '' } = {}] = next;
      const group = queue.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
      while (taken.length < most && queue.fifoMessages.has(group)) {
        const more = unlocked(queue, group, one);
        if (more.length === 0) break;
        taken.push(...more);
      }
    }
    return taken;
  };
  keepOrder(queue);
}

/** Takes as if nothing of the group were in flight: it is the first group that is free then. */
function unlocked<T>(queue: SqsQueue, group: string, take: () => T): T {
  const locks = queue.fifoLockedGroups.get(group) ?? 0;
  queue.fifoLockedGroups.delete(group);
  const taken = take();
  queue.fifoLockedGroups.set(group, locks + (queue.fifoLockedGroups.get(group) ?? 0));
  return taken;
}

/** What comes back goes to where it stood. fauxqs puts it in front, which is right for one of a group. */
function keepOrder(queue: SqsQueue): void {
  const places = new WeakMap<object, number>();
  const { enqueue, changeVisibility, processTimers } = queue;
  let last = 0;
  const sort = (messages: object[] = []): void => {
    messages.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  };
  queue.enqueue = (message) => {
    last += 1;
    places.set(message, last);
    enqueue.call(queue, message);
  };
  queue.changeVisibility = (receipt, seconds) => {
    const group = queue.inflightMessages.get(receipt)?.message.messageGroupId ?? '';
    changeVisibility.call(queue, receipt, seconds);
    sort(queue.fifoMessages.get(group));
  };
  queue.processTimers = () => {
    const inFlight = queue.inflightMessages.size;
    processTimers.call(queue);
    if (queue.inflightMessages.size < inFlight)
      for (const messages of queue.fifoMessages.values()) sort(messages);
  };
}
