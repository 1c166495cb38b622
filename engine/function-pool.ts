import {
  type FunctionProcess,
  type OnLine,
  type ProcessSpec,
  startFunctionProcess,
} from './function-process.ts';

/** The processes of one function. */
export interface FunctionPool {
  /** Resolves when every process has loaded its bundle; rejects if one of them cannot. */
  readonly ready: Promise<unknown>;
  /** Runs the handler in a free process; while all are busy the event waits its turn. */
  invoke(event: unknown): Promise<unknown>;
  /** How many invocations were begun. */
  readonly invocations: number;
  /** Of the processes that live. */
  pids(): number[];
  /** Kills every process. Invocations that run or wait are rejected. */
  stop(): Promise<void>;
}

interface Slot {
  process: FunctionProcess;
}

/**
 * Keeps `size` processes of a function, one invocation at a time in each, as Lambda does with its
 * execution environments. One that crashed, timed out or was killed is replaced when an event needs it.
 */
export function createFunctionPool(spec: ProcessSpec, size: number, onLine: OnLine): FunctionPool {
  const start = (): Slot => ({ process: startFunctionProcess(spec, onLine) });
  const slots = Array.from({ length: size }, start);
  const idle = [...slots];
  const waiting: ((slot: Slot) => void)[] = [];
  let invocations = 0;
  let stopped = false;

  const ready = Promise.all(slots.map(({ process }) => process.ready));
  // A pool may be stopped before it is ready, with nobody waiting for that.
  ready.catch(() => {});

  return {
    ready,
    get invocations() {
      return invocations;
    },
    pids: () => slots.filter(({ process }) => process.alive).map(({ process }) => process.pid),
    async invoke(event) {
      const slot = idle.pop() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve)));
      try {
        if (stopped) throw new Error(`${spec.name} is stopped.`);
        invocations += 1;
        if (!slot.process.alive) Object.assign(slot, start());
        return await slot.process.invoke(event);
      } finally {
        const next = waiting.shift();
        if (next) next(slot);
        else idle.push(slot);
      }
    },
    async stop() {
      stopped = true;
      await Promise.all(slots.map(({ process }) => process.kill()));
    },
  };
}
