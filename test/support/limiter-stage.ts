import { createLimiter } from '../../lib/wix/calls/limiter.ts';

/** When each test begins; its times count from then. */
const START = 1_000_000_000;

/** A limiter on a clock that the test moves, and sleep. */
export function openLimiter(limit: number, random = 0) {
  let time = START;
  const naps: number[] = [];
  const limiter = createLimiter({
    site: 'a-site',
    limit,
    clock: () => time,
    sleep: async (ms) => {
      naps.push(ms);
      time += ms;
    },
    random: () => random,
  });
  return {
    ...limiter,
    throttled: (begunAt: number, retryAfterMs: number | undefined) =>
      limiter.throttled(START + begunAt, retryAfterMs),
    naps,
    /** Moves the clock to that time. */
    at(ms: number): void {
      time = START + ms;
    },
    /** Takes so many turns at once: how long each is held. */
    many: (count: number, patienceMs = 0) =>
      Promise.all(Array.from({ length: count }, () => limiter.take(patienceMs))),
  };
}
