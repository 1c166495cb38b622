import type { DeadLetter } from './dead-letter.ts';
import { type DeadLetterQueue, LEASE_SECONDS } from './dead-letter-queue.ts';

/** A dead letter is not touched when its lease could end within this time: somebody else may have it then. */
const MARGIN_MS = 5_000;
const REFRESH_MS = (LEASE_SECONDS * 1000) / 3;

/** The dead letters that a command holds, so that nobody else receives them meanwhile. */
export interface Lease {
  /** Up to ten more dead letters. */
  receive(waitSeconds: number): Promise<readonly DeadLetter[]>;
  /** Holds on to all, where it is time to. To be called often. */
  refresh(): Promise<void>;
  /** Whether the dead letter is still this command's. */
  has(deadLetter: DeadLetter): boolean;
  release(deadLetters: readonly DeadLetter[]): Promise<void>;
  releaseAll(): Promise<void>;
  /** Deletes a dead letter for good. */
  delete(deadLetter: DeadLetter): Promise<void>;
}

/** @param now epoch milliseconds */
export function createLease(queue: DeadLetterQueue, now: () => number): Lease {
  /** Until when each is held. */
  const held = new Map<DeadLetter, number>();
  let refreshAt = Number.POSITIVE_INFINITY;

  async function release(deadLetters: readonly DeadLetter[]): Promise<void> {
    const ours = deadLetters.filter((deadLetter) => held.delete(deadLetter));
    // Where that fails, they come back by themselves when their time is over.
    await queue.setVisibility(ours, 0).catch(() => {});
  }

  return {
    async receive(waitSeconds) {
      const asked = now();
      const deadLetters = await queue.receive(waitSeconds);
      for (const deadLetter of deadLetters) held.set(deadLetter, asked + LEASE_SECONDS * 1000);
      refreshAt = Math.min(refreshAt, asked + REFRESH_MS);
      return deadLetters;
    },
    async refresh() {
      if (now() < refreshAt) return;
      const asked = now();
      const deadLetters = [...held.keys()];
      const lost = new Set(await queue.setVisibility(deadLetters, LEASE_SECONDS));
      for (const deadLetter of deadLetters) {
        if (lost.has(deadLetter)) held.delete(deadLetter);
        else held.set(deadLetter, asked + LEASE_SECONDS * 1000);
      }
      refreshAt = asked + REFRESH_MS;
    },
    has: (deadLetter) => now() < (held.get(deadLetter) ?? 0) - MARGIN_MS,
    release,
    releaseAll: () => release([...held.keys()]),
    async delete(deadLetter) {
      await queue.delete(deadLetter);
      held.delete(deadLetter);
    },
  };
}
