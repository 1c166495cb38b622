import { postAny, type Sending } from './send.ts';

const MOST_PER_MINUTE = 6_000;
const TICK_MS = 50;

/** Posts samples at a rate, until it is 0. What the engine cannot keep up with is left out. */
export function createRate(sending: Sending) {
  const most = 20;
  let timer: NodeJS.Timeout | undefined;
  let underWay = 0;
  let rate = 0;

  return {
    perMinute: () => rate,
    set(perMinute: number): void {
      clearInterval(timer);
      rate = Math.min(perMinute, MOST_PER_MINUTE);
      if (!(rate > 0)) return;
      let owed = 1;
      timer = setInterval(() => {
        owed = Math.min(owed + (rate * TICK_MS) / 60_000, most);
        for (; owed >= 1 && underWay < most; owed -= 1) {
          underWay += 1;
          // What was not taken is seen on the page, and the next one may be.
          postAny(sending)
            .catch(() => {})
            .finally(() => {
              underWay -= 1;
            });
        }
      }, TICK_MS).unref();
    },
  };
}
