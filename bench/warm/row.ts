import { median } from '../measure.ts';

/** Something of Earmark's and of the floor's. */
export interface Sides<T> {
  readonly ours: T;
  readonly floor: T;
}

/** Processor time, in milliseconds a delivery or a job. */
export type Round = Sides<number>;

const FIGURES = {
  ratio: ({ ours, floor }: Round) => ours / floor,
  'above the floor': ({ ours, floor }: Round) => ours - floor,
} as const;

/** Each round gives a figure. Their median may be the bound and no more. */
export function rowOf(
  what: string,
  figure: keyof typeof FIGURES,
  bound: number,
  rounds: readonly Round[],
) {
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
export function cells({ what, figure, passed, bound, ...row }: ReturnType<typeof rowOf>): string[] {
  return [
    what,
    ...[row.ours, row.floor, row.value].map((value) => value.toFixed(3)),
    `${row.lowest.toFixed(2)} to ${row.highest.toFixed(2)}`,
    `${bound}${figure === 'ratio' ? '' : ' ms'} ${figure}`,
    passed ? 'PASS' : 'FAIL',
  ];
}
