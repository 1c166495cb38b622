import type { FunctionName } from '../../scripts/build.ts';
import { percentile } from '../measure.ts';

/** One cold start. Milliseconds since the process began. */
export interface ColdStart {
  /** The handler is loaded. */
  readonly loadedMs: number;
  /** The first event is answered. */
  readonly answeredMs: number;
}

/** The cold starts of one function in each of the builds, and of the empty handler. */
export interface Samples {
  readonly empty: readonly ColdStart[];
  readonly earmark: readonly ColdStart[];
  readonly textbook: readonly ColdStart[];
}

/** What a function may add to an empty handler, as a share of what its textbook build adds. */
type Limits = Readonly<Record<FunctionName, number>>;

const MEASURES = [
  ['start-up', 'loadedMs', { receive: 0.45, label: 0.6 }],
  // Most of what comes after the start-up is the same work in both builds.
  ['first answer', 'answeredMs', { receive: 0.5, label: 0.6 }],
] as const satisfies readonly (readonly [string, keyof ColdStart, Limits])[];

export interface Row {
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
 * Start-up, and the first answer too: what a build takes out of the start and merely puts off until the
 * first event is not won.
 */
export function judge(name: FunctionName, { empty, earmark, textbook }: Samples): readonly Row[] {
  return MEASURES.map(([measure, field, limits]) => {
    const limit = limits[name];
    const median = (starts: readonly ColdStart[]): number =>
      percentile(
        starts.map((start) => start[field]),
        0.5,
      );
    const [emptyMs, textbookMs, earmarkMs] = [empty, textbook, earmark].map(median) as [
      number,
      number,
      number,
    ];
    const ratio = (earmarkMs - emptyMs) / (textbookMs - emptyMs);
    // Where the textbook build added nothing there is no ratio, and nothing has been shown.
    const passed = textbookMs > emptyMs && ratio <= limit;
    return { function: name, measure, emptyMs, textbookMs, earmarkMs, ratio, limit, passed };
  });
}
