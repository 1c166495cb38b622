import { percentile } from '../measure.ts';

/** Processor time, in milliseconds a delivery or a job. */
export interface Round {
  readonly ours: number;
  readonly floor: number;
}

/** A bound, and the median of the rounds that is held against it. */
export interface Row extends Round {
  readonly what: string;
  readonly figure: 'ratio' | 'above the floor';
  readonly value: number;
  readonly lowest: number;
  readonly highest: number;
  readonly bound: number;
  readonly passed: boolean;
}

const FIGURES = {
  ratio: ({ ours, floor }: Round) => ours / floor,
  'above the floor': ({ ours, floor }: Round) => ours - floor,
} as const;

const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Judges rounds: each gives a figure, and the median of those may reach the bound and not pass it. */
export function rowOf(
  what: string,
  figure: Row['figure'],
  bound: number,
  rounds: readonly Round[],
): Row {
  const figures = rounds.map(FIGURES[figure]);
  const value = median(figures);
  return {
    what,
    figure,
    ours: median(rounds.map(({ ours }) => ours)),
    floor: median(rounds.map(({ floor }) => floor)),
    value,
    lowest: Math.min(...figures),
    highest: Math.max(...figures),
    bound,
    passed: value <= bound,
  };
}

/** For the report's table. */
export function cells({ what, figure, passed, bound, ...row }: Row): string[] {
  const unit = figure === 'ratio' ? '' : ' ms';
  const digits = [row.ours, row.floor, row.value].map((value) => value.toFixed(3));
  return [
    what,
    ...digits,
    `${row.lowest.toFixed(2)} to ${row.highest.toFixed(2)}`,
    `${bound}${unit} ${figure}`,
    passed ? 'PASS' : 'FAIL',
  ];
}
