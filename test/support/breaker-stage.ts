import { createBreaker, type TryResult } from '../../lib/wix/calls/breaker.ts';
import type { WixFailure } from '../../lib/wix/calls/failure.ts';

/** The breaker of a site on a clock that each call sets. */
export function openBreaker(site = 'site') {
  let time = 0;
  const breaker = createBreaker(site, () => time);
  return {
    allow(now: number) {
      time = now;
      return breaker.allow();
    },
    waitMs(now: number, probe: boolean) {
      time = now;
      return breaker.waitMs(probe);
    },
    record(now: number, probe: boolean, result: TryResult) {
      time = now;
      breaker.record(probe, result);
    },
  };
}
export type OpenedBreaker = ReturnType<typeof openBreaker>;

/** A failure of its own each time it is asked for, in Wix's envelope. */
export const of = (status: number, over: Partial<WixFailure> = {}): WixFailure => ({
  operation: 'labelContact',
  kind: 'answer',
  status,
  envelope: true,
  ...over,
});
export const unsent = (kind: 'deadline' | 'rate-limited' | 'circuit-open') =>
  of(0, { kind, retryAfterMs: 1 });

/** The end of a try. */
export const end = (answer: TryResult['answer'], jobId = 'job'): TryResult => ({ jobId, answer });
export const go = { go: true, probe: false };
export const probe = { go: true, probe: true };
export const waits = (waitMs: number) => ({ go: false, waitMs });

/** So many different jobs are refused permanently. */
export function refuse(breaker: OpenedBreaker, count: number): void {
  for (let n = 0; n < count; n += 1) breaker.record(0, false, end('refused', `refused ${n}`));
}

/** So many different jobs meet a failure each. */
export function fail(breaker: OpenedBreaker, count: number): void {
  for (let n = 0; n < count; n += 1) breaker.record(0, false, end(of(503), `job ${n}`));
}
