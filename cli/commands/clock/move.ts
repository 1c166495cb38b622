import { setTimeout as wait } from 'node:timers/promises';
import type { EngineClock } from './control.ts';

/** What there is to do on the way. */
export interface Work {
  /** When the next review is due, or a job comes back that was put off; that time, where none is up to it. */
  next(until: number): Promise<number>;
  /** How many contacts are due up to a time, a review of all counted as one, and how many jobs are in hand or next. */
  left(until: number): Promise<{ readonly due: number; readonly jobs: number }>;
}

/** The schedule runs so often: reviews of one minute are done together in life, too. */
const MINUTE_MS = 60_000;
/** So many stops are made where reviews are due, to the minute; the rest of the way has so many stops at most. */
const EXACT_STOPS = 200;
const FURTHER_STOPS = 100;
const LOOK_EVERY_MS = 100;
/** Calls that wait for the site's limit go on within a minute. */
const PATIENCE_MS = 90_000;

export interface MoveOptions {
  readonly clock: EngineClock;
  readonly work: Work;
  readonly signal: AbortSignal;
  /** Hears how far it is, up to MOVED. */
  readonly onStep: (done: number) => void;
  /** Milliseconds that never go back; the tests have their own. */
  readonly elapsed?: () => number;
}

export const MOVED = 100;

/** What came of it. */
export interface Moved {
  /** Contacts that are due, and jobs that are left: it does not get on. */
  readonly due: number;
  readonly jobs: number;
  /** How long a review was put off at most, as there were too many stops to make. Milliseconds. */
  readonly lateMs: number;
}

/** Moves the clock on to a time, and stops on the way wherever a review is due or a job comes back, until it is done. */
export async function moveOn(to: number, options: MoveOptions): Promise<Moved> {
  const { clock, work, onStep } = options;
  const start = await clock.now();
  let least = MINUTE_MS;
  let lateMs = 0;
  let at = start;
  // After labels: was edited and the engine started again, a first run has all contacts reviewed, minutes later.
  await clock.runSchedules();
  for (let stops = 1; at < to; stops += 1) {
    const due = Math.max(await work.next(to), at);
    at = Math.min(to, Math.max(due, at + least));
    if (stops > EXACT_STOPS) lateMs = Math.max(lateMs, at - due);
    // Some of the time goes by itself.
    await clock.moveTo(Math.max(at, (await clock.now()) + 1));
    const left = await settle(at, options);
    if (left.due + left.jobs > 0) return { ...left, lateMs };
    onStep(Math.floor(((at - start) / (to - start)) * MOVED));
    if (stops === EXACT_STOPS) least = Math.max(MINUTE_MS, (to - at) / FURTHER_STOPS);
  }
  return { due: 0, jobs: 0, lateMs };
}

/** Waits until nothing is due and no job is left, or nothing changes any more. */
async function settle(at: number, { clock, work, signal, elapsed = now }: MoveOptions) {
  let before = '';
  let since = elapsed();
  await clock.runSchedules();
  for (;;) {
    signal.throwIfAborted();
    const left = await work.left(at);
    if (left.due + left.jobs === 0) return left;
    const seen = JSON.stringify(left);
    if (seen !== before) [before, since] = [seen, elapsed()];
    else if (elapsed() - since > PATIENCE_MS) return left;
    if (left.jobs === 0) await clock.runSchedules();
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

const now = (): number => performance.now();
