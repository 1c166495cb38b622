import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { type MappingSpec, readTemplate } from '../../../engine/template.ts';
import { errorText } from '../../kit/failure.ts';
import { environmentOf, type Target } from '../../kit/target.ts';
import { DEPLOY_AGAIN, type Diagnosis, fail, pass, warn } from './diagnosis.ts';

type FunctionEnvironment = NodeJS.ProcessEnv;

/** The functions of a target, as far as they can be known from outside. */
export interface Functions {
  readonly receive: FunctionEnvironment;
  readonly label: FunctionEnvironment;
  readonly workerTimeoutSeconds: number;
  /** What invokes `label`; undefined for the engine, which runs what serverless.yml says. */
  readonly mappings?: readonly MappingSpec[];
  /** Why the deployed template is not known. */
  readonly problem?: string;
}

/** As serverless.yml has it; a test holds the two together. */
export const WORKER_TIMEOUT_SECONDS = 60;

/**
 * The functions as they were deployed, by the template of their stack. Those of the engine, and those of a
 * stack whose template may not be read, by the settings of the target.
 */
export async function functionsOf(
  target: Target,
  stack: string,
  abortSignal: AbortSignal,
): Promise<Functions> {
  if (target.kind === 'engine') return bySettings(target);
  const client = new CloudFormationClient();
  try {
    const command = new GetTemplateCommand({ StackName: stack, TemplateStage: 'Processed' });
    const { TemplateBody = '{}' } = await client.send(command, { abortSignal });
    return deployedFunctions(JSON.parse(TemplateBody), {
      QUEUE_URL: target.queueUrl,
      DEAD_LETTER_QUEUE_URL: target.deadLetterQueueUrl,
    });
  } catch (error) {
    return { ...(await bySettings(target)), problem: errorText(error) };
  } finally {
    client.destroy();
  }
}

async function bySettings(target: Target): Promise<Functions> {
  const environment = await environmentOf(target);
  return {
    receive: environment,
    label: environment,
    workerTimeoutSeconds: WORKER_TIMEOUT_SECONDS,
  };
}

/** @param template the CloudFormation template of a stack */
export function deployedFunctions(template: unknown, queues: FunctionEnvironment): Functions {
  const { functions, mappings } = readTemplate(template, '');
  const of = (handler: string) => functions.find((each) => each.handler === handler);
  const [receive, label] = [of('receive'), of('label')];
  return {
    receive: { ...receive?.environment, ...queues },
    label: { ...label?.environment, ...queues },
    workerTimeoutSeconds: (label?.timeoutMs ?? 0) / 1000,
    mappings: mappings.filter(({ functionId }) => functionId === label?.logicalId),
  };
}

/** What invokes `label`, compared with what serverless.yml has. */
export function judgeMappings({ mappings, label, problem }: Functions): readonly Diagnosis[] {
  if (problem !== undefined) {
    const what = `the template that was deployed could not be read: ${problem}`;
    return [warn(what, 'How label is invoked is not known. Allow cloudformation:GetTemplate.')];
  }
  if (mappings === undefined) return [];
  const [mapping] = mappings;
  if (!mapping) {
    return [
      fail(
        'label: nothing reads the jobs queue (no event source mapping is enabled)',
        DEPLOY_AGAIN,
      ),
    ];
  }
  const findings: Diagnosis[] = [];
  if (!mapping.reportsItemFailures) {
    const what = 'label: its event source mapping lacks ReportBatchItemFailures';
    findings.push(fail(what, `Jobs to be tried again are deleted. ${DEPLOY_AGAIN}`));
  }
  const workers = Number(label.WORKER_CONCURRENCY ?? mapping.concurrency);
  if (workers !== mapping.concurrency) {
    const what = `label: ${mapping.concurrency} run at once, and WORKER_CONCURRENCY is ${workers}`;
    const advice = `Each takes its share of the site's requests by that number. ${DEPLOY_AGAIN}`;
    findings.push(fail(what, advice));
  }
  if (findings.length > 0) return findings;
  return [pass(`label reads the jobs queue, ${mapping.concurrency} at once, as it was deployed`)];
}
