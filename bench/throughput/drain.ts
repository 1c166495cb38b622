import { isSound } from './calls.ts';
import { type Contestant, EARMARK, type Figures, NAIVE, type PlayOptions, play } from './play.ts';
import { distinctCustomers, type TraceOptions } from './traffic.ts';

/** What Wix allows in a minute. */
const WIX_PER_MINUTE = 200;
/** How many contacts a batch has, and one look-up finds. */
const A_BATCH = 10;
const RATIO_LIMIT = 1.05;

export interface DrainRow {
  readonly by: PlayOptions['by'];
  readonly worker: string;
  readonly judged: boolean;
  /** How many minutes the needed calls take at Wix's limit. */
  readonly bound: number;
  /** Minutes it took ÷ bound. */
  readonly ratio: number;
  readonly figures: Figures;
  readonly passed: boolean;
}

/** The two budgets of Earmark: as near to Wix's as is safe, and the default; and the naive worker. */
const WORKERS: readonly { name: string; contestant: Contestant; judged: boolean }[] = [
  { name: 'Earmark, 196 a minute', contestant: EARMARK(196), judged: true },
  { name: 'Earmark, 180 a minute', contestant: EARMARK(180), judged: false },
  { name: 'naive', contestant: NAIVE, judged: false },
];

/** Drains a backlog of distinct customers that is there from the start. */
export async function measureDrain(
  options: TraceOptions,
  onProgress: (text: string) => void = () => {},
): Promise<readonly DrainRow[]> {
  const rows: DrainRow[] = [];
  const trace = distinctCustomers(options, 0);
  const names = new Set(trace.events.flatMap(({ add }) => add)).size;
  for (const by of ['contact id', 'e-mail'] as const) {
    const lookUps = by === 'e-mail' ? Math.ceil(options.events / A_BATCH) : 0;
    const bound = (options.events + names + lookUps) / WIX_PER_MINUTE;
    for (const { name: worker, contestant, judged } of WORKERS) {
      onProgress(`${options.events} by ${by}: ${worker}`);
      const figures = await play(trace, contestant, { seed: options.seed, by });
      const ratio = figures.minutes / bound;
      const keeps = ratio <= RATIO_LIMIT && figures.largestWindow <= WIX_PER_MINUTE;
      const passed = !judged || (keeps && isSound(figures));
      rows.push({ by, worker, judged, bound, ratio, figures, passed });
    }
  }
  onProgress('');
  return rows;
}
