import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { guard } from './guard.ts';

/** A server on 127.0.0.1 that listens. */
export interface Loopback {
  /** e.g. `http://127.0.0.1:3000`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends open connections, too. */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** A further name by which the server may be called; `any` where a client takes it for another host. */
  readonly host?: string | undefined;
  /** The certificate and its key, of a server that speaks HTTPS. */
  readonly tls?: ServerOptions | undefined;
  /** How long a connection may be idle. Default: Node's. */
  readonly keepAliveMs?: number;
}

/**
 * Serves `answer` on loopback alone. A connection whose answer fails is broken off.
 * @throws what `listen` throws, `EADDRINUSE` among it
 */
export async function listenOnLoopback(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  { port = 0, host, tls, keepAliveMs }: LoopbackOptions = {},
): Promise<Loopback> {
  const listener: RequestListener = async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  if (host !== 'any') guard(server, host);
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${chosen}`,
    port: chosen,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
