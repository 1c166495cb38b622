import { startQueueService } from '../../engine/sqs.ts';

const FIFO = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  VisibilityTimeout: '360',
  MessageRetentionPeriod: '1209600',
};

/** The stand-in for SQS with the jobs queue and its dead letters, as serverless.yml has them. */
export async function startQueuePair() {
  const service = await startQueueService();
  const url = (name: string): string => `${service.queueBase}/${name}.fifo`;
  await service.create(
    ['jobs', 'dead-letters'].map((name) => ({
      logicalId: name,
      name: `${name}.fifo`,
      url: url(name),
      attributes: FIFO,
    })),
  );
  const { client, close } = service;
  return { client, close, queueUrl: url('jobs'), deadLetterQueueUrl: url('dead-letters') };
}
