import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { type CloudFormationTemplate, compileTemplate } from '../../../scripts/template.ts';
import { type EngineProcess, earmark, startEngineProcess } from '../../support/earmark.ts';
import { withProperties } from '../../support/local-engine.ts';

jest.setTimeout(60_000);

// CloudFormation and Parameter Store are played here; SQS, the address and Wix are the engine's.
let engine: EngineProcess;
let compiled: CloudFormationTemplate;
let template: CloudFormationTemplate | undefined;
let parameters: Map<string, string>;
const server = createServer(async (request, response) => {
  const { status, body } = await answer(request);
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
});

beforeAll(async () => {
  compiled = await compileTemplate();
  engine = await startEngineProcess({ WIX_REQUESTS_PER_MINUTE: '180' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await engine?.stop();
});
beforeEach(() => {
  const { settings, wixUrl } = engine.state;
  parameters = new Map(
    Object.entries(settings).map(([name, value]) => [`/earmark/dev/${name}`, value]),
  );
  const label = compiled.Resources.LabelLambdaFunction?.Properties as unknown as Label | undefined;
  const Variables = { ...label?.Environment.Variables, WIX_API_URL: wixUrl };
  template = withProperties(compiled, 'LabelLambdaFunction', { Environment: { Variables } });
});

interface Label {
  readonly Environment: { readonly Variables: object };
}

async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const asked = await text(request);
  if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameters') {
    const { Names } = JSON.parse(asked) as { Names: string[] };
    const found = Names.filter((Name) => parameters.has(Name));
    const Parameters = found.map((Name) => ({ Name, Value: parameters.get(Name) }));
    return { status: 200, body: JSON.stringify({ Parameters }) };
  }
  const action = new URLSearchParams(asked).get('Action');
  if (action === 'DescribeStacks') return { status: 200, body: describedStacks() };
  if (action === 'GetTemplate' && template) return { status: 200, body: xmlTemplate(template) };
  const body = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>`;
  return { status: 403, body };
}

function describedStacks(): string {
  const { url, queueUrl, deadLetterQueueUrl } = engine.state;
  const outputs = Object.entries({
    WebhookUrl: `${url}/webhooks/{source}`,
    QueueUrl: queueUrl,
    DeadLetterQueueUrl: deadLetterQueueUrl,
  }).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>earmark-dev</StackName>
    <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${outputs.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const xmlTemplate = (body: CloudFormationTemplate): string =>
  `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(body)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')}</TemplateBody></GetTemplateResult></GetTemplateResponse>`;

async function doctor() {
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ENDPOINT_URL_SQS: engine.state.sqsEndpoint,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
  };
  const { code, out } = await earmark(['doctor', '--stage', 'dev', '--json'], { env });
  const { target, checks } = JSON.parse(out);
  const told = checks.map(
    (each: Record<string, string>) => `${each.status} ${each.what}`,
  ) as string[];
  return { code, target, told, troubles: told.filter((line) => !line.startsWith('pass')), out };
}

// What is played here speaks no TLS.
const NO_TLS = expect.stringMatching(/^fail http:.* is not HTTPS$/);

test('a stage is checked by what was deployed, with its parameters', async () => {
  // Act
  const { code, target, told, troubles } = await doctor();

  // Assess
  expect({ code, target, troubles }).toEqual({
    code: 1,
    target: 'stage dev in us-east-1',
    troubles: [NO_TLS],
  });
  expect(told).toContain('pass label reads the jobs queue, 2 at once, as it was deployed');
  expect(told).toContain('pass 180 requests a minute to a site, 2 workers: 90 each');
  expect(told).toContain('pass contacts can be labelled ("Manage Contacts")');
});

test('a parameter that is missing is named, with the command that makes it', async () => {
  // Arrange
  parameters.delete('/earmark/dev/WIX_SITE_ID');

  // Act
  const { code, troubles, out } = await doctor();

  // Assess
  const missing = 'WIX_SITE_ID names /earmark/dev/WIX_SITE_ID, which is not in Parameter Store.';
  expect(code).toBe(1);
  expect(troubles).toEqual([
    `fail receive: ${missing}`,
    `fail label: ${missing}`,
    NO_TLS,
    'fail Wix is not asked: the settings of label are not complete',
  ]);
  expect(out).toContain(
    'aws ssm put-parameter --type SecureString --name /earmark/dev/WIX_SITE_ID',
  );
});

test('a template that may not be read is a warning, and the rest is checked', async () => {
  // Arrange
  template = undefined;
  parameters.set('/earmark/dev/WIX_API_URL', engine.state.wixUrl ?? '');

  // Act
  const { told, troubles } = await doctor();

  // Assess
  expect(troubles).toEqual([
    expect.stringContaining('warn the template that was deployed could not be read: '),
    NO_TLS,
  ]);
  expect(told).toContain('pass Wix knows the credentials');
});
