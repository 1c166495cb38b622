import { percentile } from '../measure.ts';

/** Processor time, in milliseconds a delivery or a job. */
export interface Round {
  readonly ours: number;
  readonly floor: number;
}

/** Runs blocks that only warm up, and then those that count. */
export async function playRounds(
  block: (round: number) => Promise<Round>,
  warmUps: number,
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Round[]> {
  for (let round = 1; round <= warmUps; round += 1) await block(round);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    onRound(round);
    measured.push(await block(round));
  }
  return measured;
}

const FIGURES = {
  ratio: ({ ours, floor }: Round) => ours / floor,
  'above the floor': ({ ours, floor }: Round) => ours - floor,
} as const;

/** A bound, and the median of the rounds that is compared with it. */
export interface WarmRow extends Round {
  readonly what: string;
  readonly figure: keyof typeof FIGURES;
  readonly value: number;
  readonly lowest: number;
  readonly highest: number;
  readonly bound: number;
  readonly passed: boolean;
}

/** Each round gives a figure. Their median may be the bound and no more. */
export function rowOf(
  what: string,
  figure: WarmRow['figure'],
  bound: number,
  rounds: readonly Round[],
): WarmRow {
  const figures = rounds.map(FIGURES[figure]);
  const median = (values: readonly number[]): number => percentile(values, 0.5);
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
export function cells({ what, figure, passed, bound, ...row }: WarmRow): string[] {
  return [
    what,
    ...[row.ours, row.floor, row.value].map((value) => value.toFixed(3)),
    `${row.lowest.toFixed(2)} to ${row.highest.toFixed(2)}`,
    `${bound}${figure === 'ratio' ? '' : ' ms'} ${figure}`,
    passed ? 'PASS' : 'FAIL',
  ];
}
