import type { WorkerDependencies } from '../../functions/label.ts';
import type { Worker } from '../../lib/labelling/worker.ts';
import type { VirtualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { failedItems } from '../sqs/failed-items.ts';
import type { Sqs } from '../sqs/sqs.ts';

/** What an SQS call takes, there and back, in virtual milliseconds. */
const SQS_MS = 20;
/** As serverless.yml has it. */
const TIMEOUT_MS = 60_000;

/** One process: it works off one batch at a time, and remembers what it learned as long as it lives. */
export interface LambdaProcess {
  /** From 1, in the order they began. */
  readonly id: number;
  /** Which of the places that `concurrency` allows it holds, from 0. */
  readonly seat: number;
}

/**
 * Starts the code of a process in its world, whose `fetch` is a whole one: the naive worker uses more of
 * it than Earmark.
 */
export type Program = (
  world: WorkerDependencies & Pick<typeof globalThis, 'fetch'>,
  process: LambdaProcess,
) => Worker;

export interface PoolOptions {
  readonly clock: VirtualClock;
  readonly sqs: Sqs;
  readonly seed: number;
  /** Maximum concurrency of the event source mapping. */
  readonly concurrency: number;
  readonly program: Program;
  /** Wix as one process reaches it. */
  readonly fetchOf: (process: LambdaProcess) => typeof fetch;
}

export interface LambdaPool {
  /** Kills the process of a seat, in mid-call if it is at work. The next one knows nothing. */
  kill(seat: number): void;
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

interface Living extends LambdaProcess {
  readonly worker: Worker;
  readonly death: Promise<'dead'>;
  isAlive(): boolean;
  die(): void;
}

/**
 * Lambda behind an SQS event source mapping with ReportBatchItemFailures, from now on: each seat
 * receives a batch when there is one, has its process work it off, and deletes what was not reported.
 * A process that is killed or overruns its minute leaves its batch to the end of the visibility timeout.
 */
export function startPool(options: PoolOptions): LambdaPool {
  const { clock, sqs, concurrency } = options;
  const stats = { invocations: 0, timeouts: 0, errors: 0, billedMs: 0, processes: 0 };
  const seats: Living[] = [];

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
    process: Living,
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
      stats.processes += 1;
      process = spawn(options, { id: stats.processes, seat });
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
  return { kill: (seat) => seats[seat]?.die(), stats };
}

/** A process whose calls are never answered once it is dead. */
function spawn({ clock, sqs, seed, program, fetchOf }: PoolOptions, it: LambdaProcess): Living {
  const { promise: death, resolve } = Promise.withResolvers<'dead'>();
  let alive = true;
  const silence = new Promise<never>(() => {});
  const whileAlive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (!alive) return silence;
    try {
      const answer = await call();
      return alive ? answer : silence;
    } catch (error) {
      if (!alive) return silence;
      throw error;
    }
  };
  const fetch = fetchOf(it);
  const world: Parameters<Program>[0] = {
    client: {
      send: (command: never) =>
        whileAlive(async () => {
          await clock.sleep(SQS_MS / 2);
          try {
            return await sqs.client.send(command);
          } finally {
            await clock.sleep(SQS_MS / 2);
          }
        }),
    } as WorkerDependencies['client'],
    fetch: (input, init) => whileAlive(() => fetch(input, init)),
    now: clock.now,
    random: createRandom(seed, `process ${it.id}`),
    sleep: (ms) => whileAlive(() => clock.sleep(ms)),
    timeoutSignal: clock.timeoutSignal,
  };
  const die = (): void => {
    alive = false;
    resolve('dead');
  };
  return { ...it, worker: program(world, it), death, isAlive: () => alive, die };
}
