import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Loopback, listenOnLoopback } from '../simulators/loopback.ts';
import { type GatewayAnswer, gatewayAnswer, matchRoute, toAnswer, toEvent } from './http-api.ts';
import type { RouteSpec } from './template.ts';

/** API Gateway's limit of a request body, and of an answer: it gives up after 30 s. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Answers a request that is the engine's own affair. @returns false for one that is not: it goes on to the routes */
export type AnswerOwn = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface GatewayOptions {
  /** A further name by which the gateway may be called. */
  readonly tunnelHost?: string | undefined;
  readonly answerOwn?: AnswerOwn | undefined;
}

/**
 * Listens on loopback (port 0: any free one) and hands every request that matches a route to
 * `invoke`, as an HTTP API with payload 2.0 does. It takes what is for this machine, or for the tunnel. `onError` hears why an answer is a 500 or 503.
 *
 * @throws what `listen` throws, `EADDRINUSE` among it.
 */
export async function startGateway(
  port: number,
  routes: readonly RouteSpec[],
  invoke: (functionId: string, event: unknown) => Promise<unknown>,
  onError: (error: unknown) => void,
  { tunnelHost, answerOwn = () => false }: GatewayOptions = {},
): Promise<Loopback> {
  const answer = async (request: IncomingMessage): Promise<GatewayAnswer> => {
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

  return listenOnLoopback(
    async (request, response) => {
      if (answerOwn(request, response)) return;
      const { status, headers, body } = await answer(request);
      response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
    },
    { port, host: tunnelHost },
  );
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
