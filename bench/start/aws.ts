import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What SQS was given to keep. */
export interface SentMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string;
}

/** The two calls that a first event makes to AWS, each answered at once. */
export interface Aws {
  readonly url: string;
  /** Oldest first. */
  readonly sent: SentMessage[];
  close(): Promise<void>;
}

/** Serves `ssm:GetParameters` of these parameters (path to value) and `sqs:SendMessage` on loopback. */
export async function startAws(parameters: ReadonlyMap<string, string>): Promise<Aws> {
  const sent: SentMessage[] = [];
  const operations: Readonly<Record<string, (input: Input) => object>> = {
    'AmazonSSM.GetParameters': ({ Names = [] }) => ({
      Parameters: Names.filter((name) => parameters.has(name)).map((Name) => ({
        Name,
        Type: 'SecureString',
        Value: parameters.get(Name),
      })),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    }),
    'AmazonSQS.SendMessage': ({ MessageBody = '', MessageGroupId = '' }) => {
      const id = randomUUID();
      sent.push({ id, body: MessageBody, group: MessageGroupId });
      // The client checks it.
      const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
      return { MessageId: id, MD5OfMessageBody, SequenceNumber: String(sent.length) };
    },
  };
  const server = createServer((request, response) => {
    answer(request, response, operations).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Input {
  readonly Names?: readonly string[];
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Readonly<Record<string, (input: Input) => object>>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const operation = operations[String(request.headers['x-amz-target'])];
  const type = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
  response.writeHead(operation ? 200 : 400, { 'content-type': type });
  const input: Input = JSON.parse(Buffer.concat(chunks).toString());
  response.end(JSON.stringify(operation?.(input) ?? { __type: 'UnknownOperationException' }));
}
