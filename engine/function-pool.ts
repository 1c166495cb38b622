import {
  type FunctionProcess,
  type OnLine,
  type ProcessSpec,
  startFunctionProcess,
} from './function-process.ts';

/** The processes of one function. */
export type FunctionPool = ReturnType<typeof createFunctionPool>;

interface Slot {
  process: FunctionProcess;
}

/**
 * Keeps `size` processes of a function, one invocation at a time in each, as Lambda does with its
 * execution environments. One that crashed, timed out or was killed is replaced when an event needs it.
 */
export function createFunctionPool(spec: ProcessSpec, size: number, onLine: OnLine) {
  const start = (): Slot => ({ process: startFunctionProcess(spec, onLine) });
  const slots = Array.from({ length: size }, start);
  const idle = [...slots];
  const waiting: ((slot: Slot) => void)[] = [];
  const inHand = new Set<Promise<unknown>>();
  let invocations = 0;
  let stopped = false;

  const ready = Promise.all(slots.map(({ process }) => process.ready));
  // A pool may be stopped before it is ready, with nobody waiting for that.
  ready.catch(() => {});

  const invoke = async (event: unknown, id?: string): Promise<unknown> => {
    const slot = idle.pop() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve)));
    try {
      if (stopped) throw new Error(`${spec.name} is stopped.`);
      invocations += 1;
      if (!slot.process.alive) Object.assign(slot, start());
      return await slot.process.invoke(event, id);
    } finally {
      const next = waiting.shift();
      if (next) next(slot);
      else idle.push(slot);
    }
  };
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(slots.map(({ process }) => process.kill()));
  };

  return {
    name: spec.name,
    /** Resolves when every process has loaded its bundle; rejects if one of them cannot. */
    ready: ready as Promise<unknown>,
    /** How many invocations were begun. */
    get invocations() {
      return invocations;
    },
    /** Of the processes that live. */
    pids: () => slots.filter(({ process }) => process.alive).map(({ process }) => process.pid),
    /** Runs the handler in a free process; while all are busy the event waits its turn. @param id Lambda's request id */
    async invoke(event: unknown, id?: string): Promise<unknown> {
      const invocation = invoke(event, id);
      inHand.add(invocation);
      return invocation.finally(() => inHand.delete(invocation));
    },
    /** Kills every process. Invocations that run or wait are rejected. */
    stop,
    /** Kills every process when all that was given to it is done. */
    async retire(): Promise<void> {
      await Promise.allSettled(inHand);
      await stop();
    },
  };
}
