import * as z from 'zod';
import { METRICS } from '../lib/runtime/metrics.ts';
import { DashboardBody } from './dashboard-schema.ts';
import {
  alarmMetrics,
  alarmsOf,
  dashboardBody,
  type MetricUse,
  type MetricWidget,
  widgetMetrics,
} from './monitoring.ts';
import type { CloudFormationTemplate, TemplateCheck } from './template.ts';

/** The metrics that AWS emits for the services in use, by namespace. */
const AWS_METRICS: Readonly<Record<string, { dimensions: readonly string[]; names: RegExp }>> = {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html (checked 2026-11-22)
  'AWS/SQS': {
    dimensions: ['QueueName'],
    names:
      /^(?:ApproximateAgeOfOldestMessage|ApproximateNumberOfMessages(?:Delayed|NotVisible|Visible)|NumberOfMessages(?:Deleted|Received|Sent))$/,
  },
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html (checked 2026-11-22)
  'AWS/Lambda': {
    dimensions: ['FunctionName'],
    names: /^(?:Invocations|Errors|Throttles|Duration|ConcurrentExecutions)$/,
  },
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html (checked 2026-11-22)
  'AWS/ApiGateway': {
    dimensions: ['ApiId'],
    names: /^(?:4xx|5xx|Count|IntegrationLatency|Latency|DataProcessed)$/,
  },
  // Of those that a table has as a whole.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html (checked 2026-11-28)
  'AWS/DynamoDB': {
    dimensions: ['TableName'],
    names: /^(?:(?:ConsumedRead|ConsumedWrite)CapacityUnits|(?:Read|Write)ThrottleEvents)$/,
  },
};

/** Dimensions that name a resource of the stack: how they refer to it, and its type. */
const NAMES: Readonly<Record<string, { form: RegExp; type: string }>> = {
  FunctionName: { form: /^!Ref (\w+)$/, type: 'AWS::Lambda::Function' },
  QueueName: { form: /^!GetAtt (\w+)\.QueueName$/, type: 'AWS::SQS::Queue' },
  ApiId: { form: /^!Ref (\w+)$/, type: 'AWS::ApiGatewayV2::Api' },
  TableName: { form: /^!Ref (\w+)$/, type: 'AWS::DynamoDB::Table' },
};

type Widgets = z.infer<typeof DashboardBody>['widgets'];

const widgetsOf = (template: CloudFormationTemplate): Widgets =>
  DashboardBody.parse(dashboardBody(template)).widgets;

/** Every metric that an alarm or the dashboard names. */
export const metricsUsed = (template: CloudFormationTemplate): readonly MetricUse[] => [
  ...alarmsOf(template).flatMap(([name, alarm]) => alarmMetrics(name, alarm)),
  ...widgetsOf(template)
    .filter((widget): widget is Extract<typeof widget, MetricWidget> => widget.type === 'metric')
    .flatMap(widgetMetrics),
];

function metricProblems(template: CloudFormationTemplate, use: MetricUse): string[] {
  const { where, namespace, name, dimensions } = use;
  const ours = Object.entries(METRICS).find(
    ([one]) => namespace === 'Earmark' && one === name,
  )?.[1];
  const aws = AWS_METRICS[namespace];
  const known = ours?.dimensions ?? (aws?.names.test(name) ? aws.dimensions : undefined);
  if (!known) return [`${where}: nothing emits ${namespace} ${name}`];
  const given = Object.keys(dimensions);
  // With other dimensions it is another metric, one that never gets a value.
  if ([...given].sort().join() !== [...known].sort().join()) {
    return [`${where}: ${name} has the dimensions ${known.join(', ')}, not ${given.join(', ')}`];
  }
  return Object.entries(NAMES).flatMap(([dimension, { form, type }]) => {
    if (!given.includes(dimension)) return [];
    const id = form.exec(dimensions[dimension] ?? '')?.[1] ?? '';
    const found = template.Resources[id]?.Type === type;
    return found
      ? []
      : [`${where}: ${dimension} of ${name} is ${dimensions[dimension]}, no ${type}`];
  });
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
}

function attempt(work: () => readonly string[]): readonly string[] {
  try {
    return work();
  } catch (error) {
    return [error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message];
  }
}

/** Checks of the alarms and the dashboard. One that names a wrong metric would stay silent for ever. */
export const MONITORING_CHECKS: readonly TemplateCheck[] = [
  {
    title: 'the dashboard is of the form that CloudWatch takes',
    problems: (template) =>
      attempt(() => {
        widgetsOf(template);
        return [];
      }),
  },
  {
    title: 'every metric of an alarm or the dashboard is emitted, with just these dimensions',
    problems: (template) =>
      attempt(() => metricsUsed(template).flatMap((use) => metricProblems(template, use))),
  },
  {
    title: 'the dashboard shows every alarm',
    problems: (template) =>
      attempt(() => {
        const shown = JSON.stringify(widgetsOf(template).filter(({ type }) => type === 'alarm'));
        return alarmsOf(template)
          .filter(([name]) => !shown.includes(`"\${${name}.Arn}"`))
          .map(([name]) => `${name} is not shown`);
      }),
  },
  {
    title:
      'the expression of an alarm names metrics of the alarm, and is all that the alarm watches',
    problems: (template) =>
      alarmsOf(template).flatMap(([name, { Properties }]) => {
        const queries = (Properties.Metrics ?? []) as readonly Query[];
        const ids = queries.map(({ Id }) => Id);
        const named = queries.flatMap(
          ({ Expression = '' }) => Expression.match(/\b[a-z]\w*/g) ?? [],
        );
        const looked = queries.filter(({ ReturnData }) => ReturnData !== false);
        return [
          ...named.filter((id) => !ids.includes(id)).map((id) => `${name} has no metric ${id}`),
          ...(queries.length > 0 && !(looked.length === 1 && looked[0]?.Expression)
            ? [`${name} has to return its expression alone`]
            : []),
        ];
      }),
  },
  {
    title: 'each alarm notifies the topic, and its text names the chapter of the runbook',
    problems: (template) =>
      alarmsOf(template)
        .filter(([, { Properties }]) => {
          const { AlarmDescription: text, AlarmActions: actions } = Properties;
          return !(
            RUNBOOK.test(String(text)) && JSON.stringify(actions) === '[{"Ref":"AlarmTopic"}]'
          );
        })
        .map(([name]) => `${name} does not`),
  },
];

/** How an alarm's text ends. */
export const RUNBOOK = /\. What to do: docs\/operations\.md#([a-z0-9-]+)$/;
