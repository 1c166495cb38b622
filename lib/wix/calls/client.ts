import type * as z from 'zod/mini';
import type { TimeAndChance } from '../../runtime/clock.ts';
import type { Fetch, FetchAnswer } from '../../runtime/fetch.ts';
import { parseJson } from '../../runtime/json.ts';
import { addMetric } from '../../runtime/metrics.ts';
import { type Operation, readEnvelope, WixError } from './failure.ts';
import { retryAfterMs } from './retry-after.ts';

/** A call is given this long, its body included; Wix's own services answer in well under a second. */
export const CALL_TIMEOUT_MS = 8_000;

/** More than this is not waited at one go, whatever an answer asks for. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** How much of the invocation is left, in milliseconds, once what finishing needs is set aside. */
export type TimeLeft = () => number;

export interface WixRequest<T> {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodMiniType<T>;
}

export type RequestHeaders = Readonly<Record<string, string>>;

/** Sends one request with the given headers. @throws WixError */
export type Send<Context = TimeLeft> = <T>(
  request: WixRequest<T>,
  headers: RequestHeaders,
  context: Context,
) => Promise<T>;

/** Calls one site with its credentials. @throws WixError */
export type Call = <T>(request: WixRequest<T>) => Promise<T>;

export interface ClientOptions extends Pick<TimeAndChance, 'now' | 'timeoutSignal'> {
  readonly baseUrl: string;
  readonly fetch: Fetch;
}

/**
 * The HTTP side of Wix's REST API: a timeout on every call, no redirect followed (a redirected POST becomes a
 * GET that labels nobody), no retry, and no call for whose answer the invocation has no time left.
 */
export function createSend({ baseUrl, fetch, now, timeoutSignal }: ClientOptions): Send {
  const base = baseUrl.replace(/\/+$/, '');
  return async (request, headers, timeLeft) => {
    const { operation, method, path, body, answer } = request;
    if (timeLeft() < CALL_TIMEOUT_MS) throw new WixError({ operation, kind: 'deadline' });
    const json = body !== undefined && { 'content-type': 'application/json' };
    const { response, text } = await exchange(operation, () =>
      fetch(`${base}${path}`, {
        method,
        headers: { ...headers, ...json },
        ...(json && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: timeoutSignal(CALL_TIMEOUT_MS),
      }),
    );
    const known = facts(operation, response, now());
    if (!response.ok) throw new WixError({ ...known, kind: 'answer', ...readEnvelope(text) });
    const parsed = answer.safeParse(parseJson(text));
    if (!parsed.success) throw new WixError({ ...known, kind: 'unexpected-response' });
    return parsed.data;
  };
}

async function exchange(operation: Operation, call: () => Promise<FetchAnswer>) {
  try {
    const response = await call();
    // A body that cannot be read is left out, where the status says enough without it.
    const text = await response.text().catch((error: unknown) => {
      if (response.ok) throw error;
      return '';
    });
    addMetric('WixCalls', { Operation: operation, Status: String(response.status) });
    return { response, text };
  } catch (error) {
    const { name, code } = error as { name?: unknown; code?: unknown };
    const kind = name === 'TimeoutError' ? 'timeout' : 'network';
    addMetric('WixCalls', { Operation: operation, Status: kind });
    const networkCode = kind === 'network' && typeof code === 'string' && { networkCode: code };
    throw new WixError({ operation, kind, ...networkCode });
  }
}

/** What status and headers say of an answer. */
function facts(operation: Operation, response: FetchAnswer, now: number) {
  const requestId = response.headers.get('x-wix-request-id');
  const wait = retryAfterMs(response.headers.get('retry-after'), now);
  return {
    operation,
    status: response.status,
    ...(requestId && { requestId }),
    ...(wait !== undefined && { retryAfterMs: Math.min(wait, LONGEST_RETRY_AFTER_MS) }),
  };
}
