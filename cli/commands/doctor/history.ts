import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { parseJson } from '../../../lib/runtime/json.ts';
import { errorText } from '../../kit/failure.ts';
import type { Target } from '../../kit/target.ts';
import { many, span } from '../../kit/words.ts';
import { DEPLOY_AGAIN, type Diagnosis, fail, type HealthCheck, pass, warn } from './diagnosis.ts';

const ABOUT = 'Standing labels';
const RUNS_WITHIN_MS = 10 * 60_000;
/** The alarm `reviews-late` rings above it. */
const LATE_SECONDS = 1_800;

/** What a stage has besides the table itself; an emulator has neither. */
interface Upkeep {
  readonly recovery: string | undefined;
  readonly timeToLive: string | undefined;
}

export function judgeTable(
  table: TableDescription | undefined,
  upkeep?: Upkeep,
): readonly Diagnosis[] {
  const name = table?.TableName ?? 'the table';
  if (table?.TableStatus !== 'ACTIVE') {
    return [
      fail(
        `${name} is ${table?.TableStatus ?? 'not there'}`,
        'Wait a minute. If it stays so: docs/operations.md, "The store does not answer".',
      ),
    ];
  }
  const index = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === 'due');
  const problems: Diagnosis[] = [];
  if (index === undefined || (index.IndexStatus ?? 'ACTIVE') !== 'ACTIVE') {
    const what = `${name}: its index due is ${index?.IndexStatus ?? 'not there'}`;
    problems.push(fail(what, `No review is found. ${DEPLOY_AGAIN}`));
  }
  if (upkeep && upkeep.recovery !== 'ENABLED') {
    const what = `${name}: point-in-time recovery is off`;
    problems.push(warn(what, `What is lost there stays lost. ${DEPLOY_AGAIN}`));
  }
  if (upkeep && upkeep.timeToLive !== 'ENABLED') {
    const what = `${name}: its time to live is off`;
    problems.push(warn(what, `What is older than historyYears is not deleted. ${DEPLOY_AGAIN}`));
  }
  return problems.length > 0 ? problems : [pass(`${name} is there, as serverless.yml has it`)];
}

/** A line `wake`: the function writes one at each run. */
type WakeLine = Readonly<Record<string, unknown>>;

/** @param lines of the last minutes, oldest first @param whyNone what to do where there is none */
export function judgeRuns(lines: readonly WakeLine[], whyNone: Diagnosis): Diagnosis {
  const last = lines.at(-1);
  if (!last) return whyNone;
  if (typeof last.store === 'string') {
    return fail(
      `wake ran, and the store was ${last.store} to it`,
      'docs/operations.md, "The store does not answer", says what to do.',
    );
  }
  const late = Number(last.latenessSeconds ?? 0);
  if (late > LATE_SECONDS) {
    return warn(
      `wake runs, and a review is ${span(late * 1_000)} late`,
      'docs/operations.md, "Reviews are late", says why that may be.',
    );
  }
  return pass(
    `wake ran ${many(lines.length, 'time')} in the last 10 minutes, and no review is late`,
  );
}

/** @param stack of a stage; undefined for the engine */
export function historyChecks(
  target: Target,
  rules: RulesConfig | undefined,
  now: () => number,
  stack?: string,
): readonly HealthCheck[] {
  const { history } = target;
  if (history === undefined) {
    if (rules?.labels === undefined) return [];
    const advice = stack === undefined ? 'Start npm start again.' : 'Deploy again.';
    const what = 'rules.yml has `labels:`, and what runs there was made without them';
    return [{ about: ABOUT, name: 'the table', run: async () => [warn(what, advice)] }];
  }
  const isStage = stack !== undefined;
  return [
    { about: ABOUT, name: 'the table', run: (signal) => tableFindings(history, isStage, signal) },
    {
      about: ABOUT,
      name: 'the schedule',
      run: async (signal) => {
        const since = now() - RUNS_WITHIN_MS;
        if (isStage) return [await runsOfStage(stack, since, signal)];
        const lines = await target.logs({ anyOf: ['"message":"wake"'], since });
        const none = 'wake has not run in the last 10 minutes';
        return [judgeRuns(lines, warn(none, 'The engine runs it each minute: look again.'))];
      },
    },
  ];
}

async function tableFindings(
  { table: TableName, client: config }: NonNullable<Target['history']>,
  isStage: boolean,
  abortSignal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const client = new DynamoDBClient(config);
  try {
    const ask = { abortSignal };
    const { Table } = await client.send(new DescribeTableCommand({ TableName }), ask);
    if (!isStage) return judgeTable(Table);
    const [backups, life] = await Promise.all([
      client.send(new DescribeContinuousBackupsCommand({ TableName }), ask),
      client.send(new DescribeTimeToLiveCommand({ TableName }), ask),
    ]);
    return judgeTable(Table, {
      recovery:
        backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription
          ?.PointInTimeRecoveryStatus,
      timeToLive: life.TimeToLiveDescription?.TimeToLiveStatus,
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      return [fail(`there is no table ${TableName}`, DEPLOY_AGAIN)];
    }
    throw error;
  } finally {
    client.destroy();
  }
}

async function runsOfStage(
  stack: string,
  startTime: number,
  abortSignal: AbortSignal,
): Promise<Diagnosis> {
  const client = new CloudWatchLogsClient();
  try {
    const command = new FilterLogEventsCommand({
      logGroupName: `/aws/lambda/${stack}-wake`,
      startTime,
      filterPattern: '{ $.message = "wake" }',
    });
    const { events = [] } = await client.send(command, { abortSignal });
    const lines = events.map(({ message }) => (parseJson(message ?? '') ?? {}) as WakeLine);
    return judgeRuns(
      lines,
      fail(
        'wake has not run in the last 10 minutes, so no label changes by time alone',
        'docs/operations.md, "Wake fails", says what to do.',
      ),
    );
  } catch (error) {
    const what = `not known: whether wake runs. ${errorText(error)}`;
    return warn(what, 'Allow logs:FilterLogEvents on its log group.');
  } finally {
    client.destroy();
  }
}
