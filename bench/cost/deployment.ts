import { readTemplate } from '../../local/template.ts';
import type { FunctionName } from '../../scripts/build.ts';
import type { CloudFormationTemplate } from '../../scripts/template.ts';

/** What of a deployment's template has to do with its cost. */
export interface Deployment {
  readonly memoryMb: Readonly<Record<FunctionName, number>>;
  /** How many processes of `label` run at once. */
  readonly workers: number;
  /** What API Gateway lets through. */
  readonly requestsPerSecond: number;
  /** Alarms of one metric each. */
  readonly alarms: number;
  /** Parameters that the functions are told to read. */
  readonly parameters: number;
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
  const limits = stage?.Properties.DefaultRouteSettings as { ThrottlingRateLimit: number };
  return {
    memoryMb: { receive: memoryOf('receive'), label: memoryOf('label') },
    workers: mappings.reduce((sum, { concurrency }) => sum + concurrency, 0),
    requestsPerSecond: limits.ThrottlingRateLimit,
    alarms: ofType('AWS::CloudWatch::Alarm').length,
    parameters: new Set(settings.filter((value) => value.startsWith('ssm:'))).size,
  };
}
