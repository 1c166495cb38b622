import { parseJson } from '../../../lib/runtime/json.ts';
import { isObject } from '../../../lib/sources/payload/access.ts';
import type { SampleDelivery } from '../../../samples/samples.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';

/** Senders wait 1 to 30 s; the longest is right for somebody who looks on. */
const TIMEOUT_MS = 30_000;

export interface WebhookAnswer {
  readonly httpStatus: number;
  /** What Earmark says became of it, where it was Earmark that answered. */
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly body: string;
}

/** Posts a delivery. @throws CliFailure where nobody answers */
export async function post(
  url: string,
  { headers, body }: SampleDelivery,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    // A redirected POST would arrive as a GET.
    const request = { method: 'POST', headers, body, signal: ends, redirect: 'manual' } as const;
    const response = await fetch(url, request);
    const text = await response.text();
    const said = parseJson(text);
    const { status, reason } = (isObject(said) ? said : {}) as Record<string, string | undefined>;
    return { httpStatus: response.status, status, reason, body: text };
  } catch (error) {
    if (signal.aborted) throw new CliFailure('Stopped. It may have arrived.', EXIT.interrupted);
    const { name, cause, message } = error as Error & {
      cause?: { code?: string; message?: string };
    };
    const why =
      name === 'TimeoutError'
        ? `gave no answer within ${TIMEOUT_MS / 1000} s`
        : `cannot be reached (${cause?.code ?? cause?.message ?? message})`;
    throw new CliFailure(`${url} ${why}. Nothing is known to have arrived.`, EXIT.unreachable);
  }
}
