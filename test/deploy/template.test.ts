import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { readLabelSettings } from '../../lib/labelling/settings.ts';
import { readReceiveSettings } from '../../lib/receiving/settings.ts';
import { readProjectRules } from '../../lib/rules/authoring/beside.ts';
import { rulesHash } from '../../lib/rules/authoring/decisive.ts';
import { describedNames } from '../../lib/sources/described/table.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import { type CloudFormationTemplate, compileTemplate, ROOT } from '../../scripts/template.ts';
import { TEMPLATE_CHECKS } from '../../scripts/template-checks.ts';
import { statements } from '../../scripts/template-parts.ts';

const STANDING_RULES = join(ROOT, 'samples/standing/rules.yml');

/** Without standing labels, and with them. */
let template: CloudFormationTemplate;
let standing: CloudFormationTemplate;
beforeAll(async () => {
  template = await compileTemplate({ rules: SHOP_RULES });
  standing = await compileTemplate({ rules: STANDING_RULES });
});

const properties = (name: string, of = template) => of.Resources[name]?.Properties ?? {};

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

/** What a role allows: the actions of each statement, and on what. */
function allowed(role: string, of = template): Record<string, unknown> {
  const granted: readonly Statement[] = statements(of, role).map(({ Action, Resource }) => ({
    Action: typeof Action === 'string' ? Action : [...Action],
    Resource,
  }));
  const actionsOf = ({ Action }: Statement) => [Action].flat().join(' ');
  const byActions = Object.entries(Object.groupBy(granted, actionsOf));
  return Object.fromEntries(
    byActions.map(([actions, same = []]) => {
      const [first, ...others] = same.map(({ Resource }) => Resource);
      return [actions, others.length === 0 ? first : [first, ...others].flat()];
    }),
  );
}

const parameter = (name: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/earmark/dev/${name}`,
});
const reference = (name: string) => `ssm:/earmark/dev/${name}`;
const arn = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });

const CODE_SECRETS = Object.values(codeSources).map(({ secretSetting }) => secretSetting);
const RECEIVE_SETTINGS = [...CODE_SECRETS, 'WIX_SITE_ID', 'WIX_INSTANCE_ID'];
const LABEL_PARAMETERS = [
  'WIX_API_KEY',
  'WIX_SITE_ID',
  'WIX_APP_ID',
  'WIX_APP_SECRET',
  'WIX_INSTANCE_ID',
];

describe('the functions', () => {
  test.each([
    ['ReceiveLambdaFunction', 'receive.handler', 'ReceiveRole'],
    ['LabelLambdaFunction', 'label.handler', 'LabelRole'],
  ])('%s runs %s as %s', (name, handler, role) => {
    expect(properties(name)).toMatchObject({
      Handler: handler,
      Role: arn(role),
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    });
  });

  test('receive knows the queues, the senders’ secrets and the site, and no credentials of Wix', () => {
    expect(properties('ReceiveLambdaFunction').Environment).toEqual({
      Variables: {
        QUEUE_URL: { Ref: 'JobQueue' },
        DEAD_LETTER_QUEUE_URL: { Ref: 'DeadLetterQueue' },
        SOURCE_SECRETS: 'ssm:/earmark/dev',
        KEEP_DELIVERIES: 'false',
        ...Object.fromEntries(RECEIVE_SETTINGS.map((name) => [name, reference(name)])),
      },
    });
  });

  test('label knows the queues and the credentials of Wix, and no sender’s secret', () => {
    expect(properties('LabelLambdaFunction').Environment).toEqual({
      Variables: {
        QUEUE_URL: { Ref: 'JobQueue' },
        DEAD_LETTER_QUEUE_URL: { Ref: 'DeadLetterQueue' },
        WIX_API_URL: 'https://www.wixapis.com',
        WIX_REQUESTS_PER_MINUTE: '180',
        WORKER_CONCURRENCY: '2',
        ...Object.fromEntries(LABEL_PARAMETERS.map((name) => [name, reference(name)])),
      },
    });
  });
});

describe('the settings', () => {
  /** The settings that a function looks at when it starts. */
  async function readBy(readSettings: typeof readLabelSettings | typeof readReceiveSettings) {
    const names = new Set<string>();
    const env = new Proxy<NodeJS.ProcessEnv>(
      {},
      {
        get: (_, name) => {
          names.add(String(name));
          return undefined;
        },
      },
    );
    await expect(readSettings(env, async () => new Map())).rejects.toThrow('cannot start');
    return [...names].sort();
  }

  test.each([
    ['ReceiveLambdaFunction', readReceiveSettings],
    ['LabelLambdaFunction', readLabelSettings],
  ])('%s is given what its code reads, and nothing else', async (name, readSettings) => {
    const { Variables } = properties(name).Environment as { Variables: object };
    expect(Object.keys(Variables).sort()).toEqual(await readBy(readSettings));
  });
});

describe('the roles', () => {
  test('receive may send to both queues, read its parameters and log', () => {
    expect(allowed('ReceiveRole')).toEqual({
      'sqs:SendMessage': [arn('JobQueue'), arn('DeadLetterQueue')],
      'ssm:GetParameters': [
        ...CODE_SECRETS,
        '*_WEBHOOK_SECRET',
        'WIX_SITE_ID',
        'WIX_INSTANCE_ID',
      ].map(parameter),
      'logs:CreateLogStream logs:PutLogEvents': arn('ReceiveLogGroup'),
    });
  });

  test('label may work the jobs, send dead letters, read its parameters and log', () => {
    expect(allowed('LabelRole')).toEqual({
      'sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility sqs:GetQueueAttributes':
        arn('JobQueue'),
      'sqs:SendMessage': arn('DeadLetterQueue'),
      'ssm:GetParameters': LABEL_PARAMETERS.map(parameter),
      'logs:CreateLogStream logs:PutLogEvents': arn('LabelLogGroup'),
    });
  });
});

/** What standing labels add, by logical id. */
const ADDED = [
  'HistoryTable',
  'LabelHistoryPolicy',
  'ReviewLateAlarm',
  'StoreAlarm',
  'StoreRefusedAlarm',
  'WakeAlarm',
  'WakeEventsRuleSchedule1',
  'WakeLambdaEvConf',
  'WakeLambdaFunction',
  'WakeLambdaPermissionEventsRuleSchedule1',
  'WakeLogGroup',
  'WakeRole',
];

describe('standing labels', () => {
  test('add what they need, and without them there is nothing of it', () => {
    const before = Object.keys(template.Resources);
    const added = Object.keys(standing.Resources).filter((name) => !before.includes(name));

    expect(added.sort()).toEqual(ADDED);
    expect(before.filter((name) => !(name in standing.Resources))).toEqual([]);
    expect(standing.Outputs).toMatchObject({
      HistoryTableName: { Value: { Ref: 'HistoryTable' } },
      HistoryYears: { Value: '5' },
    });
    expect(JSON.stringify(template)).not.toMatch(/history|wake|dynamodb|AWS::Events/i);
  });

  test('change the environment of label and the dashboard, and no more of what was there', () => {
    const dated = (one: unknown) => JSON.stringify(one).replaceAll(/dev\/[\dTZ:.-]+\//g, 'dev/');
    const changed = Object.keys(template.Resources).filter(
      (name) => dated(template.Resources[name]) !== dated(standing.Resources[name]),
    );

    expect(changed.sort()).toEqual(['Dashboard', 'LabelLambdaFunction']);
    const { Variables } = properties('LabelLambdaFunction').Environment as { Variables: object };
    expect(properties('LabelLambdaFunction', standing).Environment).toEqual({
      Variables: { ...Variables, HISTORY_TABLE: { Ref: 'HistoryTable' }, HISTORY_YEARS: '5' },
    });
  });

  test('wake knows the jobs, the table and the site, and is run each minute', () => {
    const site = ['WIX_SITE_ID', 'WIX_INSTANCE_ID'];
    expect(properties('WakeLambdaFunction', standing)).toMatchObject({
      Handler: 'wake.handler',
      Role: arn('WakeRole'),
      Environment: {
        Variables: {
          QUEUE_URL: { Ref: 'JobQueue' },
          HISTORY_TABLE: { Ref: 'HistoryTable' },
          HISTORY_YEARS: '5',
          WIX_REQUESTS_PER_MINUTE: '180',
          ...Object.fromEntries(site.map((name) => [name, reference(name)])),
        },
      },
    });
    expect(properties('WakeEventsRuleSchedule1', standing)).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Arn: arn('WakeLambdaFunction') }],
    });
  });

  test('label and wake may use the table as far as each has to, and receive may not', () => {
    expect(allowed('LabelRole', standing)).toEqual({
      ...allowed('LabelRole'),
      'dynamodb:Query dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem':
        arn('HistoryTable'),
    });
    expect(allowed('WakeRole', standing)).toEqual({
      'dynamodb:Query': { 'Fn::Sub': `\${HistoryTable.Arn}/index/due` },
      'dynamodb:Query dynamodb:Scan dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem':
        arn('HistoryTable'),
      'sqs:SendMessage sqs:GetQueueAttributes': arn('JobQueue'),
      'ssm:GetParameters': ['WIX_SITE_ID', 'WIX_INSTANCE_ID'].map(parameter),
      'logs:CreateLogStream logs:PutLogEvents': arn('WakeLogGroup'),
    });
    expect(allowed('ReceiveRole', standing)).toEqual(allowed('ReceiveRole'));
  });

  test.each(TEMPLATE_CHECKS.map((check) => [check.title, check] as const))('%s', (_, check) => {
    expect(check.problems(standing)).toEqual([]);
  });

  test.each([
    ['"SSEEnabled":true', '"SSEEnabled":false', 'is encrypted'],
    ['"PointInTimeRecoveryEnabled":true', '"X":1', 'can be recovered'],
    ['"AttributeName":"expires"', '"AttributeName":"gone"', 'ends by itself'],
    ['"BillingMode":"PAY_PER_REQUEST"', '"BillingMode":"PROVISIONED"', 'costs by use'],
    [
      '"Type":"AWS::DynamoDB::Table","DeletionPolicy":"Retain"',
      '"Type":"AWS::DynamoDB::Table"',
      'tables and logs of functions outlive',
    ],
    ['"RoleName":{"Ref":"LabelRole"}', '"RoleName":{"Ref":"ReceiveRole"}', 'and no other'],
    ['"dynamodb:DeleteItem"', '"dynamodb:*"', 'allows a wildcard'],
    [`\${HistoryTable.Arn}/index/due`, 'arn:aws:dynamodb:other', 'of the template'],
    ['"Timeout":50', '"Timeout":60', 'ends before the next'],
    ['"MaximumRetryAttempts":0', '"MaximumRetryAttempts":2', 'is not repeated'],
    [`\${WakeAlarm.Arn}`, `\${StoreAlarm.Arn}`, 'shows every alarm'],
    ['"MetricName":"ReviewLateness"', '"MetricName":"ReviewLate"', 'is emitted'],
  ])('with %s changed to %s go red at: %s', (find, put, title) => {
    const text = JSON.stringify(standing);
    expect(text).toContain(find);
    const changed = JSON.parse(text.replace(find, put)) as CloudFormationTemplate;
    const red = TEMPLATE_CHECKS.filter((check) => check.problems(changed).length > 0);
    expect(red.map((check) => check.title)).toContainEqual(expect.stringContaining(title));
  });
});

describe('the ways in', () => {
  const ROUTES = [
    ...CODE_SOURCES.map((name) => `POST /webhooks/${name}`),
    'POST /webhooks/{source}',
    'POST /webhooks/{source}/{secret}',
    'HEAD /webhooks/{source}',
    'HEAD /webhooks/{source}/{secret}',
    'GET /webhooks/{source}',
    'GET /webhooks/{source}/{secret}',
  ];

  test('each source that is code has a route of its own to receive, and the others share six, each with a throttle', () => {
    const routes = Object.values(template.Resources).filter(
      ({ Type }) => Type === 'AWS::ApiGatewayV2::Route',
    );
    const receive = { Ref: 'HttpApiIntegrationReceive' };
    expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([...ROUTES].sort());
    for (const { Properties } of routes) {
      expect(Properties.Target).toEqual({ 'Fn::Join': ['/', ['integrations', receive]] });
    }
    expect(properties('HttpApiIntegrationReceive')).toMatchObject({ PayloadFormatVersion: '2.0' });
    const throttle = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };
    const few = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };
    expect(properties('HttpApiStage')).toMatchObject({
      RouteSettings: Object.fromEntries(
        ROUTES.map((key) => [key, key.startsWith('POST') ? throttle : few]),
      ),
      DefaultRouteSettings: throttle,
    });
  });

  test('no described source is named: another one changes nothing', () => {
    const text = JSON.stringify(template);
    const names = describedNames();
    expect(names.length).toBeGreaterThan(0);
    const settings = names.map((name) => `${name.replaceAll('-', '_').toUpperCase()}_WEBHOOK`);
    const forms = [...settings, ...names.flatMap((name) => [`/webhooks/${name}"`, `"${name}"`])];
    expect(forms.filter((form) => text.includes(form))).toEqual([]);
  });

  test('as many workers share the site’s requests as run at once', () => {
    const { Variables } = properties('LabelLambdaFunction').Environment as {
      Variables: Record<string, unknown>;
    };
    const { ScalingConfig } = properties('LabelEventSourceMappingSQSJobQueue') as {
      ScalingConfig: { MaximumConcurrency: number };
    };
    expect(Number(Variables.WORKER_CONCURRENCY)).toBe(ScalingConfig.MaximumConcurrency);
  });

  test('label is fed ten jobs at a time by two pollers, and says which failed', () => {
    expect(properties('LabelEventSourceMappingSQSJobQueue')).toEqual({
      EventSourceArn: arn('JobQueue'),
      FunctionName: arn('LabelLambdaFunction'),
      Enabled: true,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});

describe('the queues', () => {
  test.each(['JobQueue', 'DeadLetterQueue'])('%s is encrypted FIFO and keeps 14 days', (name) => {
    expect(properties(name)).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3600,
      MaximumMessageSize: 1024 * 1024,
    });
  });

  test('only what was received a thousand times is moved, and only from the jobs', () => {
    expect(properties('JobQueue')).toMatchObject({
      VisibilityTimeout: 120,
      RedrivePolicy: { deadLetterTargetArn: arn('DeadLetterQueue'), maxReceiveCount: 1000 },
    });
    const name = properties('JobQueue').QueueName;
    expect(properties('DeadLetterQueue').RedriveAllowPolicy).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [
        { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${name}` },
      ],
    });
  });
});

describe('what an operator may choose', () => {
  const NOTHING = { Ref: 'AWS::NoValue' };

  test('requests kept for receive: none unless asked for', () => {
    expect(properties('ReceiveLambdaFunction').ReservedConcurrentExecutions).toEqual({
      'Fn::If': ['WithReservedConcurrency', 'none', NOTHING],
    });
    expect(template).toMatchObject({
      Conditions: { WithReservedConcurrency: { 'Fn::Not': [{ 'Fn::Equals': ['none', 'none'] }] } },
    });
  });

  test('a mail address for the alarms: none unless given', () => {
    expect(template.Resources.AlarmSubscription).toMatchObject({
      Condition: 'WithAlarmEmail',
      Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email' },
    });
    expect(template).toMatchObject({
      Conditions: { WithAlarmEmail: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] } },
    });
  });

  test('an access log: off, for a week, and without anything a sender wrote', () => {
    const [condition, { Format, DestinationArn }, otherwise] = (
      properties('HttpApiStage').AccessLogSettings as {
        'Fn::If': [string, { Format: string; DestinationArn: unknown }, unknown];
      }
    )['Fn::If'];
    expect([condition, DestinationArn, otherwise]).toEqual([
      'WithAccessLog',
      arn('AccessLogGroup'),
      NOTHING,
    ]);
    expect(JSON.parse(Format)).toEqual({
      time: '$context.requestTime',
      requestId: '$context.requestId',
      route: '$context.routeKey',
      status: '$context.status',
      sourceIp: '$context.identity.sourceIp',
    });
    expect(template.Resources.AccessLogGroup).toMatchObject({
      Condition: 'WithAccessLog',
      Properties: { RetentionInDays: 7 },
    });
    expect(template).toMatchObject({
      Conditions: { WithAccessLog: { 'Fn::Equals': ['false', 'true'] } },
    });
  });
});

describe('what an operator gets', () => {
  test.each(['ReceiveLogGroup', 'LabelLogGroup'])('%s is not kept for ever', (name) => {
    expect(properties(name).RetentionInDays).toBe(30);
  });

  test('the outputs name the address, the queues and the topic', () => {
    expect(template.Outputs).toMatchObject({
      WebhookUrl: { Value: { 'Fn::Sub': expect.stringMatching(/\/webhooks\/\{source\}$/) } },
      QueueUrl: { Value: { Ref: 'JobQueue' } },
      DeadLetterQueueUrl: { Value: { Ref: 'DeadLetterQueue' } },
      AlarmTopicArn: { Value: { Ref: 'AlarmTopic' } },
    });
  });

  test('an output has the hash of the rules', () => {
    const hashOf = (rules: string) => rulesHash(readProjectRules(rules));

    expect(template.Outputs.RulesHash?.Value).toBe(hashOf(SHOP_RULES));
    expect(standing.Outputs.RulesHash?.Value).toBe(hashOf(STANDING_RULES));
    expect(hashOf(STANDING_RULES)).not.toBe(hashOf(SHOP_RULES));
  });
});

describe('the template checks', () => {
  test.each(TEMPLATE_CHECKS.map((check) => [check.title, check] as const))('%s', (_, check) => {
    expect(check.problems(template)).toEqual([]);
  });

  /** The compiled template, put through text surgery: what to find, and what to put there. */
  const broken = (find: string, put: string): CloudFormationTemplate => {
    const text = JSON.stringify(template);
    expect(text).toContain(find);
    return JSON.parse(text.replace(find, put)) as CloudFormationTemplate;
  };

  test.each([
    ['"sqs:SendMessage"', '"sqs:*"', 'no role allows a wildcard action or resource'],
    ['parameter/earmark/dev/WIX_API_KEY', 'parameter/*', 'no role allows a wildcard'],
    ['["LabelRole","Arn"]', '["ReceiveRole","Arn"]', 'each function has a role of its own'],
    [reference('WIX_API_KEY'), 'IST.eyJ', 'no setting stands in the template'],
    [reference('WIX_API_KEY'), reference('OTHER'), 'may read exactly the parameters it names'],
    ['parameter/earmark/dev/WIX_API_KEY', 'parameter/other', 'may read exactly the parameters'],
    ['"SqsManagedSseEnabled":true', '"SqsManagedSseEnabled":false', 'both queues are encrypted'],
    ['"ReportBatchItemFailures"', '', 'the worker reports which messages failed'],
    ['"BatchSize":10', '"MaximumBatchingWindowInSeconds":1', 'batching window'],
    ['"VisibilityTimeout":120', '"VisibilityTimeout":119', 'at least twice as long'],
    ['"Timeout":60', '"Timeout":29', 'long enough to make its calls'],
    ['"MaximumConcurrency":2', '"MaximumConcurrency":3', 'as many workers share the requests'],
    ['"ScalingConfig":{"MaximumConcurrency":2}', '"X":1', 'as many workers share the requests'],
    ['"UpdateReplacePolicy":"Retain",', '', 'outlive the stack'],
    ['"DeletionPolicy":"Retain"', '"DeletionPolicy":"Delete"', 'outlive the stack'],
    ['"aws:SecureTransport":"false"', '"aws:SecureTransport":"true"', 'without TLS'],
    ['"Queues":[{"Ref":"DeadLetterQueue"}]', '"Queues":[{"Ref":"JobQueue"}]', 'without TLS'],
    ['"RouteKey":"POST /webhooks/custom"', '"RouteKey":"ANY /webhooks/custom"', 'one route'],
    ['"RouteKey":"POST /webhooks/custom"', '"RouteKey":"POST /webhooks/{source}"', 'one route'],
    ['"RouteKey":"HEAD /webhooks/{source}"', '"RouteKey":"PUT /webhooks/{source}"', 'one route'],
    ['"ThrottlingBurstLimit":100},"POST', '"ThrottlingBurstLimit":261},"POST', 'the bursts of all'],
    ['$context.routeKey', '$context.path', 'the access log holds nothing'],
    ['$context.requestId', '$context.http.path', 'the access log holds nothing'],
    ['parameter/earmark/dev/*_WEBHOOK_SECRET', 'parameter/earmark/dev/*', 'allows a wildcard'],
    ['parameter/earmark/dev/*_WEBHOOK_SECRET', 'parameter/*/*_WEBHOOK_SECRET', 'a wildcard'],
    ['parameter/earmark/dev/*_WEBHOOK_SECRET', 'parameter/x/*_WEBHOOK_SECRET', 'may read exactly'],
    ['"RouteKey":"POST /webhooks/custom"', '"RouteKey":"POST /webhooks/shopify"', 'one route'],
    ['"RouteKey":"POST /webhooks/custom"', '"RouteKey":"$default"', 'one route'],
    ['"ThrottlingBurstLimit":100},"POST', '"X":100},"POST', 'a throttle of its own'],
    ['"ThrottlingRateLimit":50,"ThrottlingBurstLimit":100},"POST', '"X":1},"POST', 'of its own'],
    ['wix":{"ThrottlingRateLimit":50', 'wix":{"ThrottlingRateLimit":"50"', 'of its own'],
    ['"POST /webhooks/custom":{', '"POST /webhooks/other":{', 'after every route'],
    ['"HttpApiRoutePostWebhooksStandardDashwebhooks",', '', 'after every route'],
    ['"DependsOn":["HttpApiRoute', '"X":["HttpApiRoute', 'after every route'],
  ])('with %s changed to %s go red at: %s', (find, put, title) => {
    const changed = broken(find, put);
    const red = TEMPLATE_CHECKS.filter((check) => check.problems(changed).length > 0);
    expect(red.map((check) => check.title)).toContainEqual(expect.stringContaining(title));
  });
});
