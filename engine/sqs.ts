import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { guard } from '../simulators/guard.ts';
import { takeAllCharacters } from './characters.ts';
import { createQueueStore } from './fifo-groups.ts';
import { ACCOUNT, type QueueSpec, REGION } from './template.ts';

/** The SQS emulator: in memory, on loopback, at a port that the system chose. */
export interface QueueService {
  /** e.g. `http://127.0.0.1:40123`; what `AWS_ENDPOINT_URL_SQS` is to be. */
  readonly endpoint: string;
  /** Every queue's URL begins with this: the emulator's own would name a host that may not resolve. */
  readonly queueBase: string;
  readonly client: SQSClient;
  create(queues: readonly QueueSpec[]): Promise<void>;
  close(): Promise<void>;
}

type BuildOptions = NonNullable<Parameters<typeof buildApp>[0]>;

/** Starts the emulator. Its queues and messages end with it. */
export async function startQueueService(): Promise<QueueService> {
  takeAllCharacters();
  const app = buildApp({
    logger: false,
    defaultRegion: REGION,
    // The other stores have defaults, though the types do not say so.
    stores: { sqsStore: createQueueStore() } as Required<BuildOptions>['stores'],
  });
  guard(app.server);
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    endpoint,
    queueBase: `${endpoint}/${ACCOUNT}`,
    client,
    async create(queues) {
      for (const { name, attributes } of queues) {
        await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      }
    },
    async close() {
      client.destroy();
      await app.close();
    },
  };
}
