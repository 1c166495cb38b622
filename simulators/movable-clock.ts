import type { Keep } from './journal.ts';

/** The system's time and a lead on it, which only grows. Times are epoch milliseconds. */
export interface MovableClock {
  now(): number;
  /** The lead, in milliseconds. */
  aheadMs(): number;
  /** @throws RangeError for a time that has passed */
  moveTo(time: number): void;
  /** Calls `act` after each move. @returns takes it back */
  onMove(act: () => void): () => void;
}

/** @param keep where the lead outlives the process; default: nowhere */
export function createMovableClock(keep: Keep = () => new Map()): MovableClock {
  const kept = keep<number>('clock');
  const listeners = new Set<() => void>();
  let ahead = kept.get('ahead ms') ?? 0;
  const now = (): number => Date.now() + ahead;
  return {
    now,
    aheadMs: () => ahead,
    moveTo(time) {
      const step = time - now();
      if (!(step >= 0)) throw new RangeError(`It is ${new Date(now()).toISOString()} already.`);
      ahead += step;
      kept.set('ahead ms', ahead);
      for (const act of listeners) act();
    },
    onMove(act) {
      listeners.add(act);
      return () => listeners.delete(act);
    },
  };
}
