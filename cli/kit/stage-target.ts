import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readParameters } from '../../lib/runtime/parameters.ts';
import { resolveSettings, SETTING_NAMES } from '../../lib/runtime/settings.ts';
import { signingSecret } from '../../lib/sources/signing/secrets.ts';
import { awsFailure, CliFailure, EXIT } from './failure.ts';
import { stageDeliveries } from './stage-deliveries.ts';
import { queryLogs } from './stage-logs.ts';
import { tailStage } from './stage-tail.ts';
import type { Target, TargetOptions } from './target.ts';

/** What `serverless.yml` calls itself; stacks and log groups are named after it. */
const SERVICE = 'earmark';

/**
 * A stage that was deployed, by the outputs of its stack. Credentials are those of the AWS CLI: the
 * environment, a profile, SSO.
 * @throws CliFailure when there is no such stack, or it may not be read
 */
export async function openStage({ stage = 'dev', region }: TargetOptions): Promise<Target> {
  // The functions' own code, used below, takes the region from here, too.
  if (region !== undefined) process.env.AWS_REGION = region;
  const { outputs, deployedAt } = await stackOf(`${SERVICE}-${stage}`);
  const sqs = new SQSClient();
  const place = await sqs.config.region();
  const settings = () => settingsOf(stage);
  const alarmTopicArn = outputs.get('AlarmTopicArn');
  const table = outputs.get('HistoryTableName');
  const years = outputs.get('HistoryYears');
  const hash = outputs.get('RulesHash');
  return {
    name: `stage ${stage} in ${place}`,
    kind: 'stage',
    url: output(outputs, 'WebhookUrl').replace(/\/webhooks\/\{source\}$/, ''),
    queueUrl: output(outputs, 'QueueUrl'),
    deadLetterQueueUrl: output(outputs, 'DeadLetterQueueUrl'),
    sqs,
    ...(table !== undefined && { history: { table, client: {}, ...(years && { years }) } }),
    ...(alarmTopicArn !== undefined && { alarmTopicArn }),
    ...(hash !== undefined && { rules: { hash, since: deployedAt } }),
    settings,
    async signingSecret(source) {
      const { knownSource, secretSettingOf } = await import('../../lib/sources/index.ts');
      // A stage holds Wix's public key alone: nobody but Wix can sign for it.
      if (source === 'wix') return undefined;
      return signingSecret(knownSource(source), (await settings()).get(secretSettingOf(source)));
    },
    logs: (query) => queryLogs(`/aws/lambda/${SERVICE}-${stage}`, query, {}),
    tail: (query) => tailStage(`/aws/lambda/${SERVICE}-${stage}`, query),
    deliveries: (since, signal) =>
      stageDeliveries(`/aws/lambda/${SERVICE}-${stage}-receive`, since, signal),
    close: () => sqs.destroy(),
  };
}

/** A stage keeps every setting under its own path; one that is not set has no parameter. */
async function settingsOf(stage: string) {
  const { secretSettingOf, sourceNames } = await import('../../lib/sources/index.ts');
  const names = [...new Set([...SETTING_NAMES, ...sourceNames().map(secretSettingOf)])];
  const env = Object.fromEntries(names.map((name) => [name, `ssm:/${SERVICE}/${stage}/${name}`]));
  return resolveSettings(env, names, readParameters);
}

/** Its outputs, and when it was last made or changed (ISO 8601). */
async function stackOf(stack: string) {
  const client = new CloudFormationClient();
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const { Outputs = [], CreationTime, LastUpdatedTime } = Stacks[0] ?? {};
    return {
      outputs: new Map(
        Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
      deployedAt: (LastUpdatedTime ?? CreationTime)?.toISOString() ?? '',
    };
  } catch (error) {
    throw awsFailure(`The stack ${stack} could not be read: `, error);
  } finally {
    client.destroy();
  }
}

function output(outputs: ReadonlyMap<string, string>, key: string): string {
  const value = outputs.get(key);
  if (value) return value;
  throw new CliFailure(
    `The stack has no output ${key}. Deploy this version: npx serverless deploy`,
    EXIT.unreachable,
  );
}
