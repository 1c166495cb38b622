import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../simulators/loopback.ts';

/** Lambda's side of the runtime API, for one execution environment: one event at a time. */
export interface RuntimeApi {
  /** What `AWS_LAMBDA_RUNTIME_API` is to be: host and port. */
  readonly address: string;
  /**
   * Hands an event to the client as soon as it asks for one.
   * @returns what the function answered
   * @throws Error with the type and message of what it threw, or of why it could not be loaded
   */
  invoke(event: unknown): Promise<unknown>;
  /** Ends the invocation in hand, and every later one: the client's process is gone. */
  fail(error: Error): void;
  close(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly settle: PromiseWithResolvers<unknown>;
}

/**
 * Listens on loopback for AWS's runtime client.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (checked 2026-11-22)
 */
export async function startRuntimeApi(functionArn: string, timeoutMs: number): Promise<RuntimeApi> {
  let current: Invocation | undefined;
  let idleClient: ServerResponse | undefined;
  let failure: Error | undefined;

  const handOver = () => {
    if (!current || !idleClient) return;
    const headers = {
      'content-type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': current.id,
      'Lambda-Runtime-Deadline-Ms': Date.now() + timeoutMs,
      'Lambda-Runtime-Invoked-Function-Arn': functionArn,
      'Lambda-Runtime-Trace-Id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    };
    idleClient.writeHead(200, headers).end(JSON.stringify(current.event));
    idleClient = undefined;
  };
  const fail = (error: Error) => {
    failure ??= error;
    current?.settle.reject(failure);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = `${request.method} ${request.url?.replace('/2018-06-01/runtime', '')}`;
    if (path === 'GET /invocation/next') {
      idleClient = response;
      return handOver();
    }
    const body = JSON.parse(await text(request));
    response.writeHead(202).end('{"status":"OK"}');
    if (path === 'POST /init/error') return fail(toError(body));
    if (path === `POST /invocation/${current?.id}/response`) return current?.settle.resolve(body);
    if (path === `POST /invocation/${current?.id}/error`) current?.settle.reject(toError(body));
  };

  const { port, close } = await listenOnLoopback((request, response) =>
    serve(request, response).catch(fail),
  );
  return {
    address: `127.0.0.1:${port}`,
    fail,
    async invoke(event) {
      if (failure) throw failure;
      current = { id: randomUUID(), event, settle: Promise.withResolvers() };
      handOver();
      return current.settle.promise.finally(() => {
        current = undefined;
      });
    },
    close,
  };
}

function toError({ errorType, errorMessage }: { errorType?: string; errorMessage?: string }) {
  return new Error(`${errorType}: ${errorMessage}`);
}
