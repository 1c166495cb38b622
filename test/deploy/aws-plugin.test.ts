import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { awsPlugin } from '../../scripts/aws-plugin.ts';
import { BUNDLE_OPTIONS } from '../../scripts/build.ts';
import type { awsCalls } from '../support/aws-calls.ts';

type Calls = ReturnType<typeof awsCalls>;

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | ((request: string) => string);
}

const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'a-session-token',
};

let folder: string;
let server: Server;
let url: string;
let answers: Answer[];
let seen: Seen[];
let whole: (url: string) => Calls;
let cut: (url: string) => Calls;
const before = { ...process.env };

async function bundle(
  name: string,
  plugins: (typeof awsPlugin)[],
): Promise<(url: string) => Calls> {
  const outfile = join(folder, `${name}.js`);
  const entryPoints = ['test/support/aws-calls.ts'];
  await build({ ...BUNDLE_OPTIONS, sourcemap: false, plugins, entryPoints, outfile });
  return createRequire(import.meta.url)(outfile).awsCalls;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-aws-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ path: request.url, headers: request.headers, body });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(answer?.status ?? 500, {
        'content-type': 'application/x-amz-json-1.0',
        ...answer?.headers,
      });
      response.end(typeof answer?.body === 'function' ? answer.body(body) : answer?.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: url });
  [whole, cut] = await Promise.all([bundle('whole', []), bundle('cut', [awsPlugin])]);
});

afterAll(async () => {
  process.env = before;
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** What a call sent and what came of it, without what differs from call to call. */
async function story(calls: (url: string) => Calls, name: keyof Calls, given: readonly Answer[]) {
  answers = [...given];
  seen = [];
  const outcome = await calls(`${url}/1/jobs.fifo`)
    [name]()
    .then(
      (value) => ({ value }),
      (error: Error & { $metadata?: { attempts?: number; httpStatusCode?: number } }) => ({
        name: error.name,
        message: error.message,
        attempts: error.$metadata?.attempts,
        httpStatus: error.$metadata?.httpStatusCode,
      }),
    );
  return { outcome, requests: seen.map(unhurried) };
}

function unhurried({ path, headers, body }: Seen) {
  const { 'x-amz-date': date = '', 'amz-sdk-invocation-id': id, authorization, ...rest } = headers;
  expect(String(date)).toMatch(/^\d{8}T\d{6}Z$/);
  expect(id).toBeDefined();
  const signed = authorization?.replace(/Signature=[0-9a-f]{64}$/, 'Signature=…');
  return { path, headers: { ...rest, authorization: signed?.replace(/\/\d{8}\//, '/…/') }, body };
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const TAKEN: Answer = {
  status: 200,
  body: (request) =>
    JSON.stringify({ MessageId: '1', MD5OfMessageBody: md5(JSON.parse(request).MessageBody) }),
};
const error = (status: number, type: string, queryError?: string): Answer => ({
  status,
  body: JSON.stringify({ __type: type, message: `about ${type}` }),
  ...(queryError && { headers: { 'x-amzn-query-error': queryError } }),
});
const dynamoError = (name: string): Answer =>
  error(400, `com.amazonaws.dynamodb.v20120810#${name}`);
const throttled = dynamoError('ProvisionedThroughputExceededException');
const HISTORY = JSON.stringify({
  Items: [
    {
      pk: { S: 'a-site#c#a' },
      sk: { S: '#state' },
      version: { N: '3' },
      state: { S: '{"held":{}}' },
    },
    {
      pk: { S: 'a-site#c#a' },
      sk: { S: 'f#order#shopify#1' },
      'order.paid': { M: { at: { N: '5' }, tie: { S: 'ab' }, said: { S: '{"total":0.1}' } } },
    },
  ],
});
const NO_QUEUE = error(
  400,
  'com.amazonaws.sqs#QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue;Sender',
);

describe('the cut AWS client sends and returns what the whole one does', () => {
  test.each<[string, keyof Calls, Answer[]]>([
    ['a message', 'deadLetter', [TAKEN]],
    [
      'a message whose answer has another checksum',
      'deadLetter',
      [{ status: 200, body: '{"MessageId":"1","MD5OfMessageBody":"0"}' }],
    ],
    ['a queue that is not there', 'deadLetter', [NO_QUEUE]],
    ['a role that may not', 'deadLetter', [error(403, 'com.amazonaws.sqs#AccessDenied')]],
    [
      'credentials that ended',
      'deadLetter',
      [error(403, 'com.amazon.coral.service#ExpiredTokenException')],
    ],
    [
      'a throttle, and then not',
      'deadLetter',
      [error(400, 'com.amazonaws.sqs#RequestThrottled'), TAKEN],
    ],
    ['500 twice', 'deadLetter', [error(500, 'InternalFailure')]],
    ['503 without JSON', 'deadLetter', [{ status: 503, body: '<html>busy</html>' }, TAKEN]],
    ['a message set aside', 'postpone', [{ status: 200, body: '' }]],
    [
      'a receipt handle that is none',
      'postpone',
      [error(404, 'com.amazonaws.sqs#ReceiptHandleIsInvalid')],
    ],
    [
      'parameters',
      'readParameters',
      [
        {
          status: 200,
          body: '{"Parameters":[{"Name":"/earmark/a","Value":"ü","Type":"SecureString","Version":3,"LastModifiedDate":1.76e9}],"InvalidParameters":["/earmark/b"]}',
        },
      ],
    ],
    ['a key that may not be used', 'readParameters', [error(400, 'InvalidKeyId')]],
    ['a throttled Parameter Store', 'readParameters', [error(400, 'ThrottlingException')]],
    ['an answer that is no JSON', 'readParameters', [{ status: 200, body: 'not JSON' }]],
    ['a history', 'readHistory', [{ status: 200, body: HISTORY }]],
    ['no table', 'readHistory', [dynamoError('ResourceNotFoundException')]],
    ['a throttled table, and then not', 'readHistory', [throttled, { status: 200, body: HISTORY }]],
    ['a table of too much use', 'readHistory', [throttled]],
    ['a table that does not answer JSON', 'readHistory', [{ status: 502, body: '<html>' }]],
    ['a fact', 'addFacts', [{ status: 200, body: '{}' }]],
    ['a fact of which more is known', 'addFacts', [dynamoError('ConditionalCheckFailedException')]],
    ['a fact that is removed', 'removeFacts', [{ status: 200, body: '{}' }]],
    ['a state', 'saveState', [{ status: 200, body: '{}' }]],
    ['a state that changed', 'saveState', [dynamoError('ConditionalCheckFailedException')]],
    ['a role that may not use the table', 'saveState', [dynamoError('AccessDeniedException')]],
    [
      'contacts that are due',
      'due',
      [{ status: 200, body: '{"Items":[{"pk":{"S":"a-site#c#one"},"dueAt":{"N":"5"}}]}' }],
    ],
    [
      'contacts in two pages',
      'listContacts',
      [
        { status: 200, body: '{"Items":[],"LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"b"}}}' },
        { status: 200, body: '{"Items":[{"pk":{"S":"a-site#c#one"}}]}' },
      ],
    ],
  ])('%s', async (_, name, given) => {
    const expected = await story(whole, name, given);
    expect(expected.requests.length).toBeGreaterThan(0);
    expect(await story(cut, name, given)).toEqual(expected);
  });
});

test('without credentials in the environment the cut client says so', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  try {
    const { outcome, requests } = await story(cut, 'postpone', [{ status: 200, body: '' }]);
    expect(requests).toEqual([]);
    expect(outcome).toMatchObject({
      name: 'CredentialsProviderError',
      message: 'Unable to find environment variable credentials.',
    });
  } finally {
    process.env.AWS_ACCESS_KEY_ID = ENVIRONMENT.AWS_ACCESS_KEY_ID;
  }
});

test('the build goes red where a cut finds no module, and names it', async () => {
  const outfile = join(folder, 'none.js');
  const entryPoints = ['lib/runtime/clock.ts'];
  const failure = await build({ ...BUNDLE_OPTIONS, entryPoints, outfile }).catch((e: unknown) => e);
  expect(failure).toMatchObject({
    errors: expect.arrayContaining([
      expect.objectContaining({ text: expect.stringContaining('event streams') }),
    ]),
  });
});
