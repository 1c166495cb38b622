import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDynamoClient } from '../../lib/store/client.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import { StoreError } from '../../lib/store/store.ts';
import { type AwsAnswer, type AwsEndpoint, startAwsEndpoint } from '../support/aws-endpoint.ts';

const before = { ...process.env };
const contact = { site: 'a-site', contactId: 'a-contact' };
const ok: AwsAnswer = { body: { Items: [] } };

let endpoint: AwsEndpoint;
let answers: AwsAnswer[];
let asked: number;

beforeEach(async () => {
  asked = 0;
  endpoint = await startAwsEndpoint(() => {
    asked += 1;
    return answers[Math.min(asked, answers.length) - 1] ?? ok;
  });
  const { AWS_ENDPOINT_URL, ...credentials } = endpoint.env;
  Object.assign(process.env, credentials, { AWS_ENDPOINT_URL_DYNAMODB: AWS_ENDPOINT_URL });
});

afterEach(async () => {
  process.env = { ...before };
  await endpoint.stop();
});

/** What comes of a read that is answered so. */
async function read(...given: readonly AwsAnswer[]): Promise<unknown> {
  answers = [...given];
  const client = createDynamoClient();
  const store = createHistoryStore({ client, table: 'a-table', retentionMs: 1, now: () => 1 });
  const outcome = await store.read(contact).catch((error: unknown) => error);
  client.destroy();
  return outcome;
}

const failure = (status: number, name: string): AwsAnswer => ({
  status,
  body: {
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: 'something about a-contact',
  },
});

describe('an answer of DynamoDB', () => {
  test.each([
    [400, 'ProvisionedThroughputExceededException', 'throttled', 2],
    [400, 'ThrottlingException', 'throttled', 2],
    [400, 'RequestLimitExceeded', 'throttled', 2],
    [500, 'InternalServerError', 'unavailable', 2],
    [503, 'ServiceUnavailable', 'unavailable', 2],
    [400, 'AccessDeniedException', 'refused', 1],
    [400, 'ResourceNotFoundException', 'refused', 1],
    [400, 'ValidationException', 'refused', 1],
    [400, 'UnrecognizedClientException', 'refused', 1],
    [400, 'SomethingNewException', 'refused', 1],
  ])('%d %s: %s after %d tries, and nothing of a person is said', async (...row) => {
    const [status, name, kind, tries] = row;
    const error = await read(failure(status, name));

    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ failure: kind });
    const { message } = error as StoreError;
    expect(message).toContain(`Query on a-table (${name}).`);
    expect(message).not.toContain('a-contact');
    expect(asked).toBe(tries);
  });

  test('that comes at the second try is as good as any', async () => {
    expect(await read(failure(503, 'ServiceUnavailable'), ok)).toEqual({ facts: [], cut: false });
  });

  test('says what to do where the table is not there', async () => {
    expect(await read(failure(400, 'ResourceNotFoundException'))).toMatchObject({
      message:
        'DynamoDB refuses Query on a-table (ResourceNotFoundException). There is no such table in ' +
        'this region, or it has no index "due": deploy, or set HISTORY_TABLE to its name.',
    });
  });

  test('that never comes is a store that is not available', async () => {
    await endpoint.stop();
    expect(await read()).toMatchObject({ name: 'StoreError', failure: 'unavailable' });
    endpoint = await startAwsEndpoint(() => ok);
  });

  test('that is no JSON is none of DynamoDB', async () => {
    expect(await read({ status: 502, body: '<html>Bad gateway</html>' })).toMatchObject({
      name: 'StoreError',
      failure: 'unavailable',
    });
  });
});
