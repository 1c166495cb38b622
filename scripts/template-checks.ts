import { LEAST_TIMEOUT_MS, TIMEOUTS_OF_VISIBILITY } from '../lib/labelling/time.ts';
import { MONITORING_CHECKS } from './monitoring-checks.ts';
import { ROUTE_CHECKS } from './route-checks.ts';
import { STANDING_CHECKS } from './standing-checks.ts';
import type { TemplateCheck } from './template.ts';
import {
  deniesWithoutTls,
  environment,
  grantedParameters,
  isLiteral,
  isReadingSecrets,
  isReportingFailures,
  mappings,
  ofType,
  parametersOf,
  statements,
  target,
} from './template-parts.ts';

/** Settings whose value is public and may stand in the template. */
const PUBLIC_SETTINGS = [
  'WIX_API_URL',
  'WIX_REQUESTS_PER_MINUTE',
  'WORKER_CONCURRENCY',
  'HISTORY_YEARS',
  'KEEP_DELIVERIES',
];

/** Rules that the AWS validator does not know, or that are this project's own. */
export const TEMPLATE_CHECKS: readonly TemplateCheck[] = [
  {
    title: 'no role allows a wildcard action or resource, but for reading the secrets of sources',
    problems: (template) =>
      ofType(template, 'AWS::IAM::Role').flatMap(([role]) =>
        statements(template, role)
          .filter((one) => one.Effect === 'Allow')
          .filter((one) => JSON.stringify([one.Action, one.Resource]).includes('*'))
          .filter((one) => !isReadingSecrets(one))
          .map((one) => `${role} allows ${JSON.stringify(one.Action)} with a wildcard`),
      ),
  },
  {
    title: 'each function has a role of its own',
    problems: (template) => {
      const functions = ofType(template, 'AWS::Lambda::Function');
      const roles = functions.map(([, { Properties }]) => target(Properties.Role));
      return roles
        .filter((role, index) => roles.indexOf(role) !== index)
        .map((role) => `${role} is the role of several functions`);
    },
  },
  {
    title: 'no setting stands in the template: each is a reference or an ssm: path',
    problems: (template) =>
      ofType(template, 'AWS::Lambda::Function').flatMap(([name, resource]) =>
        Object.entries(environment(resource))
          .filter(([setting, value]) => !PUBLIC_SETTINGS.includes(setting) && isLiteral(value))
          .map(([setting]) => `${name} holds the value of ${setting}`),
      ),
  },
  {
    title: 'each function may read exactly the parameters it names',
    problems: (template) =>
      ofType(template, 'AWS::Lambda::Function').flatMap(([name, resource]) => {
        const named = parametersOf(resource);
        const granted = grantedParameters(template, resource);
        return [
          ...named
            .filter((path) => !granted.includes(path))
            .map((p) => `${name} may not read ${p}`),
          ...granted.filter((path) => !named.includes(path)).map((p) => `${name} may read ${p}`),
        ];
      }),
  },
  {
    title: 'both queues are encrypted',
    problems: (template) =>
      ofType(template, 'AWS::SQS::Queue')
        .filter(([, { Properties }]) => Properties.SqsManagedSseEnabled !== true)
        .map(([name]) => `${name} lacks SqsManagedSseEnabled`),
  },
  {
    title: 'the worker reports which messages failed',
    problems: (template) =>
      mappings(template)
        .filter(([, { FunctionResponseTypes }]) => !isReportingFailures(FunctionResponseTypes))
        .map(([name]) => `${name} lacks ReportBatchItemFailures: one failure repeats the batch`),
  },
  {
    title: 'no FIFO queue is read with a batching window, which AWS refuses',
    problems: (template) =>
      mappings(template)
        .filter(([, properties]) => 'MaximumBatchingWindowInSeconds' in properties)
        .map(([name]) => `${name} has MaximumBatchingWindowInSeconds`),
  },
  {
    title: 'a message is hidden for at least twice as long as its worker may run',
    problems: (template) =>
      mappings(template).flatMap(([name, { EventSourceArn, FunctionName }]) => {
        const visibility = template.Resources[target(EventSourceArn)]?.Properties.VisibilityTimeout;
        const timeout = template.Resources[target(FunctionName)]?.Properties.Timeout;
        return Number(visibility) >= TIMEOUTS_OF_VISIBILITY * Number(timeout)
          ? []
          : [
              `${name}: VisibilityTimeout ${visibility} s is below ${TIMEOUTS_OF_VISIBILITY} × ${timeout} s`,
            ];
      }),
  },
  {
    title: 'the worker may run long enough to make its calls and to finish',
    problems: (template) =>
      mappings(template).flatMap(([name, { FunctionName }]) => {
        const timeout = template.Resources[target(FunctionName)]?.Properties.Timeout;
        const least = LEAST_TIMEOUT_MS / 1000;
        return Number(timeout) >= least
          ? []
          : [`${name}: Timeout ${timeout} s is below ${least} s`];
      }),
  },
  {
    title: 'as many workers share the requests of a site as run at once',
    problems: (template) =>
      mappings(template).flatMap(([name, { FunctionName, ScalingConfig }]) => {
        const worker = template.Resources[target(FunctionName)];
        const share = worker && environment(worker).WORKER_CONCURRENCY;
        const { MaximumConcurrency } = (ScalingConfig ?? {}) as { MaximumConcurrency?: unknown };
        return Number(share) === Number(MaximumConcurrency)
          ? []
          : [`${name}: WORKER_CONCURRENCY ${share}, MaximumConcurrency ${MaximumConcurrency}`];
      }),
  },
  {
    title: 'queues, tables and logs of functions outlive the stack',
    problems: (template) =>
      ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::Logs::LogGroup']
        .flatMap((type) => ofType(template, type))
        // A parameter switches this one on and off: kept, it would hold its name when it is made again.
        .filter(([, { Condition }]) => Condition === undefined)
        .filter(
          ([, one]) => one.DeletionPolicy !== 'Retain' || one.UpdateReplacePolicy !== 'Retain',
        )
        .map(([name]) => `${name} is deleted with the stack, or when it is replaced`),
  },
  {
    title: 'no queue is used without TLS',
    problems: (template) => {
      const closed = ofType(template, 'AWS::SQS::QueuePolicy')
        .filter(([, { Properties }]) => deniesWithoutTls(Properties.PolicyDocument))
        .flatMap(([, { Properties }]) => (Properties.Queues as readonly unknown[]).map(target));
      return ofType(template, 'AWS::SQS::Queue')
        .filter(([name]) => !closed.includes(name))
        .map(([name]) => `${name} lacks a policy that denies requests without TLS`);
    },
  },
  ...ROUTE_CHECKS,
  ...STANDING_CHECKS,
  ...MONITORING_CHECKS,
];
