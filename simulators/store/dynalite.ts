import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { create } from 'dynalite/db/index.js';
import { guard } from '../guard.ts';

/** What `Properties` of a table are in a template of CloudFormation, as far as DynamoDB itself takes them. */
export type TableProperties = Readonly<Record<string, unknown>> & { readonly TableName: string };

/** The stand-in for DynamoDB, on loopback, at a port that the system chose. */
export type DynamoService = Awaited<ReturnType<typeof startDynamo>>;

/** CloudFormation has them in the form of CreateTable; encryption and the like are nothing of a stand-in. */
const OF_CREATE_TABLE = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'BillingMode',
] as const;

const WAIT_SECONDS = { maxWaitTime: 60, minDelay: 0.01, maxDelay: 1 };

/**
 * Starts DynamoDB. It does not delete what its time to live is over for.
 * @param path the folder where it keeps its data, also when the process is killed; without it they end with the service
 * @throws Error where another service uses the folder, or it cannot be read
 */
export async function startDynamo(path?: string) {
  if (path !== undefined) await claim(path);
  const server = dynalite({ path, createTableMs: 0 });
  const [answer] = server.listeners('request') as RequestListener[];
  const active = new Set<Promise<void>>();
  server.removeAllListeners('request').on('request', (request, response) => {
    const over = new Promise<void>((done) => response.once('close', done));
    active.add(over);
    void over.then(() => active.delete(over));
    void pass(request, response, answer);
  });
  guard(server);
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  return {
    /** What `AWS_ENDPOINT_URL_DYNAMODB` is to be: `http://127.0.0.1:40123`. */
    endpoint,
    client,
    /** Creates a table that is not there yet, and waits until it takes requests, which is after the answer. */
    async create(properties: TableProperties): Promise<void> {
      const input = Object.fromEntries(OF_CREATE_TABLE.map((name) => [name, properties[name]]));
      try {
        await client.send(new CreateTableCommand(input as never));
        await waitUntilTableExists(
          { client, ...WAIT_SECONDS },
          { TableName: properties.TableName },
        );
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error;
      }
    },
    /** Waits for the requests that it has begun to answer. */
    async close(): Promise<void> {
      client.destroy();
      const closed = new Promise((done) => server.close(done));
      await Promise.all(active);
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Two services on one folder would not see it before their first request, and then end their process.
 * @throws Error that says so
 */
async function claim(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const { db } = create({ path });
  try {
    await db.open();
  } catch (error) {
    const cause = (error as { readonly cause?: { readonly code?: string } }).cause;
    const why =
      cause?.code === 'LEVEL_LOCKED'
        ? 'Another process uses it: end that one first.'
        : 'It cannot be read: delete it to begin anew.';
    throw new Error(`DynamoDB's stand-in keeps its data in ${path}. ${why}`, { cause: error });
  }
  await db.close();
}

/** Hands on a request once its body is there: dynalite ends the process where a client is gone in the middle. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  answer: RequestListener | undefined,
): Promise<void> {
  try {
    const { method, url, headers } = request;
    const body = await buffer(request);
    const whole = Object.assign(Readable.from([body]), { method, url, headers });
    answer?.(whole as unknown as IncomingMessage, response as never);
  } catch {
    response.destroy();
  }
}
