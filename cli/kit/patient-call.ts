import type { Call } from '../../lib/wix/calls/client.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';

/** How a command waits. */
export interface Waiting {
  readonly signal: AbortSignal;
  /** Rejects with an AbortError when the signal aborts. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A call that fails for now is made again after these. */
const WAITS_MS = [2_000, 5_000, 15_000] as const;

/** A call that is made again where Wix may answer otherwise by then; each one counts. @throws AbortError; WixError */
export function patientCall(call: Call, { signal, wait }: Waiting, onCall: () => void): Call {
  return async (request) => {
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted();
      onCall();
      try {
        return await call(request);
      } catch (error) {
        const ms = WAITS_MS[failures];
        if (!(error instanceof WixError) || !mayPass(error) || ms === undefined) throw error;
        await wait(Math.max(ms, error.failure.retryAfterMs ?? 0));
      }
    }
  };
}

/** Wix, or what stands before it, is away, unwell or throttles. */
export const mayPass = ({ failure: { status, kind } }: WixError): boolean =>
  kind !== 'unexpected-response' &&
  (status === undefined || status === 429 || (status >= 500 && status !== 501));

/** A part of so few is not refused for its size. */
const SMALL = 20;
/** After so many small parts that were refused the others are not asked for. */
const MOST_REFUSED = 3;

/**
 * Asks for all items in parts. Wix names no limit for the values of a filter, so a part that it refuses by 400
 * is asked for in smaller ones; what it refuses even so is left out.
 * @throws WixError for any other failure
 */
export async function inParts<T>(
  items: readonly T[],
  most: number,
  ask: (part: readonly T[]) => Promise<void>,
): Promise<void> {
  let size = most;
  let refused = 0;
  for (let at = 0; at < items.length && refused < MOST_REFUSED; ) {
    const part = items.slice(at, at + size);
    try {
      await ask(part);
    } catch (error) {
      if (!(error instanceof WixError) || error.failure.status !== 400) throw error;
      if (part.length > SMALL) {
        size = Math.ceil(part.length / 3);
        continue;
      }
      refused += 1;
    }
    at += part.length;
  }
}
