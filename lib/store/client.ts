import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_TIMEOUTS } from '../runtime/aws.ts';

/**
 * A job asks the store several times and has a minute; two tries of two seconds each leave it time to go back to the
 * queue in good order, and SQS brings it again.
 */
export const createDynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: AWS_TIMEOUTS,
    cacheMiddleware: true,
    // No operation here has endpoints of its own to discover, and none needs the account's.
    endpointDiscoveryEnabled: false,
    accountIdEndpointMode: 'disabled',
  });
