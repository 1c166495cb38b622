import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createHandler, openReceiver } from '../../functions/receive.ts';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import type { QueueOptions } from '../../lib/queue/queue.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import type { FuzzRequest } from './requests.ts';
import type { Secrets } from './signing.ts';

export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** The real `receive` under one file of rules, before an SQS that takes what SQS takes. */
interface FuzzStage {
  readonly rules: string;
  post(request: FuzzRequest, isBase64: boolean): Promise<Answer>;
}

const page = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The rules that are shipped, and each example of the documentation. */
function allRules(): readonly (readonly [name: string, yaml: string])[] {
  const examples = [...page('docs/rules.md').matchAll(/^```yaml\n(.*?)^```/gms)];
  return [
    ['rules.yml', readFileSync(SHOP_RULES, 'utf8')],
    ...examples.map(([, yaml = ''], n) => [`docs/rules.md, example ${n + 1}`, yaml] as const),
  ];
}

const MOST_BYTES = 1_048_576;
const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const IDS = /^[\w!-/:-@[-`{-~]{1,128}$/;

/** Refuses what SQS refuses, so that such a message shows as an answer 503. */
const sqs = {
  async send({ input }: { input: Record<string, unknown> }) {
    const { MessageBody = '', MessageGroupId, MessageDeduplicationId, MessageAttributes } = input;
    const attributes = Object.entries(
      (MessageAttributes ?? {}) as Record<string, { DataType: string; StringValue: string }>,
    ).map(([name, { DataType, StringValue }]) => [name, DataType, StringValue]);
    const texts = [MessageBody, ...attributes.flat()].map(String);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const isWrong =
      bytes > MOST_BYTES ||
      texts.some((text) => text === '' || REFUSED.test(text)) ||
      attributes.length > 10 ||
      ![MessageGroupId, MessageDeduplicationId].every((id) => IDS.test(`${id}`));
    if (isWrong) throw new Error('SQS would refuse this message.');
    return { MessageId: `message ${MessageDeduplicationId}` };
  },
} as unknown as QueueOptions['client'];

/** @param now epoch milliseconds, at which time stands still: what takes long shows in processor time */
export function openStages(now: number): {
  readonly secrets: Secrets;
  readonly stages: readonly FuzzStage[];
} {
  const wix = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const shared = `whsec_${Buffer.from('secret of the fuzzed sources').toString('base64')}`;
  const all = (of: string) =>
    Object.fromEntries(CODE_SOURCES.map((name) => [name, name === 'wix' ? of : shared]));
  const keys: Readonly<Record<string, string>> = all(wix.publicKey);
  const stages = allRules().map(([rules, yaml]) => {
    const settings = {
      queueUrl: 'https://sqs.example/jobs.fifo',
      deadLetterQueueUrl: 'https://sqs.example/dead.fifo',
      secrets: async ({ name }: { name: string }) => [keys[name] ?? shared],
      siteOf: () => 'site',
    };
    const receiver = openReceiver(settings, sqs, compileRules(loadRules(yaml, rules)), {
      now: () => now,
      after: () => () => {},
    });
    const handle = createHandler(
      async () => receiver,
      () => now,
    );
    return {
      rules,
      post: async (request: FuzzRequest, isBase64: boolean) =>
        (await handle(toEvent(request, isBase64), {
          awsRequestId: 'a-request',
        } as Context)) as Answer,
    };
  });
  return { secrets: all(wix.privateKey) as Secrets, stages };
}

function toEvent(
  { source, headers, body }: FuzzRequest,
  isBase64: boolean,
): APIGatewayProxyEventV2 {
  const isBase64Encoded = isBase64 || typeof body !== 'string';
  return {
    version: '2.0',
    rawPath: `/webhooks/${source}`,
    pathParameters: { source },
    headers,
    requestContext: { http: { method: 'POST' } },
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded,
  } as unknown as APIGatewayProxyEventV2;
}
