import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Keep } from '../simulators/journal.ts';
import { createMovableClock, type MovableClock } from '../simulators/movable-clock.ts';
import { ACCOUNT, REGION } from '../simulators/sqs/address.ts';
import { serveSqs } from '../simulators/sqs/http.ts';
import { createOperations } from '../simulators/sqs/operations.ts';
import type { QueueSpec } from './template.ts';

/** The stand-in for SQS, on loopback, at a port that the system chose. */
export type QueueService = Awaited<ReturnType<typeof startQueueService>>;

/** Starts SQS. What `keep` outlives, the messages do, too; without it they end with the service. */
export async function startQueueService(
  keep: Keep = () => new Map(),
  clock: MovableClock = createMovableClock(),
) {
  const operations = createOperations(clock.now, (name) => ({
    messages: keep(`${name} messages`),
    sent: keep(`${name} sent`),
    newId: randomUUID,
  }));
  const server = await serveSqs(operations, clock);
  const client = new SQSClient({
    endpoint: server.url,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    /** What `AWS_ENDPOINT_URL_SQS` is to be: `http://127.0.0.1:40123`. */
    endpoint: server.url,
    /** Every queue's URL begins with this. */
    queueBase: `${server.url}/${ACCOUNT}`,
    client,
    /** What a queue holds, oldest first, without receiving it. */
    peek: (url: string) => operations.queue(url).peek(),
    /** How many messages a queue holds. */
    size: (url: string): number => operations.queue(url).size(),
    async create(queues: readonly QueueSpec[]): Promise<void> {
      // The dead letters first: another queue names them.
      const last = queues.filter(({ attributes }) => attributes.RedrivePolicy);
      const first = queues.filter((queue) => !last.includes(queue));
      for (const { name, attributes } of [...first, ...last]) {
        await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      }
    },
    async close(): Promise<void> {
      client.destroy();
      await server.close();
    },
  };
}
