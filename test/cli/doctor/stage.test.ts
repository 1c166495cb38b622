import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type CloudFormationTemplate, compileTemplate } from '../../../scripts/template.ts';
import {
  type AwsAnswer,
  type AwsCall,
  type AwsEndpoint,
  describedStack,
  parametersFound,
  refused,
  startAwsEndpoint,
} from '../../support/aws-endpoint.ts';
import { type EngineProcess, earmark, startEngineProcess } from '../../support/earmark.ts';
import { withProperties } from '../../support/local-engine.ts';

// CloudFormation and Parameter Store are played here; SQS, the address and Wix are the engine's.
let engine: EngineProcess;
let aws: AwsEndpoint;
let compiled: CloudFormationTemplate;
let template: CloudFormationTemplate | undefined;
let parameters: Map<string, string>;
let subscriptions: Record<string, number> | undefined;

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:earmark-dev-alarms';

beforeAll(async () => {
  compiled = await compileTemplate();
  engine = await startEngineProcess({ WIX_REQUESTS_PER_MINUTE: '180' });
  aws = await startAwsEndpoint(answer);
});
afterAll(async () => {
  await aws?.stop();
  await engine?.stop();
});
beforeEach(() => {
  subscriptions = { SubscriptionsConfirmed: 1, SubscriptionsPending: 0 };
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

function answer(call: AwsCall): AwsAnswer {
  switch (call.action) {
    case 'GetParameters':
      return parametersFound(call, parameters);
    case 'DescribeStacks': {
      const { url, queueUrl, deadLetterQueueUrl, rules } = engine.state;
      return describedStack('earmark-dev', {
        WebhookUrl: `${url}/webhooks/{source}`,
        QueueUrl: queueUrl,
        DeadLetterQueueUrl: deadLetterQueueUrl,
        AlarmTopicArn: TOPIC,
        ...(rules && { RulesHash: rules.hash }),
      });
    }
    case 'GetTopicAttributes':
      if (call.input.TopicArn === TOPIC && subscriptions) return topicAttributes(subscriptions);
      break;
    case 'GetTemplate':
      if (template) return { body: xmlTemplate(template) };
  }
  return refused(403, 'AccessDenied', 'not you');
}

const xmlTemplate = (body: CloudFormationTemplate): string =>
  `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(body)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')}</TemplateBody></GetTemplateResult></GetTemplateResponse>`;

function topicAttributes(attributes: Readonly<Record<string, number>>): AwsAnswer {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`,
  );
  return {
    body: `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entries.join('')}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  };
}

async function doctor() {
  const env = {
    ...aws.env,
    AWS_ENDPOINT_URL_SQS: engine.state.sqsEndpoint,
    AWS_MAX_ATTEMPTS: '1',
  };
  const { code, out } = await earmark(['doctor', '--stage', 'dev', '--json'], { env });
  const { target, checks } = JSON.parse(out);
  const lines = checks.map(
    (each: Record<string, string>) => `${each.status} ${each.what}`,
  ) as string[];
  return { code, target, lines, troubles: lines.filter((line) => !line.startsWith('pass')), out };
}

// What is played here speaks no TLS.
const NO_TLS = expect.stringMatching(/^fail http:.* is not HTTPS$/);

test('a stage is checked by what was deployed, with its parameters', async () => {
  // Act
  const { code, target, lines, troubles } = await doctor();

  // Assess
  expect({ code, target, troubles }).toEqual({
    code: 1,
    target: 'stage dev in us-east-1',
    troubles: [NO_TLS],
  });
  expect(lines).toContain('pass label reads the jobs queue, 2 at once, as it was deployed');
  expect(lines).toContain('pass 180 requests a minute to a site, 2 workers: 90 each');
  expect(lines).toContain('pass contacts can be labelled ("Manage Contacts")');
  expect(lines).toContain('pass alarms go to 1 subscription');
  expect(lines).toContain('pass what runs are the rules of this folder');
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

test.each([
  [{ SubscriptionsConfirmed: 0, SubscriptionsPending: 0 }, 'their topic has no subscription'],
  [{ SubscriptionsConfirmed: 0, SubscriptionsPending: 1 }, 'a subscription waits to be confirmed'],
  [undefined, 'AccessDenied'],
])('an alarm that nobody hears is a warning: %o', async (found, words) => {
  // Arrange
  subscriptions = found;

  // Act
  const { troubles } = await doctor();

  // Assess
  expect(troubles).toEqual([
    NO_TLS,
    expect.stringMatching(new RegExp(`^warn .*receives alarms.*${words}`)),
  ]);
});

test('a template that may not be read is a warning, and the rest is checked', async () => {
  // Arrange
  template = undefined;
  parameters.set('/earmark/dev/WIX_API_URL', engine.state.wixUrl ?? '');

  // Act
  const { lines, troubles } = await doctor();

  // Assess
  expect(troubles).toEqual([
    expect.stringContaining('warn the template that was deployed could not be read: '),
    NO_TLS,
  ]);
  expect(lines).toContain('pass Wix knows the credentials');
});
