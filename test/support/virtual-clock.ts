/** Time that passes only while `run` runs, and only when everybody waits. Milliseconds. */
export interface VirtualClock {
  readonly clock: () => number;
  /** Resolves when so many milliseconds have passed; equal times in the order of asking. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Lets time pass until `work` is over. @throws Error when everybody waits and nobody sleeps */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
}

export function createVirtualClock(start = 0): VirtualClock {
  let time = start;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  return {
    clock: () => time,
    sleep: (ms) =>
      new Promise((wake) => {
        const until = time + Math.max(0, ms);
        const place = sleepers.findLastIndex((other) => other.until <= until) + 1;
        sleepers.splice(place, 0, { until, wake });
      }),
    async run(work) {
      let over = false;
      const watched = work.finally(() => {
        over = true;
      });
      // It is awaited in the end; until then a rejection must not count as unhandled.
      watched.catch(() => {});
      for (;;) {
        // Every promise that can settle does so before time goes on.
        await new Promise(setImmediate);
        if (over) return watched;
        const next = sleepers.shift();
        if (!next) throw new Error('Everybody waits and nobody sleeps: this cannot end.');
        time = next.until;
        next.wake();
      }
    },
  };
}
