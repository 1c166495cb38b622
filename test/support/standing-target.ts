import { dirname, join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Target } from '../../cli/kit/target.ts';
import type { SettingName } from '../../lib/runtime/settings.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import { startDynamo } from '../../simulators/store/dynalite.ts';
import { earmarkHere } from './earmark.ts';
import { DAY } from './facts.ts';
import { HISTORY_TABLE } from './history-table.ts';
import { API_KEY, SITE_ID } from './jobs.ts';
import { openStandingStage, type StandingStageOptions } from './standing-stage.ts';

const TICK_MS = 100;

/** Where the rules of the stage lie, unless the test has others. */
const STANDING_FOLDER = join(dirname(dirname(import.meta.dirname)), 'samples/standing');

/**
 * The real worker with standing labels, its histories in the stand-in for DynamoDB, and the `earmark` command on both.
 */
export async function openStandingTarget(options: StandingStageOptions = {}) {
  const dynamo = await startDynamo();
  const table = HISTORY_TABLE.TableName;
  await dynamo.create(HISTORY_TABLE);
  const stage = await openStandingStage({
    ...options,
    storeAt: (now) =>
      createHistoryStore({ client: dynamo.client, table, retentionMs: 5 * 365 * DAY, now }),
  });
  const { queueUrl, deadLetterQueueUrl, wixApiUrl } = stage.settings;
  const target: Target = {
    name: 'the stage of a test',
    kind: 'engine',
    url: 'http://127.0.0.1:1',
    queueUrl,
    deadLetterQueueUrl,
    sqs: stage.client,
    history: {
      table,
      years: '5',
      client: {
        endpoint: dynamo.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      },
    },
    settings: async () =>
      new Map<SettingName, string>([
        ['WIX_SITE_ID', SITE_ID],
        ['WIX_API_KEY', API_KEY],
        ['WIX_API_URL', wixApiUrl],
      ]),
    signingSecret: async () => undefined,
    logs: async () => [],
    async *tail() {},
    async *deliveries() {},
    close: () => {},
  };
  return {
    ...stage,
    target,
    /** Runs a command of `earmark`, at the stage's time, which goes on meanwhile: SQS is asked to wait. */
    async earmark(args: readonly string[], over: Partial<Target> = {}, cwd = STANDING_FOLDER) {
      const ticking = setInterval(() => stage.pass(TICK_MS), TICK_MS);
      const openTarget = async () => ({ ...target, ...over });
      return earmarkHere(args, { cwd, openTarget, now: stage.now }).finally(() =>
        clearInterval(ticking),
      );
    },
    /** All that the table holds, as text. */
    async scan(): Promise<readonly string[]> {
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: table }));
      return Items.map((item) => JSON.stringify(item));
    },
    async close(): Promise<void> {
      await stage.close();
      await dynamo.close();
    },
  };
}
export type StandingTarget = Awaited<ReturnType<typeof openStandingTarget>>;
