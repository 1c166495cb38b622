import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Aws, createAws, type SentMessage } from '../aws.ts';

/** Parameter Store and SQS on loopback, each call answered at once. */
export interface AwsServer {
  readonly url: string;
  /** The jobs that were queued and not yet taken, oldest first. */
  readonly sent: SentMessage[];
  close(): Promise<void>;
}

/** @param parameters what Parameter Store holds, by path */
export async function startAws(parameters: ReadonlyMap<string, string>): Promise<AwsServer> {
  const aws = createAws(parameters);
  const server = createServer((request, response) => {
    answer(aws, request, response).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent: aws.messages('jobs.fifo'),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(aws: Aws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answered = aws.answer(String(request.headers['x-amz-target']), await text(request));
  const type = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
  response.writeHead(answered ? 200 : 400, { 'content-type': type });
  response.end(JSON.stringify(answered ?? { __type: 'UnknownOperationException' }));
}
