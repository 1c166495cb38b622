import type { Letter } from './letter.ts';
import { LEASE_SECONDS, type LetterQueue } from './letter-queue.ts';

/** A letter is not touched when its lease could end within this time: somebody else may have it then. */
const MARGIN_MS = 5_000;
const REFRESH_MS = (LEASE_SECONDS * 1000) / 3;

/** The letters that a command holds, so that nobody else receives them meanwhile. */
export interface Lease {
  /** Up to ten more letters. */
  receive(waitSeconds: number): Promise<readonly Letter[]>;
  /** Holds on to all, where it is time to. To be called often. */
  refresh(): Promise<void>;
  /** Whether the letter is still this command's. */
  has(letter: Letter): boolean;
  release(letters: readonly Letter[]): Promise<void>;
  releaseAll(): Promise<void>;
  /** Deletes a letter for good. */
  delete(letter: Letter): Promise<void>;
}

/** @param now epoch milliseconds */
export function createLease(queue: LetterQueue, now: () => number): Lease {
  /** Until when each is held. */
  const held = new Map<Letter, number>();
  let refreshAt = Number.POSITIVE_INFINITY;

  async function release(letters: readonly Letter[]): Promise<void> {
    const ours = letters.filter((letter) => held.delete(letter));
    // Where that fails, they come back by themselves when their time is over.
    await queue.setVisibility(ours, 0).catch(() => {});
  }

  return {
    async receive(waitSeconds) {
      const asked = now();
      const letters = await queue.receive(waitSeconds);
      for (const letter of letters) held.set(letter, asked + LEASE_SECONDS * 1000);
      refreshAt = Math.min(refreshAt, asked + REFRESH_MS);
      return letters;
    },
    async refresh() {
      if (now() < refreshAt) return;
      const asked = now();
      const letters = [...held.keys()];
      const lost = new Set(await queue.setVisibility(letters, LEASE_SECONDS));
      for (const letter of letters) {
        if (lost.has(letter)) held.delete(letter);
        else held.set(letter, asked + LEASE_SECONDS * 1000);
      }
      refreshAt = asked + REFRESH_MS;
    },
    has: (letter) => now() < (held.get(letter) ?? 0) - MARGIN_MS,
    release,
    releaseAll: () => release([...held.keys()]),
    async delete(letter) {
      await queue.delete(letter);
      held.delete(letter);
    },
  };
}
