import { type Contestant, EARMARK, type Figures, NAIVE, type PlayOptions, play } from './play.ts';
import {
  distinctCustomers,
  orders,
  sameLabelAgain,
  type Trace,
  type TraceOptions,
} from './traffic.ts';

/** Faster than any site drains, so that batches are full, as on a sale day. */
const BUSY = 600;
/** Slower: every event is alone in its batch. */
const QUIET = 60;

/** One row of the table: a figure of one trace. */
interface Measure {
  readonly name: string;
  readonly of: (figures: Figures) => number;
  readonly digits: number;
  /** Undefined: shown, not judged. */
  readonly limit?: number;
}

interface TraceRow {
  readonly trace: (options: TraceOptions) => Trace;
  readonly by: PlayOptions['by'];
  readonly measures: readonly Measure[];
}

const perEvent = (name: string, limit?: number): Measure => ({
  name,
  of: ({ callsPerEvent }) => callsPerEvent,
  digits: 3,
  ...(limit !== undefined && { limit }),
});

/** The traces, and the calls an event that each may cost. */
export const TRACES: readonly TraceRow[] = [
  {
    trace: (options) => distinctCustomers(options, BUSY),
    by: 'contact id',
    measures: [perEvent('contact ids known', 1.02)],
  },
  {
    trace: (options) => distinctCustomers(options, BUSY),
    by: 'e-mail',
    measures: [perEvent('e-mails only', 1.15)],
  },
  {
    trace: (options) => orders(options, BUSY),
    by: 'e-mail',
    measures: [perEvent('created + paid + fulfilled, e-mails only', 0.5)],
  },
  {
    trace: (options) => orders(options, BUSY),
    by: 'contact id',
    measures: [perEvent('created + paid + fulfilled, contact ids')],
  },
  {
    trace: sameLabelAgain,
    by: 'contact id',
    measures: [
      {
        name: 'same label again: added calls',
        of: ({ repeated }) => repeated,
        digits: 0,
        limit: 0,
      },
      perEvent('same label again: all calls, an event'),
    ],
  },
  {
    trace: (options) => distinctCustomers(options, QUIET),
    by: 'e-mail',
    measures: [perEvent(`e-mails only, no more than ${QUIET} a minute`)],
  },
];

export interface CallsRow {
  readonly name: string;
  readonly limit: number | undefined;
  readonly digits: number;
  readonly earmark: number;
  readonly naive: number;
  readonly passed: boolean;
}

export interface CallsResult {
  readonly rows: readonly CallsRow[];
  /** Of each trace, by the name of its first row. */
  readonly figures: readonly { name: string; earmark: Figures; naive: Figures }[];
}

/** Nothing is lost and nothing is made up. */
export const isSound = ({ lost, strange, deadLetters }: Figures): boolean =>
  lost + strange + deadLetters === 0;

/** Plays each trace with both workers. */
export async function measureCalls(
  options: TraceOptions,
  onProgress: (text: string) => void = () => {},
  traces: readonly TraceRow[] = TRACES,
): Promise<CallsResult> {
  const rows: CallsRow[] = [];
  const figures: { name: string; earmark: Figures; naive: Figures }[] = [];
  for (const { trace, by, measures } of traces) {
    const name = measures[0]?.name ?? '';
    const one = (who: string, contestant: Contestant): Promise<Figures> => {
      onProgress(`${name}: ${who}`);
      return play(trace(options), contestant, { seed: options.seed, by });
    };
    const earmark = await one('Earmark', EARMARK());
    const naive = await one('naive', NAIVE);
    figures.push({ name, earmark, naive });
    for (const { name, of, digits, limit } of measures) {
      const passed = isSound(earmark) && (limit === undefined || of(earmark) <= limit);
      rows.push({ name, limit, digits, earmark: of(earmark), naive: of(naive), passed });
    }
  }
  onProgress('');
  return { rows, figures };
}
