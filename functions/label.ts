import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type LabelSettings, readLabelSettings } from '../lib/labelling/settings.ts';
import { createWorker, type Worker } from '../lib/labelling/worker.ts';
import { createSqsClient } from '../lib/queue/client.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { steadyClock } from '../lib/runtime/clock.ts';
import { type Fetch, fetchOverHttp } from '../lib/runtime/fetch.ts';
import {
  logContext,
  OWN_DEADLINE,
  publishMetrics,
  withInvocation,
} from '../lib/runtime/middleware.ts';
import { once } from '../lib/runtime/once.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import { createWix } from '../lib/wix/site.ts';

/** What of the world outside a worker uses; tests pass their own. */
export interface World {
  readonly client: QueueOptions['client'];
  readonly fetch: Fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** A signal that aborts with a TimeoutError after so many milliseconds. */
  readonly timeoutSignal: (ms: number) => AbortSignal;
}

const THE_WORLD = (): World => ({
  client: createSqsClient(),
  fetch: fetchOverHttp,
  now: Date.now,
  random: Math.random,
  sleep,
  timeoutSignal: (ms) => AbortSignal.timeout(ms),
});

/** The worker of one deployment; what it learns of a site it remembers for the life of the process. */
export function openWorker(settings: LabelSettings, world: World = THE_WORLD()): Worker {
  const { queueUrl, deadLetterQueueUrl, wixApiUrl, credentials } = settings;
  const { client, now, random } = world;
  const clock = steadyClock(now);
  const limit = Math.floor(settings.requestsPerMinute / settings.workers);
  const openSite = createWix({ ...world, baseUrl: wixApiUrl, credentials, limit, clock });
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  return createWorker({ openSite, queue, now, clock, random });
}

/** Processes a batch of the jobs queue and answers with the records that SQS is to keep. */
export const createHandler = (worker: () => Promise<Worker>) =>
  withInvocation(
    middy<SQSEvent, SQSBatchResponse>(OWN_DEADLINE)
      .use(logContext())
      .use(publishMetrics())
      .handler(async ({ Records }, context) => {
        const work = await worker();
        return work(Records, () => context.getRemainingTimeInMillis());
      }),
  );

const start = once(async () => openWorker(await readLabelSettings(process.env, readParameters)));

export const handler = createHandler(start);
