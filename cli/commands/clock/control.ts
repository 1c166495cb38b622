import * as z from 'zod/mini';
import { CliFailure, EXIT } from '../../kit/failure.ts';

const Clock = z.object({ now: z.string(), aheadMs: z.number() });
const Refused = z.object({ message: z.string() });

/** The clock of a running engine (engine/control.ts). */
export interface EngineClock {
  /** Epoch milliseconds. */
  now(): Promise<number>;
  moveTo(time: number): Promise<void>;
  /** Runs the schedules once, and waits until they are over. */
  runSchedules(): Promise<void>;
}

export function engineClock(controlUrl: string): EngineClock {
  const ask = async (path: string, init: RequestInit = {}): Promise<number> => {
    const response = await fetch(`${controlUrl}${path}`, init).catch(() => undefined);
    const body: unknown = await response?.json();
    if (response?.ok) return Date.parse(Clock.parse(body).now);
    const { data } = Refused.safeParse(body);
    throw new CliFailure(
      `The engine does not move its clock:\n${data?.message ?? `${controlUrl} does not answer`}`,
      EXIT.unreachable,
    );
  };
  return {
    now: () => ask('/clock'),
    async moveTo(time) {
      await ask('/clock', { method: 'POST', body: JSON.stringify({ to: time }) });
    },
    async runSchedules() {
      await ask('/schedules', { method: 'POST' });
    },
  };
}
