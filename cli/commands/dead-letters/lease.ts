import type { DeadLetter } from './dead-letter.ts';
import { BATCH, type DeadLetterQueue, LEASE_SECONDS } from './dead-letter-queue.ts';

/** A dead letter is not touched when its lease could end within this time: somebody else may have it then. */
const MARGIN_MS = 5_000;
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;

/** The dead letters that a command has leased, so that nobody else receives them meanwhile. */
export type Lease = ReturnType<typeof createLease>;

/** Runs `work`, and gives back what it has leased and not deleted. @param now epoch milliseconds */
export async function leasing<T>(
  queue: DeadLetterQueue,
  now: () => number,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = createLease(queue, now);
  try {
    return await work(lease);
  } finally {
    await lease.releaseAll();
  }
}

function createLease(queue: DeadLetterQueue, now: () => number) {
  /** Until when each is leased. */
  const ends = new Map<DeadLetter, number>();
  let renewAt = Number.POSITIVE_INFINITY;

  async function release(deadLetters: readonly DeadLetter[]): Promise<void> {
    const ours = deadLetters.filter((deadLetter) => ends.delete(deadLetter));
    // Where that fails, they come back by themselves when their time is over.
    await queue.setVisibility(ours, 0).catch(() => {});
  }

  return {
    count: queue.count,
    async receive(waitSeconds: number): Promise<readonly DeadLetter[]> {
      const asked = now();
      const deadLetters = await queue.receive(waitSeconds);
      for (const deadLetter of deadLetters) ends.set(deadLetter, asked + LEASE_SECONDS * 1000);
      renewAt = Math.min(renewAt, asked + RENEW_MS);
      return deadLetters;
    },
    /** Renews all leases, where it is time to. To be called often. */
    async renew(): Promise<void> {
      const asked = now();
      if (asked < renewAt) return;
      const lost = await queue.setVisibility([...ends.keys()], LEASE_SECONDS);
      for (const deadLetter of ends.keys()) ends.set(deadLetter, asked + LEASE_SECONDS * 1000);
      for (const deadLetter of lost) ends.delete(deadLetter);
      renewAt = asked + RENEW_MS;
    },
    /** Whether the dead letter is still this command's. */
    has: (deadLetter: DeadLetter): boolean => now() < (ends.get(deadLetter) ?? 0) - MARGIN_MS,
    release,
    releaseAll: () => release([...ends.keys()]),
    async delete(deadLetter: DeadLetter): Promise<void> {
      await queue.delete(deadLetter);
      ends.delete(deadLetter);
    },
  };
}

/** A receive that waits asks all servers of SQS, one that does not only some. */
const WAIT_SECONDS = 1;

/** All the dead letters that SQS showed. They are leased. */
export interface Drained {
  /** Those of one group in their order. */
  readonly deadLetters: readonly DeadLetter[];
  /**
   * About so many were not shown. While a dead letter is leased, SQS shows no other of its group (those of
   * one contact), and ten of a group at once are the most:
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html (checked 2026-11-22)
   */
  readonly hidden: number;
  /** About so many were leased when the drain began: by another run, or one that was killed. */
  readonly leasedByOthers: number;
}

/**
 * Receives every dead letter that there is to receive. What is received is leased, or SQS would show the same
 * ones over and over.
 * @param onCount hears how many were received so far, and how many there may be
 */
export async function drain(
  lease: Lease,
  signal: AbortSignal,
  onCount: (received: number, of: number) => void = () => {},
): Promise<Drained> {
  const { waiting, leased: leasedByOthers } = await lease.count();
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
    await lease.renew();
    const deadLetters = await lease.receive(isSure || isAll() ? 0 : WAIT_SECONDS);
    if (deadLetters.length > 0) take(deadLetters);
    else {
      isSure = true;
      const [group] = cut;
      if (group === undefined || isAll()) break;
      cut.delete(group);
      // With all others leased, the next receive begins with this group.
      const again = [...found.values()].filter((deadLetter) => deadLetter.group === group);
      await lease.release(again);
      for (const { id } of again) found.delete(id);
      take(await lease.receive(WAIT_SECONDS));
    }
  }
  const hidden = signal.aborted ? 0 : Math.max(0, waiting - found.size);
  return { deadLetters: [...found.values()], hidden, leasedByOthers };
}

/** The last group of a full batch, where the batch had no room for ten of it. */
function cutGroup(deadLetters: readonly DeadLetter[]): string | undefined {
  const group = deadLetters.at(-1)?.group;
  const share = deadLetters.filter((deadLetter) => deadLetter.group === group).length;
  return deadLetters.length === BATCH && share < BATCH ? group : undefined;
}
