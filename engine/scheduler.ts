import type { MovableClock } from '../simulators/movable-clock.ts';
import { ACCOUNT, REGION } from '../simulators/sqs/address.ts';
import type { ScheduleSpec } from './template.ts';

export type Scheduler = ReturnType<typeof startScheduler>;

/**
 * Invokes functions by their schedules, as EventBridge does. A run that is not over when the next is due is not joined
 * by another.
 * @param onError hears of each run that failed
 */
export function startScheduler(
  schedules: readonly ScheduleSpec[],
  clock: Pick<MovableClock, 'now'>,
  invoke: (functionId: string, event: unknown) => Promise<unknown>,
  onError: (error: unknown) => void,
) {
  let stopped = false;
  const all = schedules.map(({ functionId, everyMs }) => {
    let running: Promise<unknown> | undefined;
    const run = async (): Promise<void> => {
      const complain = (error: unknown) => {
        if (!stopped) onError(error);
      };
      running = invoke(functionId, toEvent(clock.now())).catch(complain);
      await running;
      running = undefined;
    };
    const timer = setInterval(() => {
      if (!running) void run();
    }, everyMs);
    return {
      timer,
      async runAnew(): Promise<void> {
        while (running) await running;
        await run();
      },
    };
  });
  return {
    /** Runs each schedule once, at the time that it is now, and waits until all are over. */
    async runAll(): Promise<void> {
      await Promise.all(all.map(({ runAnew }) => runAnew()));
    },
    stop(): void {
      stopped = true;
      for (const { timer } of all) clearInterval(timer);
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled-event.html (checked 2026-11-28) */
const toEvent = (now: number) => ({
  version: '0',
  id: crypto.randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: ACCOUNT,
  time: new Date(now).toISOString().replace(/\.\d+/, ''),
  region: REGION,
  resources: [],
  detail: {},
});
