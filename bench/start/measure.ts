import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SHOP_RULES } from '../../samples/shop.ts';
import { buildFunctions, FUNCTION_NAMES, type FunctionName } from '../../scripts/build.ts';
import {
  type Customers,
  checkLabelled,
  checkQueued,
  createCustomers,
  inBatches,
  purchaseEvent,
} from '../events.ts';
import { median, playRounds, type RoundOptions } from '../measure.ts';
import { type Peers, startPeers } from '../peers.ts';
import { type ProcessReport, runCold } from '../process/cold.ts';
import { buildTextbook } from './textbook.ts';

const EMPTY = join(import.meta.dirname, 'empty.cjs');

/** `six`: Earmark with the sources in code alone, and none that a file describes. */
export const BUILDS = ['textbook', 'six', 'earmark'] as const;
type Build = (typeof BUILDS)[number];
type Bundles = Readonly<Record<Build, Readonly<Record<FunctionName, string>>>>;

type ColdStart = Pick<ProcessReport, 'loaded' | 'first'>;
/** Of one function in each of the builds, and of the empty handler. */
type ColdStarts = Readonly<Record<Build | 'empty', ColdStart>>;

/**
 * Builds everything and measures `rounds` cold starts of each program in turn, so that other work of the
 * machine slows all of them.
 * @returns also the bytes of each bundle alone, not zipped
 * @throws Error when an answer is wrong, because its time says nothing then
 */
export async function measureStart(
  options: RoundOptions,
  outDir: string = resolve('.earmark/bench/start'),
) {
  options.progress('building');
  const bundles = {
    textbook: await buildTextbook(join(outDir, 'textbook')),
    six: await buildFunctions({ outDir: join(outDir, 'six'), rules: SHOP_RULES, descriptions: [] }),
    earmark: await buildFunctions({ outDir: join(outDir, 'earmark'), rules: SHOP_RULES }),
  };
  const peers = await startPeers();
  const customers = createCustomers(peers.wix);
  try {
    // The first round only brings the files into memory.
    const rounds = await playRounds({ ...options, warmUps: 1 }, (round) =>
      playRound(peers, customers, bundles, round % 2 === 0 ? BUILDS : BUILDS.toReversed()),
    );
    const rows = FUNCTION_NAMES.flatMap((name) =>
      judge(
        name,
        rounds.map((round) => round[name]),
      ),
    );
    const sizes = FUNCTION_NAMES.map((name) => ({
      function: name,
      textbook: statSync(bundles.textbook[name]).size,
      six: statSync(bundles.six[name]).size,
      earmark: statSync(bundles.earmark[name]).size,
    }));
    return { rows, sizes, described: judgeDescribed(rounds.map(({ receive }) => receive)) };
  } finally {
    await peers.close();
  }
}
export type StartResult = Awaited<ReturnType<typeof measureStart>>;

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
): Promise<Readonly<Record<FunctionName, ColdStarts>>> {
  const empty = await runCold(EMPTY, [{}], environment());
  const receive = {} as Record<Build, ColdStart>;
  const label = {} as Record<Build, ColdStart>;
  for (const build of builds) {
    const { number, contactId } = customers.next();
    const received = await runCold(bundles[build].receive, [purchaseEvent(number)], environment());
    checkQueued(received.answer);
    const [job, ...others] = takeJobs();
    if (!job || others.length > 0 || JSON.parse(job.body).add.length === 0) {
      throw new Error('`receive` queued no job that adds labels.');
    }
    const labelled = await runCold(bundles[build].label, inBatches([job], 1), environment());
    checkLabelled(wix, labelled.answer, [{ ...job, contactId }]);
    receive[build] = received;
    label[build] = labelled;
  }
  return { receive: { empty, ...receive }, label: { empty, ...label } };
}

/** What a function may add to an empty handler, as a share of what its textbook build adds. */
const MEASURES = [
  { measure: 'start-up', until: 'loaded', limits: { receive: 0.45, label: 0.6 } },
  // Most of what comes after the start-up is the same work in both builds.
  { measure: 'first answer', until: 'first', limits: { receive: 0.5, label: 0.6 } },
] as const;

/**
 * Judges the start-up and the first answer, because what a build only puts off from the start to the first
 * event is not saved. Times are medians, in milliseconds since the process began.
 */
export function judge(name: FunctionName, starts: readonly ColdStarts[]) {
  return MEASURES.map(({ measure, until, limits }) => {
    const ms = (program: keyof ColdStarts): number =>
      median(starts.map((start) => start[program][until].ms));
    const [emptyMs, textbookMs, earmarkMs] = [ms('empty'), ms('textbook'), ms('earmark')];
    const ratio = (earmarkMs - emptyMs) / (textbookMs - emptyMs);
    const limit = limits[name];
    // Where the textbook build adds nothing there is no ratio, and nothing is shown.
    const passed = textbookMs > emptyMs && ratio <= limit;
    return { function: name, measure, emptyMs, textbookMs, earmarkMs, ratio, limit, passed };
  });
}

/** What all described sources together may add to the start-up and to the first answer of `receive`. */
const DESCRIBED_LIMIT = 1.05;

/** Compares `receive` with and without the described sources, beyond the empty handler. Times are medians. */
export function judgeDescribed(starts: readonly ColdStarts[]) {
  return MEASURES.map(({ measure, until }) => {
    const ms = (program: keyof ColdStarts): number =>
      median(starts.map((start) => start[program][until].ms));
    const [emptyMs, sixMs, earmarkMs] = [ms('empty'), ms('six'), ms('earmark')];
    const ratio = (earmarkMs - emptyMs) / (sixMs - emptyMs);
    const passed = sixMs > emptyMs && ratio <= DESCRIBED_LIMIT;
    return { measure, emptyMs, sixMs, earmarkMs, ratio, limit: DESCRIBED_LIMIT, passed };
  });
}
