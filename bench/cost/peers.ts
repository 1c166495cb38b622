import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createWixSimulator, type WixSimulator } from '../../local/wix/simulator.ts';
import type { SentMessage } from '../start/aws.ts';
import { type Certificate, selfSigned } from './certificate.ts';

/** All that the functions talk to, behind TLS as in Lambda: Parameter Store, SQS and the simulated Wix. */
export interface Peers {
  readonly url: string;
  readonly certificate: Certificate;
  readonly wix: WixSimulator;
  /** The jobs that were queued and not yet taken. */
  readonly jobs: SentMessage[];
  /** Requests to Wix so far, and their bytes: first line, headers and body, without TLS. */
  sentToWix(): { readonly calls: number; readonly bytes: number };
  close(): Promise<void>;
}

export interface PeerOptions {
  readonly apiKey: string;
  readonly siteId: string;
  /** What Parameter Store holds, by path. */
  readonly parameters: ReadonlyMap<string, string>;
}

type Operation = (input: Readonly<Record<string, unknown>>) => object;

/** What the functions ask of AWS. SQS drops a duplicate, and answers it with the first one's id. */
function awsOperations(
  parameters: ReadonlyMap<string, string>,
  jobs: SentMessage[],
): Readonly<Record<string, Operation>> {
  const sentBefore = new Map<string, string>();
  return {
    'AmazonSSM.GetParameters': ({ Names }) => ({
      Parameters: (Names as string[]).flatMap((Name) => {
        const Value = parameters.get(Name);
        return Value === undefined ? [] : [{ Name, Value, Type: 'SecureString' }];
      }),
    }),
    'AmazonSQS.SendMessage': (input) => {
      const { QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId } = input;
      const [body, group] = [String(MessageBody), String(MessageGroupId)];
      const key = `${QueueUrl} ${group} ${MessageDeduplicationId}`;
      const known = sentBefore.get(key);
      const id = known ?? `message-${sentBefore.size}`;
      sentBefore.set(key, id);
      if (!known && String(QueueUrl).endsWith('/jobs.fifo')) jobs.push({ id, body, group });
      const MD5OfMessageBody = createHash('md5').update(body).digest('hex');
      return { MessageId: id, MD5OfMessageBody, SequenceNumber: '1' };
    },
    'AmazonSQS.ChangeMessageVisibility': () => ({}),
  };
}

/** Bytes of a request: each header has ': ' and a line end, the first line its version and two line ends. */
function requestBytes({ method, url, rawHeaders }: IncomingMessage, body: string): number {
  const head = rawHeaders.join('').length + 2 * rawHeaders.length;
  return `${method} ${url} HTTP/1.1`.length + 4 + head + Buffer.byteLength(body);
}

export async function startPeers({ apiKey, siteId, parameters }: PeerOptions): Promise<Peers> {
  const certificate = selfSigned(Date.now());
  const wix = createWixSimulator({ apiKey, siteId, requestsPerMinute: Number.POSITIVE_INFINITY });
  const jobs: SentMessage[] = [];
  const operations = awsOperations(parameters, jobs);
  const sentToWix = { calls: 0, bytes: 0 };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    if (target !== undefined) {
      const operation = operations[String(target)];
      response.writeHead(operation ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(operation?.(JSON.parse(body)) ?? {}));
      return;
    }
    sentToWix.calls += 1;
    sentToWix.bytes += requestBytes(request, body);
    const { method = '', url = '' } = request;
    const headers = request.headers as Record<string, string>;
    const answered = await wix.handle({ method, url, headers, body });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  }

  const server = createServer(certificate, (request, response) => {
    answer(request, response).catch((error) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    wix,
    jobs,
    sentToWix: () => ({ ...sentToWix }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
