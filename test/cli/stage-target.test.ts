import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStage } from '../../cli/stage-target.ts';

const OUTPUTS = {
  WebhookUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/webhooks/{source}',
  QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/earmark-prod-jobs.fifo',
  DeadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/earmark-prod-dead-letters.fifo',
};
const PARAMETERS: Readonly<Record<string, string>> = {
  '/earmark/prod/WIX_SITE_ID': 'site-1',
  '/earmark/prod/SHOPIFY_WEBHOOK_SECRET': 'new,old',
  '/earmark/prod/WIX_WEBHOOK_PUBLIC_KEY': 'a public key',
};

/** CloudFormation speaks XML, Parameter Store JSON; each request's region stands in its signature. */
const regions: string[] = [];
const server = createServer(async (request, response) => {
  regions.push(
    /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '',
  );
  const body = await textOf(request);
  if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameters') {
    const { Names } = JSON.parse(body) as { Names: string[] };
    const Parameters = Names.flatMap((Name) => {
      const Value = PARAMETERS[Name];
      return Value === undefined ? [] : [{ Name, Value }];
    });
    response.end(JSON.stringify({ Parameters }));
    return;
  }
  const stack = new URLSearchParams(body).get('StackName');
  response.writeHead(stack === 'earmark-prod' ? 200 : 400, { 'content-type': 'text/xml' });
  response.end(stack === 'earmark-prod' ? describedStack() : noSuchStack(String(stack)));
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function describedStack(): string {
  const outputs = Object.entries(OUTPUTS).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>earmark-prod</StackName>
    <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${outputs.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const noSuchStack = (name: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>
   <Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`;

const before = { ...process.env };
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_REGION: 'us-east-1',
  });
});
afterAll(() => {
  process.env = before;
  server.close();
});

test('a stage is known by the outputs of its stack and by its parameters', async () => {
  // Act
  const target = await openStage({ stage: 'prod', region: 'eu-west-1' });
  const settings = await target.settings();
  const secrets = await Promise.all([
    target.signingSecret('shopify'),
    target.signingSecret('stripe'),
    target.signingSecret('wix'),
  ]);
  target.close();

  // Assess
  expect(target).toMatchObject({
    name: 'stage prod in eu-west-1',
    kind: 'stage',
    url: 'https://abc.execute-api.eu-west-1.amazonaws.com',
    queueUrl: OUTPUTS.QueueUrl,
    deadLetterQueueUrl: OUTPUTS.DeadLetterQueueUrl,
  });
  expect(settings.get('WIX_SITE_ID')).toBe('site-1');
  expect(settings.has('WIX_API_KEY')).toBe(false);
  // The first of several is the new one; what verifies Wix's signature cannot make one.
  expect(secrets).toEqual(['new', undefined, undefined]);
  expect(new Set(regions)).toEqual(new Set(['eu-west-1']));
});

test('a stage that is not there is told with what to check', async () => {
  await expect(openStage({ stage: 'pord' })).rejects.toThrow(
    /earmark-pord could not be read: ValidationError: .*does not exist\nCheck --stage and --region/,
  );
});
