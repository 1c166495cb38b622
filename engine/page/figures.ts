import type { FiguresMinute } from '../../page/api.ts';
import type { RecordedCall } from '../../simulators/wix/simulator.ts';
import type { LogLine } from './pieces.ts';

/** Minutes that are kept. */
const MOST_MINUTES = 120;
const MINUTE_MS = 60_000;

type Counts = Omit<FiguresMinute, 'minute'>;
type Count = keyof Counts;

const NOTHING: Counts = {
  received: 0,
  ignored: 0,
  refused: 0,
  queued: 0,
  labelled: 0,
  retries: 0,
  deadLetters: 0,
  wixCalls: 0,
  wixFailures: 0,
  waiting: 0,
};

const REFUSED = ['refused', 'unknown-source', 'too-large'];

/** What a line counts for, as the metrics of the same name do (docs/architecture.md). */
function countsOf({ message, status, outcome, contactId, failedRules }: LogLine): readonly Count[] {
  if (message === 'delivery') {
    const of = `${status}`;
    return [
      'received',
      ...(of === 'queued' ? (['queued'] as const) : []),
      ...(of === 'ignored' ? (['ignored'] as const) : []),
      ...(REFUSED.includes(of) ? (['refused'] as const) : []),
      ...(of === 'dead-letter' || failedRules ? (['deadLetters'] as const) : []),
    ];
  }
  if (message !== 'job') return [];
  if (outcome === 'done') return contactId ? ['labelled'] : ['ignored'];
  return outcome === 'retry' ? ['retries'] : ['deadLetters'];
}

export type FiguresCounter = ReturnType<typeof createFigures>;

/** Counts by the minute in which something happened. A job that waits through a minute is counted by `waiting`. */
export function createFigures() {
  const minutes = new Map<number, FiguresMinute>();

  function change(at: number, to: (counts: FiguresMinute) => Partial<Counts>): void {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const known = minutes.get(minute) ?? { minute, ...NOTHING };
    minutes.set(minute, { ...known, ...to(known) });
    if (minutes.size > MOST_MINUTES) minutes.delete(Math.min(...minutes.keys()));
  }

  const count = (at: number, what: Count): void =>
    change(at, (counts) => ({ [what]: counts[what] + 1 }));

  return {
    line(line: LogLine): void {
      const at = Date.parse(`${line.time}`);
      if (Number.isNaN(at)) return;
      for (const what of countsOf(line)) count(at, what);
    },
    call({ at, status }: Pick<RecordedCall, 'at' | 'status'>): void {
      count(at, 'wixCalls');
      if (status === 0 || status >= 400) count(at, 'wixFailures');
    },
    /** How many messages the jobs queue has now. */
    waiting(at: number, messages: number): void {
      if (messages > 0 || minutes.has(Math.floor(at / MINUTE_MS) * MINUTE_MS)) {
        change(at, () => ({ waiting: messages }));
      }
    },
    list: (): readonly FiguresMinute[] => [...minutes.values()].sort((a, b) => a.minute - b.minute),
  };
}
