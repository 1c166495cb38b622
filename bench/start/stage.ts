import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from '../../engine/template.ts';
import { SETTING_NAMES } from '../../lib/runtime/settings.ts';
import { sampleDelivery } from '../../samples/samples.ts';
import type { FunctionName } from '../../scripts/build.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { startAws } from './aws.ts';
import { checkLabelled, checkQueued, jobOf } from './check.ts';
import { httpApiEvent, recordOf } from './events.ts';

const SITE = '5a1e0000-0000-4000-8000-0000000000aa';
const PARAMETERS = '/earmark/bench';
const SECRET = 'a-token-of-the-benchmark';
const WIX_API_KEY = 'IST.a-key-of-the-benchmark';

/** One invocation: what goes in, and whether what came out is right. */
export interface Turn {
  readonly event: object;
  /** @throws Error when the answer, or what came of it, is wrong. */
  check(answer: unknown): void;
}

/** The world around a function's process: Parameter Store, SQS and Wix, over HTTP on this machine. */
export interface Stage {
  /** All of the process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * `receive`: a purchase of somebody new, with the token. `label`: the oldest job that a `receive` queued.
   * @throws Error when no job is queued
   */
  turn(name: FunctionName): Turn;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const secrets = { CUSTOM_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE, WIX_API_KEY };
  const aws = await startAws(
    new Map(Object.entries(secrets).map(([name, value]) => [`${PARAMETERS}/${name}`, value])),
  );
  const simulator = createWixSimulator({
    apiKey: WIX_API_KEY,
    siteId: SITE,
    requestsPerMinute: Number.POSITIVE_INFINITY,
  });
  const wix = await simulator.listen(0);
  const contactIds = new Map<string, string>();

  const turns: Readonly<Record<FunctionName, () => Turn>> = {
    receive() {
      const email = `${randomUUID()}@example.com`;
      contactIds.set(email, simulator.addContact({ email }));
      const buyer = { firstName: 'Margaret', lastName: 'Hamilton', email, phone: '+12025550106' };
      const sample = sampleDelivery('custom', { secret: SECRET, now: Date.now(), buyer });
      const before = aws.sent.length;
      const check = (answer: unknown) => checkQueued(answer, jobOf(aws.sent[before]?.body));
      return { event: httpApiEvent(sample.headers, sample.body), check };
    },
    label() {
      const message = aws.sent.shift();
      if (!message) throw new Error('No job is queued: `label` has its turn after `receive`.');
      const job = jobOf(message.body);
      const contactId = contactIds.get(job?.contact.email ?? '') ?? '';
      const check = (answer: unknown) =>
        checkLabelled(answer, job, simulator.labelNamesOf(contactId));
      return { event: { Records: [recordOf(message)] }, check };
    },
  };
  return {
    environment: environmentOf(aws.url, wix.url),
    turn: (name) => turns[name](),
    async close() {
      await Promise.all([aws.close(), wix.close()]);
    },
  };
}

/**
 * As serverless.yml and Lambda set it: credentials in the environment, secrets by their names in
 * Parameter Store. A home that is not there keeps the developer's ~/.aws out.
 */
export function environmentOf(awsUrl: string, wixUrl: string): Readonly<Record<string, string>> {
  const settings = SETTING_NAMES.map((name) => [name, `ssm:${PARAMETERS}/${name}`]);
  return {
    ...Object.fromEntries(settings),
    QUEUE_URL: `${awsUrl}/${ACCOUNT}/jobs.fifo`,
    DEAD_LETTER_QUEUE_URL: `${awsUrl}/${ACCOUNT}/dead-letters.fifo`,
    WIX_API_URL: wixUrl,
    WIX_REQUESTS_PER_MINUTE: '180',
    WORKER_CONCURRENCY: '2',
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIABENCHMARK',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_SESSION_TOKEN: 'benchmark',
    AWS_LAMBDA_FUNCTION_NAME: 'earmark-bench',
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
  };
}
