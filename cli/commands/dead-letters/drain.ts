import type { Lease } from './lease.ts';
import type { Letter } from './letter.ts';
import type { LetterQueue } from './letter-queue.ts';

/** How many letters a receive gives at most. */
const BATCH = 10;
/** A receive that waits asks all servers of SQS, one that does not only some. */
const WAIT_SECONDS = 1;

/** All the letters that SQS showed. They are held. */
export interface Drained {
  /** Those of one group in their order. */
  readonly letters: readonly Letter[];
  /**
   * About so many were not shown. While a letter is held, SQS shows no other of its group (the letters of
   * one contact), and ten of a group at once are the most:
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-22)
   */
  readonly hidden: number;
  /** About so many were held when the drain began: by another run, or one that was killed. */
  readonly heldByOthers: number;
}

/**
 * Receives every letter that there is to receive. What is received is held, or SQS would show the same
 * ones over and over.
 * @param onCount hears how many were received so far, and how many there may be
 */
export async function drain(
  queue: LetterQueue,
  lease: Lease,
  signal: AbortSignal,
  onCount: (received: number, of: number) => void = () => {},
): Promise<Drained> {
  const { waiting, held: heldByOthers } = await queue.count();
  const found = new Map<string, Letter>();
  const cut = new Set<string>();
  const take = (letters: readonly Letter[]): void => {
    for (const letter of letters) found.set(letter.id, letter);
    const last = cutGroup(letters);
    if (last !== undefined) cut.add(last);
    onCount(found.size, Math.max(found.size, waiting));
  };
  // The count is of a while ago. An empty answer is believed when as many were found; else SQS is asked once
  // to look everywhere.
  let isSure = false;
  const isAll = () => found.size > 0 && found.size >= waiting;
  while (!signal.aborted) {
    await lease.refresh();
    const letters = await lease.receive(isSure || isAll() ? 0 : WAIT_SECONDS);
    if (letters.length > 0) take(letters);
    else {
      isSure = true;
      const [group] = cut;
      if (group === undefined || isAll()) break;
      cut.delete(group);
      // With all others held, the next receive begins with this group.
      const again = [...found.values()].filter((letter) => letter.group === group);
      await lease.release(again);
      for (const { id } of again) found.delete(id);
      take(await lease.receive(WAIT_SECONDS));
    }
  }
  const hidden = Math.max(0, waiting - found.size);
  return { letters: [...found.values()], hidden: signal.aborted ? 0 : hidden, heldByOthers };
}

/** The last group of a full batch, where the batch had no room for ten of it. */
function cutGroup(letters: readonly Letter[]): string | undefined {
  const group = letters.at(-1)?.group;
  const share = letters.filter((letter) => letter.group === group).length;
  return letters.length === BATCH && share < BATCH ? group : undefined;
}
