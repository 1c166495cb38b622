import { setTimeout as wait } from 'node:timers/promises';
import type { EngineClock } from './control.ts';

/** What reviews are done through. */
export interface Reviews {
  /** When the contact is due that is longest due, up to a time; undefined where none is. Epoch milliseconds. */
  nextDue(until: number): Promise<number | undefined>;
  /** How many contacts are due up to a time, and how many jobs there are. */
  left(until: number): Promise<{ readonly due: number; readonly jobs: number }>;
}

/** Each review is done at its own time, but for a crowd of them: then at the next of so many times. */
const MOST_STEPS = 200;
const LOOK_EVERY_MS = 100;
/** Jobs that wait for the site's calls come back within a minute. */
const PATIENCE_MS = 90_000;

export interface MoveOptions {
  readonly clock: EngineClock;
  readonly reviews: Reviews;
  readonly signal: AbortSignal;
  /** Hears how far it is, up to MOVED. */
  readonly onStep: (done: number) => void;
  /** Milliseconds that never go back; the tests have their own. */
  readonly elapsed?: () => number;
}

export const MOVED = 100;

/**
 * Moves the clock on to a time, and stops on the way wherever a review is due until it is done.
 * @returns what is not done: it does not get on
 */
export async function moveOn(to: number, options: MoveOptions) {
  const { clock, reviews, onStep } = options;
  const start = await clock.now();
  const least = (to - start) / MOST_STEPS;
  for (let at = start; at < to; ) {
    const due = (await reviews.nextDue(to)) ?? to;
    at = Math.min(to, Math.max(due, at + least));
    // Some of the time goes by itself.
    await clock.moveTo(Math.max(at, (await clock.now()) + 1));
    const left = await settle(at, options);
    if (left.due + left.jobs > 0) return left;
    onStep(Math.floor(((at - start) / (to - start)) * MOVED));
  }
  return { due: 0, jobs: 0 };
}

/** Waits until nothing is due and no job is left, or nothing changes any more. */
async function settle(at: number, { clock, reviews, signal, elapsed = now }: MoveOptions) {
  let before = '';
  let since = elapsed();
  await clock.runSchedules();
  for (;;) {
    signal.throwIfAborted();
    const left = await reviews.left(at);
    if (left.due + left.jobs === 0) return left;
    const seen = JSON.stringify(left);
    if (seen !== before) [before, since] = [seen, elapsed()];
    else if (elapsed() - since > PATIENCE_MS) return left;
    if (left.jobs === 0) await clock.runSchedules();
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

const now = (): number => performance.now();
