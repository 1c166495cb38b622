import { log } from '../runtime/log.ts';
import { addMetric, flushMetrics } from '../runtime/metrics.ts';
import { StoreError, type StoreFailure } from '../store/store.ts';
import { type WakeOptions, type WakeRun, wake } from './wake.ts';

/** One run of the schedule, in so many milliseconds. */
export type Waker = (timeLeft: () => number) => Promise<void>;

/**
 * Runs of the schedule, each with a line in the log. One that the store fails for a while ends in good order: the next
 * comes in a minute.
 * @throws StoreError where the store refuses, and what the AWS client throws: somebody has to look at it
 */
export function createWaker(options: WakeOptions): Waker {
  return async (timeLeft) => {
    const run: WakeRun = { waiting: 0, queued: {}, due: 0, latenessMs: 0 };
    try {
      await wake(options, run, timeLeft);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      addMetric('StoreErrors', { Reason: error.failure });
      logRun(run, error.failure);
      if (error.failure === 'refused') throw error;
      return;
    }
    logRun(run);
  };
}

const LEVELS = { throttled: 'warn', unavailable: 'warn', refused: 'error' } as const;

function logRun(run: WakeRun, store?: StoreFailure): void {
  const { latenessMs, queued, ...counts } = run;
  const latenessSeconds = Math.ceil(latenessMs / 1_000);
  for (const [Cause, count] of Object.entries(queued)) addMetric('ReviewsQueued', { Cause }, count);
  addMetric('ReviewsDue', {}, run.due);
  addMetric('ReviewLateness', {}, latenessSeconds);
  const level = store ? LEVELS[store] : 'info';
  log[level]('wake', { queued, ...counts, latenessSeconds, store, ...flushMetrics() });
}
