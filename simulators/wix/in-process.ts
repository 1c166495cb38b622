import type { SimulatedAnswer } from './answers.ts';
import type { SimulatedRequest } from './handler.ts';

const NO_BODY_STATUSES = [204, 205, 304];

/**
 * A `fetch` that goes to `handle` and to no network; the host of the URL does not matter. An abort
 * rejects with the signal's reason, as fetch does, while the request goes on: a client that stopped
 * listening does not stop the server.
 */
export function inProcessFetch(
  handle: (request: SimulatedRequest) => Promise<SimulatedAnswer>,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const { pathname, search } = new URL(request.url);
    const answer = await orAbort(
      handle({
        method: request.method,
        url: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      }),
      request.signal,
    );
    if (answer.dropped) throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    const body = NO_BODY_STATUSES.includes(answer.status) ? null : answer.body;
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
