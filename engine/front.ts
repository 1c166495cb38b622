import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { guard } from '../simulators/guard.ts';
import { gatewayAnswer, type HttpAnswer, matchRoute, toAnswer, toEvent } from './http-api.ts';
import type { RouteSpec } from './template.ts';

/** API Gateway's limit of a request body, and of an answer: it gives up after 30 s. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The HTTP API in front of the functions. */
export interface Front {
  /** e.g. `http://127.0.0.1:3000`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on loopback (port 0: any free one) and hands every request that matches a route to
 * `invoke`, as an HTTP API with payload 2.0 does. It takes what is for this machine, or for `tunnelHost`. `onError` hears why an answer is a 500 or 503.
 *
 * @throws what `listen` throws, `EADDRINUSE` among it.
 */
export async function startFront(
  port: number,
  routes: readonly RouteSpec[],
  invoke: (functionId: string, event: unknown) => Promise<unknown>,
  onError: (error: unknown) => void,
  tunnelHost?: string,
): Promise<Front> {
  const answer = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    const match = matchRoute(routes, request.method ?? 'GET', path);
    if (!match) return gatewayAnswer(404, 'Not Found');
    const body = await readBody(request);
    if (!body) return gatewayAnswer(413, 'Request Entity Too Large');
    const { functionId, timeoutMs } = match.route;
    const timeout = Promise.withResolvers<'timeout'>();
    const timer = setTimeout(() => timeout.resolve('timeout'), timeoutMs);
    try {
      const result = await Promise.race([
        invoke(functionId, toEvent(request, body, match)),
        timeout.promise,
      ]);
      if (result !== 'timeout') return toAnswer(result);
      onError(new Error(`${match.route.key} gave no answer within ${timeoutMs / 1000} s.`));
      return gatewayAnswer(503, 'Service Unavailable');
    } catch (error) {
      onError(error);
      return gatewayAnswer(500, 'Internal Server Error');
    } finally {
      clearTimeout(timer);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await answer(request);
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  };
  const server = createServer((request, response) => {
    // Only a connection that broke off gets here: there is nobody left to answer.
    handle(request, response).catch(() => response.destroy());
  });

  guard(server, tunnelHost);

  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;

  return {
    url: `http://127.0.0.1:${actual}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The whole body, or undefined once it is over API Gateway's limit (the rest is read and dropped). */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}
