import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Engine, startEngine } from '../engine/engine.ts';
import { readLocalSettings } from '../engine/settings.ts';
import { SHOP_RULES } from '../samples/shop.ts';
import { buildFunctions } from '../scripts/build.ts';
import { compileTemplate } from '../scripts/template.ts';
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

const OPTIONS = {
  rate: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '30' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(1);
  }
}
const options = readOptions();

interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Result {
  readonly rate: number;
  readonly seconds: number;
  readonly posted: number;
  readonly answered: number;
  readonly labelled: number;
  readonly lost: number;
  readonly deadLetters: number;
  readonly answerMs: Latency;
  readonly labelMs: Latency;
  /** MiB: the engine's process (queue, simulated Wix and front in one), and the largest of each function. */
  readonly peakMemory: Readonly<Record<'engine' | 'receive' | 'label', number | undefined>>;
}

async function run(rate: number, seconds: number): Promise<Result> {
  const bundles = await buildFunctions({ outDir: resolve('.earmark/bench'), rules: SHOP_RULES });
  const template = await compileTemplate();
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

function checksOf(result: Result): readonly (readonly [boolean, string])[] {
  const { lost, answered, posted, deadLetters, answerMs, labelMs } = result;
  return [
    [lost === 0 && answered === posted && deadLetters === 0, 'nothing lost'],
    [answerMs.p99 < ANSWER_LIMIT_MS, `p99 of the answer under ${ANSWER_LIMIT_MS} ms`],
    [labelMs.p99 < LABEL_LIMIT_MS, `p99 of the label under ${LABEL_LIMIT_MS} ms`],
  ];
}

function report(result: Result): string {
  const { rate, seconds, posted, answered, labelled, lost, deadLetters, peakMemory } = result;
  const row = (name: string, { p50, p99, max }: Latency) =>
    [name.padEnd(8), ...[p50, p99, max].map((ms) => ms.toFixed(1).padStart(9))].join('');
  const memory = Object.entries(peakMemory).map(
    ([name, size]) => `${name} ${size === undefined ? 'unknown' : `${Math.round(size)} MiB`}`,
  );
  return [
    `${rate} purchases a second for ${seconds} s, after ${WARM_UP} to warm up`,
    `${posted} posted, ${answered} answered 200, ${labelled} labelled, ${lost} lost, ${deadLetters} dead letters`,
    '',
    '     ms       p50      p99      max',
    row('answer', result.answerMs),
    row('label', result.labelMs),
    '',
    `peak memory: ${memory.join(', ')}`,
    '',
    ...checksOf(result).map(([passed, what]) => `${passed ? 'PASS' : 'FAIL'} ${what}`),
  ].join('\n');
}

const rate = Number(options.rate);
const seconds = Number(options.seconds);
if (options.help) console.log(HELP);
else if (!(Number.isInteger(rate * seconds) && rate > 0 && seconds > 0)) {
  console.error('--rate and --seconds must be positive numbers whose product is whole.');
  process.exitCode = 2;
} else {
  const result = await run(rate, seconds);
  const checks = checksOf(result);
  const passed = checks.every(([ok]) => ok);
  console.log(options.json ? JSON.stringify({ ...result, passed }, null, 2) : report(result));
  process.exitCode = passed ? 0 : 1;
}
