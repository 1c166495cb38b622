import { type Diagnosis, fail, type HealthCheck, pass, warn } from './finding.ts';

const WARN_MS = 30_000;
/** How far a signature's time may be off, for Stripe, Standard Webhooks (lib/sources) and AWS alike. */
const FAIL_MS = 5 * 60_000;

/** A request's times, epoch milliseconds, and the `Date` header of its answer. */
export interface ClockReading {
  readonly sentAt: number;
  readonly heardAt: number;
  readonly date: string | null;
}

/** How far this clock is ahead, in milliseconds; behind is negative. Undefined without a date. */
export function aheadMs({ sentAt, heardAt, date }: ClockReading): number | undefined {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return undefined;
  // The header has whole seconds, cut: half a second is its middle.
  return (sentAt + heardAt) / 2 - (told + 500);
}

/** @param who whose clock it was held against */
export function judgeClock(who: string, heard: ClockReading): Diagnosis {
  const ahead = aheadMs(heard);
  if (ahead === undefined) {
    return warn(`${who} told no time to hold this clock against`, 'Check this clock by hand.');
  }
  const off = Math.abs(ahead);
  if (off <= WARN_MS) return pass(`this clock and that of ${who} agree`);
  const seconds = Math.round(off / 1000);
  const what = `this clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of ${who}`;
  const advice =
    'Set it by NTP. More than 5 minutes off, signatures made or checked here are refused, and AWS refuses your requests.';
  return off > FAIL_MS ? fail(what, advice) : warn(what, advice);
}

/** @param url any address whose answers carry the time; what it answers does not matter */
export function clockCheck(
  who: string,
  url: () => Promise<string>,
  now: () => number = Date.now,
): HealthCheck {
  return {
    about: 'Clock',
    name: `the clock of ${who}`,
    async run(signal) {
      const sentAt = now();
      const response = await fetch(await url(), { redirect: 'manual', signal });
      await response.body?.cancel();
      return [judgeClock(who, { sentAt, heardAt: now(), date: response.headers.get('date') })];
    },
  };
}
