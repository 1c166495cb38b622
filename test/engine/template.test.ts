import { describe, expect, test } from '@jest/globals';
import { readTemplate } from '../../engine/template.ts';

const BASE = 'http://127.0.0.1:4566/000000000000';

/** In the shape that the framework compiles to. */
function template(changes: Record<string, unknown> = {}) {
  return {
    Resources: {
      JobQueue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'jobs.fifo',
          FifoQueue: true,
          VisibilityTimeout: 360,
          RedrivePolicy: {
            maxReceiveCount: 1000,
            deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
          },
          Tags: [{ Key: 'a', Value: 'b' }],
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
      Receive: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: { 'Fn::Sub': `\${AWS::StackName}-receive` },
          Handler: 'dist/receive.handler',
          Timeout: 10,
          MemorySize: 512,
          Environment: {
            Variables: {
              QUEUE_URL: { Ref: 'JobQueue' },
              DEAD_NAME: { 'Fn::GetAtt': ['Dead', 'QueueName'] },
              QUEUE_ARN: { 'Fn::GetAtt': 'JobQueue.Arn' },
              SUB: {
                'Fn::Sub': [`\${JobQueue}|\${Dead.Arn}|\${x}|\${!kept}`, { x: { Ref: 'Dead' } }],
              },
              JOINED: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] },
              NUMBER: 5,
              SECRET: 'ssm:/earmark/dev/SECRET',
            },
          },
        },
      },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          IntegrationUri: { 'Fn::GetAtt': ['Receive', 'Arn'] },
          TimeoutInMillis: 29_000,
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          RouteKey: 'ANY /webhooks/{source}',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['Receive', 'Arn'] },
          EventSourceArn: { 'Fn::GetAtt': ['JobQueue', 'Arn'] },
          BatchSize: 7,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 3 },
        },
      },
      Logs: { Type: 'AWS::Logs::LogGroup' },
      ...changes,
    },
  };
}

describe('a compiled template', () => {
  const stack = readTemplate(template(), BASE);

  test('gives the queues with their attributes', () => {
    expect(stack.queues).toEqual([
      {
        logicalId: 'JobQueue',
        name: 'jobs.fifo',
        url: `${BASE}/jobs.fifo`,
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '360',
          RedrivePolicy:
            '{"maxReceiveCount":1000,"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:Dead.fifo"}',
        },
      },
      {
        logicalId: 'Dead',
        name: 'Dead.fifo',
        url: `${BASE}/Dead.fifo`,
        attributes: { FifoQueue: 'true' },
      },
    ]);
  });

  test('gives the functions with their environment worked out', () => {
    expect(stack.functions).toEqual([
      {
        logicalId: 'Receive',
        name: 'earmark-local-receive',
        handler: 'receive',
        exportName: 'handler',
        timeoutMs: 10_000,
        memoryMb: 512,
        environment: {
          QUEUE_URL: `${BASE}/jobs.fifo`,
          DEAD_NAME: 'Dead.fifo',
          QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo',
          SUB: `${BASE}/jobs.fifo|arn:aws:sqs:us-east-1:000000000000:Dead.fifo|${BASE}/Dead.fifo|\${kept}`,
          JOINED: 'a-us-east-1',
          NUMBER: '5',
          SECRET: 'ssm:/earmark/dev/SECRET',
        },
      },
    ]);
  });

  test('gives what is wired to what', () => {
    expect(stack.routes).toEqual([
      { key: 'ANY /webhooks/{source}', functionId: 'Receive', timeoutMs: 29_000 },
    ]);
    expect(stack.mappings).toEqual([
      {
        functionId: 'Receive',
        queueUrl: `${BASE}/jobs.fifo`,
        batchSize: 7,
        concurrency: 3,
        reportsItemFailures: true,
      },
    ]);
  });

  test('gives no table and no schedule where there is none', () => {
    expect(stack).toMatchObject({ tables: [], schedules: [] });
  });
});

describe('a template with a table and a schedule', () => {
  const Table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'history',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
  };
  const rule = (properties: object) => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{ Id: 'r', Arn: { 'Fn::GetAtt': ['Receive', 'Arn'] } }],
      ...properties,
    },
  });

  test('gives the table as it is, and whoever refers to it its name', () => {
    const { Receive } = template().Resources;
    const Environment = { Variables: { HISTORY_TABLE: { Ref: 'Table' } } };
    const changed = { ...Receive, Properties: { ...Receive.Properties, Environment } };

    const { tables, functions } = readTemplate(template({ Table, Receive: changed }), BASE);

    expect(tables).toEqual([Table.Properties]);
    expect(functions[0]?.environment).toEqual({ HISTORY_TABLE: 'history' });
  });

  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('gives what %s runs, and how often', (ScheduleExpression, everyMs) => {
    const { schedules } = readTemplate(template({ Rule: rule({ ScheduleExpression }) }), BASE);

    expect(schedules).toEqual([{ functionId: 'Receive', everyMs }]);
  });

  test('leaves out a schedule that is switched off', () => {
    const { schedules } = readTemplate(template({ Rule: rule({ State: 'DISABLED' }) }), BASE);

    expect(schedules).toEqual([]);
  });

  test.each([
    ['that is no rate', { ScheduleExpression: 'cron(0 12 * * ? *)' }, /Rule cannot be run here/],
    ['of no function', { Targets: [{ Arn: 'arn:other' }] }, /Rule points at "arn:other"/],
  ])('refuses by name a schedule %s', (_, properties, message) => {
    expect(() => readTemplate(template({ Rule: rule(properties) }), BASE)).toThrow(message);
  });
});

test('a mapping that is switched off reads nothing', () => {
  const { Mapping } = template().Resources;
  const off = { ...Mapping, Properties: { ...Mapping.Properties, Enabled: false } };

  expect(readTemplate(template({ Mapping: off }), BASE).mappings).toEqual([]);
});

test.each([
  ['no template', 'nothing', /Resources|object/],
  [
    'a function without a handler',
    template({ Receive: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'r' } } }),
    /Receive cannot be run here: .*Handler/s,
  ],
  [
    'a route without its integration',
    template({ Integration: { Type: 'Other' } }),
    /Route has no integration "integrations\/Integration"/,
  ],
  [
    'an integration of no function',
    template({ Receive: { Type: 'Other' }, Mapping: { Type: 'Other' } }),
    /Route points at "Receive.Arn", which is no function/,
  ],
  [
    'a mapping of no queue',
    template({ JobQueue: { Type: 'Other' } }),
    /Mapping reads "JobQueue.Arn", which is no queue/,
  ],
])('%s is refused by name', (_, broken, message) => {
  expect(() => readTemplate(broken, BASE)).toThrow(message);
});
