import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type LabelSettings, readLabelSettings } from '../lib/labelling/settings.ts';
import { type HistoryOptions, withHistory } from '../lib/labelling/standing/with-history.ts';
import { createWorker, type Worker } from '../lib/labelling/worker.ts';
import { createSqsClient } from '../lib/queue/client.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { SYSTEM, steadyClock, type TimeAndChance } from '../lib/runtime/clock.ts';
import { memoizeAsync } from '../lib/runtime/concurrency.ts';
import { type Fetch, fetchOverHttp } from '../lib/runtime/fetch.ts';
import { lambdaHandler } from '../lib/runtime/middleware.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import { compileLabels } from '../lib/standing/compile.ts';
import { createDynamoClient } from '../lib/store/client.ts';
import { createHistoryStore } from '../lib/store/dynamodb.ts';
import { readStoreSettings } from '../lib/store/settings.ts';
import { createWix } from '../lib/wix/site.ts';
import rules from '../rules.yml';

/** Processes a batch of the jobs queue and answers with the records that SQS is to keep. */
export const createHandler = (worker: () => Promise<Worker>) =>
  lambdaHandler<SQSEvent, SQSBatchResponse>(async ({ Records }, context) => {
    const work = await worker();
    return work(Records, () => context.getRemainingTimeInMillis());
  });

/** The worker of one deployment; what it learns of a site it remembers for the life of the process. */
export function openWorker(
  settings: LabelSettings,
  dependencies: WorkerDependencies = productionDependencies(),
): Worker {
  const { queueUrl, deadLetterQueueUrl, wixApiUrl, credentials } = settings;
  const { client, now, random } = dependencies;
  const clock = steadyClock(now);
  const limit = Math.floor(settings.requestsPerMinute / settings.workers);
  const openSite = createWix({ ...dependencies, baseUrl: wixApiUrl, credentials, limit, clock });
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  if (process.env.STANDING_LABELS !== 'off' && dependencies.history) {
    const { labels, store } = dependencies.history;
    const withStanding = withHistory(openSite, { labels, store, now, random });
    return createWorker({ openSite: withStanding, queue, now, clock, random });
  }
  return createWorker({ openSite, queue, now, clock, random });
}

/** What a worker uses of the world outside; tests pass their own. */
export interface WorkerDependencies extends Omit<TimeAndChance, 'clock'> {
  readonly client: QueueOptions['client'];
  readonly fetch: Fetch;
  /** Standing labels, and the store of histories; absent where rules.yml has none. */
  readonly history?: Pick<HistoryOptions, 'labels' | 'store'>;
}

/** Standing labels of rules.yml and the store of histories, as the worker of a deployment uses them. */
function openHistory(): NonNullable<WorkerDependencies['history']> {
  const { table, retentionMs } = readStoreSettings(process.env);
  const store = createHistoryStore({
    client: createDynamoClient(),
    table,
    retentionMs,
    now: SYSTEM.now,
  });
  return { labels: compileLabels(rules.labels ?? [], { retentionMs }), store };
}

const productionDependencies = (): WorkerDependencies => ({
  ...SYSTEM,
  client: createSqsClient(),
  fetch: fetchOverHttp,
});

export const handler = createHandler(
  memoizeAsync(async () =>
    process.env.STANDING_LABELS !== 'off' && rules.labels
      ? openWorker(await readLabelSettings(process.env, readParameters), {
          ...productionDependencies(),
          history: openHistory(),
        })
      : openWorker(await readLabelSettings(process.env, readParameters)),
  ),
);
