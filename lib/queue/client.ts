import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_TIMEOUTS } from '../runtime/aws.ts';

/**
 * The AWS client of both functions. A sender waits 1.25 s (Wix) to 60 s (WooCommerce) for its answer;
 * two tries of two seconds stay within Shopify's 5 s, and what SQS has not taken by then comes again.
 */
export const createSqsClient = (): SQSClient =>
  new SQSClient({
    maxAttempts: 2,
    requestHandler: AWS_TIMEOUTS,
    // Nobody adds to its middleware, so it is put together once, and not for each message.
    cacheMiddleware: true,
  });
