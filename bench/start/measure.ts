import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SHOP_RULES } from '../../samples/shop.ts';
import { buildFunctions, FUNCTION_NAMES, type FunctionName } from '../../scripts/build.ts';
import {
  type Customers,
  checkQueued,
  createCustomers,
  inBatches,
  purchaseEvent,
} from '../events.ts';
import { percentile } from '../measure.ts';
import { type Peers, startPeers } from '../peers.ts';
import { type ProcessReport, runCold } from '../process/cold.ts';
import { buildTextbook } from './textbook.ts';

const EMPTY = join(import.meta.dirname, 'empty.cjs');

export const BUILDS = ['textbook', 'earmark'] as const;
type Build = (typeof BUILDS)[number];

/** Of each bundle alone, not zipped. */
export type Size = { readonly function: FunctionName } & Readonly<Record<Build, number>>;

export interface StartResult {
  readonly rows: readonly StartRow[];
  readonly sizes: readonly Size[];
}

type Bundles = Readonly<Record<Build, Readonly<Record<FunctionName, string>>>>;

/**
 * Builds everything and measures `runs` cold starts of each program in turn, so that other work of the
 * machine slows all of them.
 * @throws Error when an answer is wrong, because its time says nothing then
 */
export async function measureStart({
  runs,
  outDir = resolve('.earmark/bench/start'),
  progress = () => {},
}: {
  readonly runs: number;
  readonly outDir?: string;
  readonly progress?: (text: string) => void;
}): Promise<StartResult> {
  progress('building');
  const bundles = {
    textbook: await buildTextbook(join(outDir, 'textbook')),
    earmark: await buildFunctions({ outDir: join(outDir, 'earmark'), rules: SHOP_RULES }),
  };
  const rounds: Awaited<ReturnType<typeof playRound>>[] = [];
  const peers = await startPeers();
  const customers = createCustomers(peers.wix);
  try {
    for (let run = 0; run <= runs; run++) {
      progress(run === 0 ? 'warming up' : `run ${run} of ${runs}`);
      const builds = run % 2 === 0 ? BUILDS : BUILDS.toReversed();
      rounds.push(await playRound(peers, customers, bundles, builds));
    }
  } finally {
    progress('');
    await peers.close();
  }
  // The first round only brings the files into memory.
  const counted = rounds.slice(1);
  const of = (name: FunctionName, build: Build) => counted.map((round) => round[name][build]);
  const empty = counted.map((round) => round.empty);
  return {
    rows: FUNCTION_NAMES.flatMap((name) =>
      judge(name, { empty, textbook: of(name, 'textbook'), earmark: of(name, 'earmark') }),
    ),
    sizes: await Promise.all(
      FUNCTION_NAMES.map(async (name) => ({
        function: name,
        textbook: (await stat(bundles.textbook[name])).size,
        earmark: (await stat(bundles.earmark[name])).size,
      })),
    ),
  };
}

/**
 * One cold start of each program: each `receive` gets an order of somebody new, and the `label` of the same
 * build its job.
 * @throws Error when an answer is wrong
 */
export async function playRound(
  { environment, takeJobs, wix }: Peers,
  customers: Customers,
  bundles: Bundles,
  builds: readonly Build[],
) {
  const empty: ColdStart = await runCold(EMPTY, [{}], environment());
  const receive = {} as Record<Build, ColdStart>;
  const label = {} as Record<Build, ColdStart>;
  for (const build of builds) {
    const { number, contactId } = customers.next();
    const received = await runCold(bundles[build].receive, [purchaseEvent(number)], environment());
    checkQueued(received.answer);
    const [job, ...others] = takeJobs();
    const names: readonly string[] = job && others.length === 0 ? JSON.parse(job.body).add : [];
    if (!job || names.length === 0) throw new Error('`receive` queued no job that adds labels.');
    const labelled = await runCold(bundles[build].label, inBatches([job], 1), environment());
    checkLabelled(labelled.answer, names, wix.labelNamesOf(contactId));
    receive[build] = received;
    label[build] = labelled;
  }
  return { empty, receive, label };
}

/** @throws Error unless `label` reports no failure and the contact has the labels of its job */
function checkLabelled(answer: unknown, names: readonly string[], labels: readonly string[]): void {
  const { batchItemFailures } = Object(answer) as { batchItemFailures?: readonly unknown[] };
  const missing = names.filter((name) => !labels.includes(name));
  if (batchItemFailures?.length === 0 && missing.length === 0) return;
  const lacks = missing.length > 0 ? ` The contact lacks ${missing.join(', ')}.` : '';
  throw new Error(`\`label\` did not label. It answered ${JSON.stringify(answer)}.${lacks}`);
}

type ColdStart = Pick<ProcessReport, 'loaded' | 'first'>;

/** The cold starts of one function in each of the builds, and of the empty handler. */
interface Samples {
  readonly empty: readonly ColdStart[];
  readonly textbook: readonly ColdStart[];
  readonly earmark: readonly ColdStart[];
}

/** What a function may add to an empty handler, as a share of what its textbook build adds. */
const MEASURES = [
  ['start-up', ({ loaded }: ColdStart) => loaded.ms, { receive: 0.45, label: 0.6 }],
  // Most of what comes after the start-up is the same work in both builds.
  ['first answer', ({ first }: ColdStart) => first.ms, { receive: 0.5, label: 0.6 }],
] as const;

export interface StartRow {
  readonly function: FunctionName;
  readonly measure: (typeof MEASURES)[number][0];
  /** Medians, milliseconds since the process began. */
  readonly emptyMs: number;
  readonly textbookMs: number;
  readonly earmarkMs: number;
  /** What Earmark adds to the empty handler, by what the textbook build adds. */
  readonly ratio: number;
  readonly limit: number;
  readonly passed: boolean;
}

/**
 * Judges the start-up and the first answer, because what a build only puts off from the start to the first
 * event is not saved.
 */
export function judge(
  name: FunctionName,
  { empty, textbook, earmark }: Samples,
): readonly StartRow[] {
  return MEASURES.map(([measure, msOf, limits]) => {
    const median = (starts: readonly ColdStart[]): number => percentile(starts.map(msOf), 0.5);
    const [emptyMs, textbookMs, earmarkMs] = [median(empty), median(textbook), median(earmark)];
    const ratio = (earmarkMs - emptyMs) / (textbookMs - emptyMs);
    const limit = limits[name];
    // Where the textbook build adds nothing there is no ratio, and nothing is shown.
    const passed = textbookMs > emptyMs && ratio <= limit;
    return { function: name, measure, emptyMs, textbookMs, earmarkMs, ratio, limit, passed };
  });
}
