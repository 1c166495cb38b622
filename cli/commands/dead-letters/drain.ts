import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Lease } from './lease.ts';

/** How many dead letters a receive gives at most. */
const BATCH = 10;
/** A receive that waits asks all servers of SQS, one that does not only some. */
const WAIT_SECONDS = 1;

/** All the dead letters that SQS showed. They are held. */
export interface Drained {
  /** Those of one group in their order. */
  readonly deadLetters: readonly DeadLetter[];
  /**
   * About so many were not shown. While a dead letter is held, SQS shows no other of its group (the dead letters of
   * one contact), and ten of a group at once are the most:
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-22)
   */
  readonly hidden: number;
  /** About so many were held when the drain began: by another run, or one that was killed. */
  readonly heldByOthers: number;
}

/**
 * Receives every dead letter that there is to receive. What is received is held, or SQS would show the same
 * ones over and over.
 * @param onCount hears how many were received so far, and how many there may be
 */
export async function drain(
  queue: DeadLetterQueue,
  lease: Lease,
  signal: AbortSignal,
  onCount: (received: number, of: number) => void = () => {},
): Promise<Drained> {
  const { waiting, held: heldByOthers } = await queue.count();
  const found = new Map<string, DeadLetter>();
  const cut = new Set<string>();
  const take = (deadLetters: readonly DeadLetter[]): void => {
    for (const deadLetter of deadLetters) found.set(deadLetter.id, deadLetter);
    const last = cutGroup(deadLetters);
    if (last !== undefined) cut.add(last);
    onCount(found.size, Math.max(found.size, waiting));
  };
  // The count is of a while ago. An empty answer is believed when as many were found; else SQS is asked once
  // to look everywhere.
  let isSure = false;
  const isAll = () => found.size > 0 && found.size >= waiting;
  while (!signal.aborted) {
    await lease.refresh();
    const deadLetters = await lease.receive(isSure || isAll() ? 0 : WAIT_SECONDS);
    if (deadLetters.length > 0) take(deadLetters);
    else {
      isSure = true;
      const [group] = cut;
      if (group === undefined || isAll()) break;
      cut.delete(group);
      // With all others held, the next receive begins with this group.
      const again = [...found.values()].filter((deadLetter) => deadLetter.group === group);
      await lease.release(again);
      for (const { id } of again) found.delete(id);
      take(await lease.receive(WAIT_SECONDS));
    }
  }
  const hidden = Math.max(0, waiting - found.size);
  return {
    deadLetters: [...found.values()],
    hidden: signal.aborted ? 0 : hidden,
    heldByOthers,
  };
}

/** The last group of a full batch, where the batch had no room for ten of it. */
function cutGroup(deadLetters: readonly DeadLetter[]): string | undefined {
  const group = deadLetters.at(-1)?.group;
  const share = deadLetters.filter((deadLetter) => deadLetter.group === group).length;
  return deadLetters.length === BATCH && share < BATCH ? group : undefined;
}
