import { createSqsClient } from '../lib/queue/client.ts';
import { queueDepth } from '../lib/queue/depth.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { memoizeAsync } from '../lib/runtime/concurrency.ts';
import { lambdaHandler } from '../lib/runtime/middleware.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import { definitionsHash } from '../lib/standing/definitions-hash.ts';
import { createDynamoClient } from '../lib/store/client.ts';
import { createHistoryStore } from '../lib/store/dynamodb.ts';
import type { HistoryStore } from '../lib/store/store.ts';
import { readWakeSettings, type WakeSettings } from '../lib/waking/settings.ts';
import { createWaker, type Waker } from '../lib/waking/waker.ts';
import rules from '../rules.yml';

/** The definitions of standing labels in this bundle. */
const DEFINITIONS = definitionsHash(rules.labels ?? []);

/** One run of the schedule, whatever its event says. */
export const createHandler = (waker: () => Promise<Waker>) =>
  lambdaHandler<unknown, void>(async (_event, context) => {
    const run = await waker();
    await run(() => context.getRemainingTimeInMillis());
  });

/** What a run uses of the world outside; tests pass their own. */
export interface WakeDependencies {
  readonly client: QueueOptions['client'];
  readonly store: HistoryStore;
  readonly now: () => number;
}

/** The runs of one deployment. */
export function openWaker(
  { queueUrl, site, share }: Omit<WakeSettings, 'store'>,
  { client, store, now }: WakeDependencies,
  definitions = DEFINITIONS,
): Waker {
  // It sends no dead letter.
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl: '' });
  const depth = () => queueDepth(client, queueUrl);
  return createWaker({ site, store, queue, depth, definitions, share, now });
}

const productionDependencies = ({ store }: WakeSettings): WakeDependencies => ({
  client: createSqsClient(),
  store: createHistoryStore({ ...store, client: createDynamoClient(), now: Date.now }),
  now: Date.now,
});

export const handler = createHandler(
  memoizeAsync(async () => {
    const settings = await readWakeSettings(process.env, readParameters);
    return openWaker(settings, productionDependencies(settings));
  }),
);
