import { SQSClient } from '@aws-sdk/client-sqs';
import { readState, statePath } from '../../engine/state.ts';
import type { SettingName } from '../../lib/runtime/settings.ts';
import { REGION } from '../../simulators/sqs/address.ts';
import { engineDeliveries } from './engine-deliveries.ts';
import { readLog, tailLog } from './engine-logs.ts';
import { NoEngine } from './failure.ts';
import type { Target } from './target.ts';

/** The engine that `npm start` runs on this machine. @throws CliFailure when none does */
export async function openEngine(env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const path = statePath(env);
  const state = await readState(path);
  if (state === undefined) throw new NoEngine(path);
  const { url, wixUrl, memoryId, queueUrl, deadLetterQueueUrl, settings, signingSecrets } = state;
  const { dynamoDbEndpoint, historyTable, historyYears, controlUrl } = state;
  const local = {
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const sqs = new SQSClient({ ...local, endpoint: state.sqsEndpoint });
  return {
    name: 'the local engine',
    kind: 'engine',
    url,
    ...(wixUrl && { simulatorUrl: wixUrl }),
    ...(controlUrl && { controlUrl }),
    ...(memoryId && { memoryId }),
    ...(state.rules && { rules: state.rules }),
    queueUrl,
    deadLetterQueueUrl,
    sqs,
    ...(historyTable &&
      dynamoDbEndpoint && {
        history: {
          table: historyTable,
          client: { ...local, endpoint: dynamoDbEndpoint },
          ...(historyYears && { years: historyYears }),
        },
      }),
    settings: async () => new Map(Object.entries(settings) as [SettingName, string][]),
    defaults: new Set(state.defaults),
    unread: state.unread,
    signingSecret: async (source) => signingSecrets[source],
    deliveries: (since) => engineDeliveries(path, since),
    logs: (query) => readLog(state.logFile, query),
    tail: (query) => tailLog(state.logFile, query),
    close: () => sqs.destroy(),
  };
}

/** How far the time of the engine that runs here is ahead of this machine's, in milliseconds. */
export async function engineAheadMs(env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return (await readState(statePath(env)))?.aheadMs ?? 0;
}
