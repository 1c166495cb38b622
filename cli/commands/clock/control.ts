import * as z from 'zod/mini';
import { CliFailure, EXIT } from '../../kit/failure.ts';

const Clock = z.object({
  now: z.string(),
  jobs: z.object({ left: z.number(), nextAt: z.optional(z.number()) }),
});
const Refused = z.object({ message: z.string() });

/** The clock of a running engine (engine/control.ts). */
export interface EngineClock {
  /** Epoch milliseconds. */
  now(): Promise<number>;
  moveTo(time: number): Promise<void>;
  /** How many jobs are in hand or are taken next, and when the first that was put off comes back. */
  jobs(): Promise<z.infer<typeof Clock>['jobs']>;
  /** Runs the schedules once, and waits until they are over. */
  runSchedules(): Promise<void>;
}

export function engineClock(controlUrl: string): EngineClock {
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${controlUrl}${path}`, init).catch(() => undefined);
    const body: unknown = await response?.json();
    if (response?.ok) return Clock.parse(body);
    const { data } = Refused.safeParse(body);
    throw new CliFailure(
      `The engine does not move its clock:\n${data?.message ?? `${controlUrl} does not answer`}`,
      EXIT.unreachable,
    );
  };
  return {
    now: async () => Date.parse((await ask('/clock')).now),
    jobs: async () => (await ask('/clock')).jobs,
    async moveTo(time) {
      await ask('/clock', { method: 'POST', body: JSON.stringify({ to: time }) });
    },
    async runSchedules() {
      await ask('/schedules', { method: 'POST' });
    },
  };
}
