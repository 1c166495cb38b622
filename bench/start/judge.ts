import type { FunctionName } from '../../scripts/build.ts';
import { percentile } from '../measure.ts';
import type { ProcessReport } from '../process/cold.ts';

export type ColdStart = Pick<ProcessReport, 'loaded' | 'first'>;

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
