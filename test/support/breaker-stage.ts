import type { Breaker, TryResult } from '../../lib/wix/calls/breaker.ts';
import type { WixFailure } from '../../lib/wix/calls/failure.ts';

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
export function refuse(breaker: Breaker, count: number): void {
  for (let n = 0; n < count; n += 1) breaker.record(0, false, end('refused', `refused ${n}`));
}

/** So many different jobs meet a failure each. */
export function fail(breaker: Breaker, count: number): void {
  for (let n = 0; n < count; n += 1) breaker.record(0, false, end(of(503), `job ${n}`));
}
