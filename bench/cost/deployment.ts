import type { Fixed } from '../../cost/measured.ts';
import { readTemplate } from '../../engine/template.ts';
import type { FunctionName } from '../../scripts/build.ts';
import type { CloudFormationResource, CloudFormationTemplate } from '../../scripts/template.ts';

/** The facts of a deployment's template that its cost depends on. */
export interface Deployment extends Fixed {
  readonly memoryMb: Readonly<Record<FunctionName, number>>;
  /** How many processes of `label` run at once. */
  readonly workers: number;
  /** What API Gateway lets through for each source. */
  readonly requestsPerSecond: number;
  /** How many sources have a route. */
  readonly sources: number;
}

type Throttles = Readonly<Record<string, { readonly ThrottlingRateLimit: number }>>;

/** How many metrics an alarm watches: AWS bills one of metric math by each. */
function metricsOf({ Properties: { Metrics } }: CloudFormationResource): number {
  if (!Array.isArray(Metrics)) return 1;
  return Metrics.filter((metric) => 'MetricStat' in metric).length;
}

/** @throws Error when the template lacks a function or the stage of the HTTP API */
export function readDeployment(template: CloudFormationTemplate): Deployment {
  const { functions, mappings } = readTemplate(template, '');
  const memoryOf = (name: FunctionName): number => {
    const found = functions.find(({ handler }) => handler === name);
    if (!found) throw new Error(`The template has no function with the handler ${name}.handler.`);
    return found.memoryMb;
  };
  const settings = functions.flatMap(({ environment }) => Object.values(environment));
  const ofType = (type: string) =>
    Object.values(template.Resources).filter(({ Type }) => Type === type);
  const [stage] = ofType('AWS::ApiGatewayV2::Stage');
  const throttles = Object.values((stage?.Properties.RouteSettings ?? {}) as Throttles);
  return {
    memoryMb: { receive: memoryOf('receive'), label: memoryOf('label') },
    workers: mappings.reduce((sum, { concurrency }) => sum + concurrency, 0),
    requestsPerSecond: Math.max(...throttles.map((one) => one.ThrottlingRateLimit)),
    sources: throttles.length,
    alarms: ofType('AWS::CloudWatch::Alarm').reduce((sum, each) => sum + metricsOf(each), 0),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    parameters: new Set(settings.filter((value) => value.startsWith('ssm:'))).size,
  };
}
