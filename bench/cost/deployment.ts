import { readTemplate } from '../../engine/template.ts';
import type { FunctionName } from '../../scripts/build.ts';
import type { CloudFormationResource, CloudFormationTemplate } from '../../scripts/template.ts';

type Throttles = Readonly<Record<string, { readonly ThrottlingRateLimit: number }>>;

/** How many metrics the alarms watch: AWS bills one of metric math by each. */
export const watchedMetrics = (resources: readonly CloudFormationResource[]): number =>
  resources
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ Properties: { Metrics } }) =>
      Array.isArray(Metrics) ? Metrics.filter((metric) => 'MetricStat' in metric) : ['its own'],
    ).length;

/**
 * The facts of a deployment's template that its cost depends on.
 * @throws Error when the template lacks a function
 */
export function readDeployment(template: CloudFormationTemplate) {
  const { functions, mappings } = readTemplate(template, '');
  const memoryOf = (name: FunctionName): number => {
    const found = functions.find(({ handler }) => handler === name);
    if (!found) throw new Error(`The template has no function with the handler ${name}.handler.`);
    return found.memoryMb;
  };
  const ofType = (type: string) =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties);
  const [stage] = ofType('AWS::ApiGatewayV2::Stage');
  const throttles = Object.values((stage?.RouteSettings ?? {}) as Throttles);
  // The folder of the described sources' secrets is no parameter.
  const settings = functions.flatMap(({ environment: { SOURCE_SECRETS: _, ...others } }) =>
    Object.values(others),
  );
  return {
    memoryMb: { receive: memoryOf('receive'), label: memoryOf('label') },
    /** How many processes of `label` run at once. */
    workers: mappings.reduce((sum, { concurrency }) => sum + concurrency, 0),
    /** What API Gateway lets through on each route. */
    requestsPerSecond: Math.max(...throttles.map((one) => one.ThrottlingRateLimit)),
    /** Each has a throttle of its own. */
    routes: throttles.length,
    fixed: {
      alarms: watchedMetrics(Object.values(template.Resources)),
      dashboards: ofType('AWS::CloudWatch::Dashboard').length,
      parameters: new Set(settings.filter((value) => value.startsWith('ssm:'))).size,
    },
  };
}
