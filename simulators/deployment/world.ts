import type { WorkerDependencies } from '../../functions/label.ts';
import type { HistoryStore } from '../../lib/store/store.ts';
import type { VirtualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { eachCall } from './distant-store.ts';

/** What an SQS call takes, there and back, in virtual milliseconds. */
export const SQS_MS = 20;

/** One process: it works off one batch at a time, and remembers what it learned as long as it lives. */
export interface LambdaProcess {
  /** From 1, in the order they began. */
  readonly id: number;
  /** Which of the places that `concurrency` allows it holds, from 0. */
  readonly seat: number;
}

export interface WorldOptions {
  readonly clock: VirtualClock;
  readonly sqs: Sqs;
  readonly seed: number;
  /** Wix as one process reaches it. */
  readonly fetchOf: (process: LambdaProcess) => typeof fetch;
  /** The store as one process reaches it; none where there are no standing labels. */
  readonly storeOf?: ((process: LambdaProcess) => HistoryStore) | undefined;
}

/** What a process sees. Its `fetch` is a whole one: the naive worker uses more of it than Earmark. */
export type World = WorkerDependencies &
  Pick<typeof globalThis, 'fetch'> & { readonly store?: HistoryStore };

/** The world of a process, whose calls are never answered once it is dead. */
export function createWorld(
  { clock, sqs, seed, fetchOf, storeOf }: WorldOptions,
  process: LambdaProcess,
) {
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
  const fetch = fetchOf(process);
  const store = storeOf?.(process);
  const world: World = {
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
    random: createRandom(seed, `process ${process.id}`),
    sleep: (ms) => whileAlive(() => clock.sleep(ms)),
    timeoutSignal: clock.timeoutSignal,
    ...(store && { store: eachCall(store, (_call, perform) => whileAlive(perform)) }),
  };
  const die = (): void => {
    alive = false;
    resolve('dead');
  };
  return { world, death, isAlive: () => alive, die };
}
