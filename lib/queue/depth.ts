import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { QueueOptions } from './queue.ts';

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** How many messages wait in a queue or are being worked on, about. @throws what the AWS client throws */
export async function queueDepth(client: QueueOptions['client'], url: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...COUNTS] });
  const { Attributes = {} } = await client.send(command);
  return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
