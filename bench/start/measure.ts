import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SHOP_RULES } from '../../samples/shop.ts';
import { buildFunctions, FUNCTION_NAMES, type FunctionName } from '../../scripts/build.ts';
import { coldStart } from './cold-start.ts';
import { type ColdStart, judge, type Row } from './judge.ts';
import { openStage, type Stage } from './stage.ts';
import { buildTextbook } from './textbook.ts';

const EMPTY = join(import.meta.dirname, 'empty.cjs');

export const BUILDS = ['textbook', 'earmark'] as const;
type Build = (typeof BUILDS)[number];

export interface Size {
  readonly function: FunctionName;
  /** Of the bundle alone, not zipped. */
  readonly textbookBytes: number;
  readonly earmarkBytes: number;
}

export interface StartResult {
  readonly rows: readonly Row[];
  readonly sizes: readonly Size[];
}

type Bundles = Readonly<Record<Build, Readonly<Record<FunctionName, string>>>>;

/**
 * Builds everything and measures `runs` cold starts of each program in turn, so that whatever else the
 * machine does meets all of them.
 * @throws Error when an answer is wrong: then its time means nothing
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
  const samples = {
    empty: [] as ColdStart[],
    receive: { textbook: [] as ColdStart[], earmark: [] as ColdStart[] },
    label: { textbook: [] as ColdStart[], earmark: [] as ColdStart[] },
  };
  const stage = await openStage();
  try {
    // The first round does not count: it brings the files into memory.
    for (let run = 0; run <= runs; run++) {
      progress(run === 0 ? 'warming up' : `run ${run} of ${runs}`);
      const builds = run % 2 === 0 ? BUILDS : BUILDS.toReversed();
      const starts = await playRound(stage, bundles, builds);
      if (run === 0) continue;
      samples.empty.push(starts.empty);
      for (const { name, build, start } of starts.functions) samples[name][build].push(start);
    }
  } finally {
    progress('');
    await stage.close();
  }
  const rows = FUNCTION_NAMES.flatMap((name) =>
    judge(name, { empty: samples.empty, ...samples[name] }),
  );
  return { rows, sizes: await Promise.all(FUNCTION_NAMES.map((name) => sizeOf(bundles, name))) };
}

/**
 * One cold start of each program: every `receive` before the `label` that works off its job.
 * @throws Error when an answer is wrong
 */
export async function playRound(stage: Stage, bundles: Bundles, builds: readonly Build[]) {
  const empty = await coldStart(EMPTY, {}, stage.environment);
  const functions: { name: FunctionName; build: Build; start: ColdStart }[] = [];
  for (const name of FUNCTION_NAMES) {
    for (const build of builds) {
      const { event, check } = stage.turn(name);
      const started = await coldStart(bundles[build][name], event, stage.environment);
      check(started.answer);
      functions.push({ name, build, start: started });
    }
  }
  return { empty, functions };
}

async function sizeOf(bundles: Bundles, name: FunctionName): Promise<Size> {
  const [textbook, earmark] = await Promise.all(BUILDS.map((build) => stat(bundles[build][name])));
  return {
    function: name,
    textbookBytes: textbook?.size ?? Number.NaN,
    earmarkBytes: earmark?.size ?? Number.NaN,
  };
}
