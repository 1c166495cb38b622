import type { Worker } from '../../lib/labelling/worker.ts';
import { failedItems } from '../sqs/failed-items.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { createWorld, type LambdaProcess, SQS_MS, type World, type WorldOptions } from './world.ts';

/** As serverless.yml has it. */
const TIMEOUT_MS = 60_000;

/** Starts the code of a process in its world. */
export type Program = (world: World, process: LambdaProcess) => Worker;

export interface PoolOptions extends WorldOptions {
  /** Maximum concurrency of the event source mapping. */
  readonly concurrency: number;
  readonly program: Program;
}

export interface LambdaPool {
  /** Kills the process of a seat, in mid-call if it is at work. The next one knows nothing. */
  kill(seat: number): void;
  /** The same for the process of that id, if it is still there. */
  killProcess(id: number): void;
  readonly stats: {
    invocations: number;
    /** Ended by the function's timeout. */
    timeouts: number;
    /** Invocations that threw. */
    errors: number;
    /** What Lambda bills, of all invocations together, in virtual milliseconds. */
    billedMs: number;
    /** Processes begun, the first ones included. */
    processes: number;
  };
}

/**
 * Lambda behind an SQS event source mapping with ReportBatchItemFailures, from now on: each seat
 * receives a batch when there is one, has its process work it off, and deletes what was not reported.
 * A process that is killed or overruns its minute leaves its batch to the end of the visibility timeout.
 */
export function startPool(options: PoolOptions): LambdaPool {
  const { clock, sqs, concurrency } = options;
  const stats = { invocations: 0, timeouts: 0, errors: 0, billedMs: 0, processes: 0 };
  const seats: ReturnType<typeof spawn>[] = [];

  const spawn = (seat: number) => {
    stats.processes += 1;
    const process = { id: stats.processes, seat };
    const { world, ...life } = createWorld(options, process);
    return { ...life, id: process.id, worker: options.program(world, process) };
  };

  async function available(): Promise<void> {
    while (!sqs.jobs.isAvailable()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const next = sqs.jobs.nextVisibleAt();
      const cancel = next === undefined ? () => {} : clock.at(next, resolve);
      await Promise.race([promise, sqs.jobs.changed()]);
      cancel();
    }
  }

  /** @returns the messages to keep; undefined when the invocation failed as a whole */
  async function invoke(
    process: ReturnType<typeof spawn>,
    records: Awaited<ReturnType<Sqs['receive']>>,
  ): Promise<ReadonlySet<string> | undefined> {
    const began = clock.now();
    const cancel = clock.at(began + TIMEOUT_MS, () => {
      stats.timeouts += 1;
      process.die();
    });
    stats.invocations += 1;
    try {
      const remainingMs = (): number => TIMEOUT_MS - (clock.now() - began);
      const work = process.worker(records, remainingMs);
      const response = await Promise.race([work, process.death]);
      if (response === 'dead') return undefined;
      return failedItems(response, new Set(records.map(({ messageId }) => messageId)));
    } catch {
      stats.errors += 1;
      return undefined;
    } finally {
      cancel();
      stats.billedMs += clock.now() - began;
    }
  }

  async function turn(seat: number): Promise<void> {
    await available();
    await clock.sleep(SQS_MS);
    const records = await sqs.receive();
    if (records.length === 0) return;
    let process = seats[seat];
    if (!process?.isAlive()) {
      process = spawn(seat);
      seats[seat] = process;
    }
    const kept = await invoke(process, records);
    if (!kept || kept.size === records.length) return;
    await clock.sleep(SQS_MS);
    await sqs.remove(records.filter(({ messageId }) => !kept.has(messageId)));
  }

  async function occupy(seat: number): Promise<never> {
    for (;;) {
      try {
        await turn(seat);
      } catch {
        // SQS refused the event source mapping itself: it asks again.
        await clock.sleep(1_000);
      }
    }
  }

  for (let seat = 0; seat < concurrency; seat += 1) void occupy(seat);
  return {
    kill: (seat) => seats[seat]?.die(),
    killProcess: (id) => seats.find((one) => one?.id === id)?.die(),
    stats,
  };
}
