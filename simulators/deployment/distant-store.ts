import type { HistoryStore } from '../../lib/store/store.ts';
import type { VirtualClock } from '../clock.ts';
import { between, createRandom } from '../random.ts';
import { createMemoryStore } from '../store/memory.ts';

/** What a request to DynamoDB takes, there and back, in virtual milliseconds. */
const FASTEST_MS = 4;
const SLOWEST_MS = 20;

export type StoreCall = keyof HistoryStore;

/** One request of a call: facts are written each by itself. */
export interface StoreArrival {
  readonly call: StoreCall;
  /** The process that called. */
  readonly process: number;
}

export interface StoreAtDistance {
  /** What it holds, for those who look at it from outside: no time passes, and nothing fails. */
  readonly store: HistoryStore;
  /** The store over the network, for one process. */
  storeOf(process: { readonly id: number }): HistoryStore;
  /** Between the store's door and the store: a fault may take its time, throw a StoreError, or lose the answer. */
  intercept: <T>(arrival: StoreArrival, operate: () => Promise<T>) => Promise<T>;
  /** Calls back before each call of any process, with all that it is given. */
  watch(onCall: (call: StoreCall, input: readonly unknown[]) => void): void;
}

/** A store in memory on a virtual clock, at a distance. */
export function createStoreAtDistance(clock: VirtualClock, seed: number): StoreAtDistance {
  const random = createRandom(seed, 'latency of the store');
  /** Whose call begins just now; undefined for a look from outside. */
  let caller: number | undefined;

  const watchers: Parameters<StoreAtDistance['watch']>[0][] = [];

  async function receive<T>(arrival: StoreArrival, request: () => Promise<T>): Promise<T> {
    const oneWayMs = between(random, FASTEST_MS, SLOWEST_MS) / 2;
    await clock.sleep(oneWayMs);
    const answer = await distant.intercept(arrival, request);
    await clock.sleep(oneWayMs);
    return answer;
  }

  const store = createMemoryStore({
    now: clock.now,
    obstruct: (call, request) =>
      caller === undefined ? request() : receive({ call, process: caller }, request),
  });

  const distant: StoreAtDistance = {
    store,
    storeOf: ({ id }) =>
      eachCall(store, (call, perform, input) => {
        for (const onCall of watchers) onCall(call, input);
        caller = id;
        try {
          return perform();
        } finally {
          caller = undefined;
        }
      }),
    intercept: (_arrival, operate) => operate(),
    watch: (onCall) => void watchers.push(onCall),
  };
  return distant;
}

/** A store each of whose calls goes through `around`, which performs it or not. */
export function eachCall(
  store: HistoryStore,
  around: (
    call: StoreCall,
    perform: () => Promise<unknown>,
    input: readonly unknown[],
  ) => Promise<unknown>,
): HistoryStore {
  const calls = Object.entries(store).map(([call, original]) => [
    call,
    (...input: readonly unknown[]) => around(call as StoreCall, () => original(...input), input),
  ]);
  return Object.fromEntries(calls) as HistoryStore;
}
