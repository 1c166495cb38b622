import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Engine, startEngine } from '../engine/engine.ts';
import { readLocalSettings } from '../engine/settings.ts';
import { SHOP_RULES } from '../samples/shop.ts';
import { buildFunctions } from '../scripts/build.ts';
import { compileTemplate } from '../scripts/template.ts';
import { finish, readOptions, table } from './command.ts';
import {
  buyerAt,
  type LoadOrder,
  type Posted,
  peakMemory,
  percentile,
  wallClock,
} from './measure.ts';
import { post } from './post.ts';

const HELP = `npm run bench:flow: from a webhook to a label, under load, on this machine.

Starts the local engine with the site's rate limit and the workers' own lifted, posts signed Shopify purchases of
distinct customers when they are due, and measures the answer and the label, each from the moment its
post was due. Exits with 1 when a purchase is lost or a limit is passed.

  --rate 50       posts a second
  --seconds 30    for how long
  --json          print one JSON object
  --help`;

const ANSWER_LIMIT_MS = 100;
const LABEL_LIMIT_MS = 1_000;
/** As `npm start` delivers samples first, so that the first purchases do not find cold processes. */
const WARM_UP = 20;
/** How long the last labels may take after the last answer before they count as lost. */
const PATIENCE_MS = 15_000;

interface FlowOptions {
  readonly rate: number;
  readonly seconds: number;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface FlowResult extends FlowOptions {
  readonly posted: number;
  readonly answered: number;
  readonly labelled: number;
  readonly lost: number;
  readonly deadLetters: number;
  readonly answerMs: Latency;
  readonly labelMs: Latency;
  /** MiB: the engine's process (queue, simulated Wix and gateway in one), and the largest of each function. */
  readonly peakMemory: Readonly<Record<'engine' | 'receive' | 'label', number | undefined>>;
}

async function run({ rate, seconds }: FlowOptions): Promise<FlowResult> {
  const bundles = await buildFunctions({ outDir: resolve('.earmark/bench'), rules: SHOP_RULES });
  const template = await compileTemplate({ rules: SHOP_RULES });
  const settings = readLocalSettings({
    PORT: '0',
    WIX_SIMULATOR_PORT: '0',
    WIX_REQUESTS_PER_MINUTE: '1000000',
  });
  const labelledAt = new Map<string, number>();
  const engine = await startEngine({
    bundles,
    template,
    settings,
    simulator: {
      requestsPerMinute: Number.POSITIVE_INFINITY,
      onContactUpdated: ({ contactId, addedLabelKeys }) => {
        if (addedLabelKeys.length > 0 && !labelledAt.has(contactId)) {
          labelledAt.set(contactId, wallClock());
        }
      },
    },
    onError: (error) => console.error(error),
  });
  try {
    const count = rate * seconds;
    const contacts = Array.from({ length: count + WARM_UP }, (_, number) =>
      engine.wix?.simulator.addContact(buyerAt(number)),
    );
    const order = { url: engine.url, secret: settings.signingSecrets.shopify ?? '', rate, seconds };
    const labelled = (expected: number) => waitFor(() => labelledAt.size >= expected);
    for (let number = count; number < count + WARM_UP; number += 2) {
      await Promise.all([post(number, order), post(number + 1, order)]);
    }
    await labelled(WARM_UP);
    const posts = await load(order);
    await labelled(WARM_UP + count);

    const answered = posts.filter(({ status }) => status === 200);
    const labelTimes = posts.flatMap(({ number, dueAt }) => {
      const at = labelledAt.get(contacts[number] ?? '');
      return at === undefined ? [] : [at - dueAt];
    });
    return {
      rate,
      seconds,
      posted: posts.length,
      answered: answered.length,
      labelled: labelTimes.length,
      lost: posts.length - labelTimes.length,
      deadLetters: await deadLetters(engine),
      answerMs: latency(answered.map(({ dueAt, answeredAt }) => answeredAt - dueAt)),
      labelMs: latency(labelTimes),
      peakMemory: {
        engine: peakMemory(process.pid),
        receive: largest(engine.pids('receive')),
        label: largest(engine.pids('label')),
      },
    };
  } finally {
    await engine.stop();
  }
}

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = wallClock() + PATIENCE_MS;
  while (!condition() && wallClock() < deadline) await sleep(20);
}

async function load(order: LoadOrder): Promise<readonly Posted[]> {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)));
  child.send(order);
  const [posts] = await Promise.race([
    once(child, 'message'),
    once(child, 'disconnect').then(() => {
      throw new Error('The process that makes the load ended before it was done.');
    }),
  ]);
  return posts;
}

async function deadLetters(engine: Engine): Promise<number> {
  const { Attributes = {} } = await engine.queues.client.send(
    new GetQueueAttributesCommand({ QueueUrl: engine.deadLetterQueueUrl, AttributeNames: ['All'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}

function latency(values: readonly number[]): Latency {
  const at = (share: number) => Math.round(percentile(values, share) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function largest(pids: readonly number[]): number | undefined {
  const peaks = pids.flatMap((pid) => peakMemory(pid) ?? []);
  return peaks.length > 0 ? Math.max(...peaks) : undefined;
}

function checksOf(result: FlowResult) {
  const { lost, answered, posted, deadLetters, answerMs, labelMs } = result;
  return [
    {
      passed: lost === 0 && answered === posted && deadLetters === 0,
      what: 'nothing lost',
    },
    {
      passed: answerMs.p99 < ANSWER_LIMIT_MS,
      what: `p99 of the answer under ${ANSWER_LIMIT_MS} ms`,
    },
    { passed: labelMs.p99 < LABEL_LIMIT_MS, what: `p99 of the label under ${LABEL_LIMIT_MS} ms` },
  ];
}

function report(result: FlowResult): string {
  const { rate, seconds, posted, answered, labelled, lost, deadLetters, peakMemory } = result;
  const latencies = Object.entries({ answer: result.answerMs, label: result.labelMs }).map(
    ([name, { p50, p99, max }]) => [name, ...[p50, p99, max].map((ms) => ms.toFixed(1))],
  );
  const memory = Object.entries(peakMemory).map(
    ([name, size]) => `${name} ${size === undefined ? 'unknown' : `${Math.round(size)} MiB`}`,
  );
  return [
    `${rate} purchases a second for ${seconds} s, after ${WARM_UP} to warm up`,
    `${posted} posted, ${answered} answered 200, ${labelled} labelled, ${lost} lost, ${deadLetters} dead letters`,
    '',
    table([['ms', 'p50', 'p99', 'max'], ...latencies]),
    '',
    `peak memory: ${memory.join(', ')}`,
    '',
    ...checksOf(result).map(({ passed, what }) => `${passed ? 'PASS' : 'FAIL'} ${what}`),
  ].join('\n');
}

const { json, ...options } = readOptions(HELP, {
  rate: { usual: 50, least: 1 },
  seconds: { usual: 30, least: 1 },
});
const result = await run(options);
finish(json, result, report(result), checksOf(result));
