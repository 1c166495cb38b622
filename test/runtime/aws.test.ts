import { createServer } from 'node:net';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from '@jest/globals';
import { AWS_TIMEOUTS } from '../../lib/runtime/aws.ts';

const silent = createServer(() => {});
afterEach(() => {
  silent.close();
});

test('an AWS service that does not answer is given up', async () => {
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  const client = new SQSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    // As the functions have it, only sooner.
    requestHandler: { ...AWS_TIMEOUTS, requestTimeout: AWS_TIMEOUTS.requestTimeout / 100 },
  });
  const asked = client.send(new ReceiveMessageCommand({ QueueUrl: `http://127.0.0.1:${port}/q` }));
  await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  client.destroy();
});
