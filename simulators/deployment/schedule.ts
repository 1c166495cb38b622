import type { ContactState } from '../../lib/store/store.ts';
import type { StoreAtDistance } from './distant-store.ts';
import { createWorld, type LambdaProcess, type World, type WorldOptions } from './world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Starts the code of a process that a schedule runs. @returns one run */
export type ScheduledProgram = (world: World, process: LambdaProcess) => () => Promise<unknown>;

interface ScheduleOptions extends WorldOptions {
  readonly program: ScheduledProgram;
  /**
   * When there is next something to do for it, in epoch milliseconds; undefined for never. The runs that would find
   * nothing are left out: of two years of minutes they are a million.
   */
  readonly nextAt: () => Promise<number | undefined>;
}

export interface Schedule {
  /** Something may be to do earlier than was known. */
  look(time: number): void;
  /** Kills the process, in mid-run if it is at work. */
  kill(): void;
  /** Runs nothing until then. Epoch milliseconds. */
  pause(until: number): void;
  readonly isRunning: () => boolean;
  readonly stats: { runs: number; errors: number; timeouts: number; processes: number };
}

/** A function on the schedule `rate(1 minute)`, one run at a time, each of a minute at most. */
function startSchedule(options: ScheduleOptions): Schedule {
  const { clock } = options;
  const stats = { runs: 0, errors: 0, timeouts: 0, processes: 0 };
  let process: ReturnType<typeof spawn> | undefined;
  let isRunning = false;
  let pausedUntil = 0;
  let next = { at: Number.POSITIVE_INFINITY, cancel: () => {} };

  const spawn = () => {
    stats.processes += 1;
    const it = { id: -stats.processes, seat: 0 };
    const { world, ...life } = createWorld(options, it);
    return { ...life, run: options.program(world, it) };
  };

  function look(time: number): void {
    const earliest = Math.max(time, clock.now() + 1, pausedUntil);
    const at = Math.ceil(earliest / MINUTE) * MINUTE;
    if (isRunning || at >= next.at) return;
    next.cancel();
    next = { at, cancel: clock.at(at, () => void run()) };
  }

  async function invoke(): Promise<void> {
    if (!process?.isAlive()) process = spawn();
    const { run: work, death, die } = process;
    const cancel = clock.at(clock.now() + MINUTE, () => {
      stats.timeouts += 1;
      die();
    });
    stats.runs += 1;
    try {
      await Promise.race([work(), death]);
    } catch {
      stats.errors += 1;
    } finally {
      cancel();
    }
  }

  async function run(): Promise<void> {
    next = { at: Number.POSITIVE_INFINITY, cancel: () => {} };
    isRunning = true;
    await invoke();
    isRunning = false;
    const time = await options.nextAt();
    if (time !== undefined) look(time);
  }

  return {
    look,
    kill: () => process?.die(),
    pause(until) {
      pausedUntil = until;
      const { at, cancel } = next;
      if (at >= until) return;
      cancel();
      next = { at: Number.POSITIVE_INFINITY, cancel: () => {} };
      look(until);
    },
    isRunning: () => isRunning,
    stats,
  };
}

/** Wake on its schedule, as often as the store has something due for it. */
export function startWake(
  { store, watch }: StoreAtDistance,
  site: string,
  around: WorldOptions,
  program: ScheduledProgram,
): Schedule {
  const schedule = startSchedule({
    ...around,
    program,
    async nextAt() {
      const review = await store.readFullReview(site);
      if (review?.cursor !== undefined) return around.clock.now();
      // Of all at once there may be many.
      const [soon] = await store.due(site, around.clock.now() + DAY, 1);
      const [first] = soon ? [soon] : await store.due(site, Number.MAX_SAFE_INTEGER, 1);
      return first?.dueAt;
    },
  });
  watch((call, input) => {
    if (call === 'saveErasure') schedule.look(around.clock.now());
    const { dueAt } = (call === 'saveState' ? (input[1] as ContactState) : {}) as ContactState;
    if (dueAt !== undefined) schedule.look(dueAt);
  });
  return schedule;
}
