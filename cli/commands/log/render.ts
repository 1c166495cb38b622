import { unbroken, visible } from '../../../lib/runtime/visible.ts';
import type { Style } from '../../../terminal/writer.ts';
import { columnsOf } from '../../../terminal/writer.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import { reasonInWords } from '../explain/words.ts';
import type { LogRow } from './rows.ts';

export interface RowOptions {
  readonly terminal: Pick<Terminal, 'isColoured' | 'columns'>;
  /** Epoch milliseconds: what is of this day has no date. */
  readonly now: number;
  readonly times: Times;
}

/** Writes times as `2026-11-27 20:14:03`. */
export type Times = Pick<Intl.DateTimeFormat, 'format'>;

/** @param timeZone an IANA name; default: that of this machine */
export const openTimes = (timeZone?: string): Times =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });

/** The columns of the cells before the outcome. */
export interface Layout {
  readonly time: number;
  readonly source: number;
  readonly type: number;
  readonly person: number;
}

/** So wide at most: with the outcome a row is to be read within 80 columns. */
const WIDEST = { time: 14, source: 11, type: 18, person: 8 } as const;
/** Of rows that are printed before the next is known. */
export const FOLLOWED: Layout = { ...WIDEST, time: 8 };

/** As wide as these rows need. */
export function layoutOf(rows: readonly LogRow[], options: RowOptions): Layout {
  const widthOf = (name: keyof Layout) =>
    Math.min(
      WIDEST[name],
      rows.reduce((most, row) => Math.max(most, columnsOf(cellsOf(row, options)[name])), 0),
    );
  return {
    time: widthOf('time'),
    source: widthOf('source'),
    type: widthOf('type'),
    person: widthOf('person'),
  };
}

/** `20:14:03  shopify  order.paid  1f3c09b2  labelled +Customer +VIP`; cut where the terminal ends. */
export function renderRow(row: LogRow, layout: Layout, options: RowOptions): string {
  const cells = cellsOf(row, options);
  const names = ['time', 'source', 'type', 'person'] as const;
  const before = names.map((name) => fitted(cells[name], layout[name])).join('  ');
  const { columns } = options.terminal;
  const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - columnsOf(before) - 2;
  const outcome = cut(outcomeOf(row, options), Math.max(room, NARROWEST));
  const style = STYLES[row.state];
  return `${before}  ${style ? paint(options.terminal, style, outcome) : outcome}`;
}

const NARROWEST = 10;

const cellsOf = (row: LogRow, options: RowOptions): Readonly<Record<keyof Layout, string>> => ({
  time: localTime(row.time, options),
  source: row.source ?? '-',
  type: row.types.join(', ') || row.topic || '-',
  person: row.contactId?.slice(0, 8) ?? row.group?.slice(0, 8) ?? '-',
});

/** `20:14:03`, or `11-27 20:14:03` of another day. */
export function localTime(iso: string, { now, times }: Omit<RowOptions, 'terminal'>): string {
  const [day = '', time = ''] = times.format(Date.parse(iso)).split(' ');
  const [today] = times.format(now).split(' ');
  return day === today ? time : `${day.slice(5)} ${time}`;
}

const STYLES: Readonly<Record<string, Style>> = {
  done: 'green',
  waiting: 'yellow',
  queued: 'yellow',
  'dead-letter': 'red',
  'partly-dead-letter': 'red',
  refused: 'red',
  'unknown-source': 'red',
  'too-large': 'red',
  unavailable: 'red',
  ignored: 'dim',
  duplicate: 'dim',
  ping: 'dim',
};

/** What became of it, in one line. */
function outcomeOf(row: LogRow, options: RowOptions): string {
  const { failedRules, state } = row;
  // Once it is done, a replay brought what the rules had failed to.
  const dead = failedRules && state !== 'done' ? `dead letter: ${failedRules}` : undefined;
  return [stateInWords(row, options), dead].filter(Boolean).join('; ');
}

function stateInWords(row: LogRow, options: RowOptions): string {
  const labels = changesOf(row);
  switch (row.state) {
    case 'done':
      return doneInWords(row, labels);
    case 'waiting': {
      const until = row.nextTryAt ? ` until ${localTime(row.nextTryAt, options)}` : '';
      return `waits${until}: ${reasonInWords(row.reason)}`;
    }
    case 'queued':
      return labels ? `queued ${labels}` : 'queued';
    case 'dead-letter':
      return `dead letter: ${whyDead(row)}`;
    case 'partly-dead-letter': {
      const had = doneInWords(row, labels);
      return row.reason ? `${had}; dead letter: ${whyDead(row)}` : had;
    }
    case 'unknown-source':
      return 'refused: there is no such source';
    default:
      return withReason(STATES[row.state] ?? row.state, row);
  }
}

const STATES: Readonly<Record<string, string>> = {
  'too-large': 'refused',
  unavailable: 'not taken',
};

const withReason = (what: string, { reason }: LogRow): string =>
  reason ? `${what}: ${reason}` : what;

/** The reason of a try is a word; that of a delivery has its detail behind a colon. */
const whyDead = ({ reason, detail }: LogRow): string =>
  [reasonInWords(reason), detail].filter(Boolean).join(': ');

function doneInWords(row: LogRow, labels: string): string {
  const { contactId, inPlace, facts } = row;
  if (!contactId) {
    return facts
      ? 'remembered until there is such a contact'
      : `nothing done: ${reasonInWords(row.reason === 'no-such-contact' ? 'contact-not-found' : row.reason)}`;
  }
  if (labels) return `labelled ${labels}`;
  if (inPlace.length > 0) return `as before: ${inPlace.join(', ')}`;
  return facts ? 'remembered' : 'nothing to change';
}

const changesOf = ({ add, remove }: LogRow): string =>
  [...add.map((name) => `+${name}`), ...remove.map((name) => `-${name}`)].join(' ');

/** How many there were of each kind, the most first. */
export function renderCounts(rows: readonly LogRow[]): string {
  const counts = Map.groupBy(rows, ({ state }) => COUNTED[state] ?? state);
  const parts = [...counts]
    .map(([what, { length }]) => ({ what, length }))
    .sort((a, b) => b.length - a.length)
    .map(({ what, length }) => `${number(length)} ${what}`);
  return parts.join(', ');
}

const COUNTED: Readonly<Record<string, string>> = {
  'dead-letter': 'given up',
  'partly-dead-letter': 'partly given up',
  'unknown-source': 'refused',
  'too-large': 'refused',
  unavailable: 'not taken',
};

/** In exactly so many columns. */
function fitted(text: string, width: number): string {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - columnsOf(short)));
}

/** On one line, and in so many columns at most: `…` stands for what is left out. */
function cut(text: string, width: number): string {
  const line = visible(unbroken(text));
  if (columnsOf(line) <= width) return line;
  let kept = '';
  let used = 0;
  for (const { segment } of SEGMENTS.segment(line)) {
    const columns = columnsOf(segment);
    if (used + columns > width - 1) break;
    used += columns;
    kept += segment;
  }
  return `${kept}…`;
}

const SEGMENTS = new Intl.Segmenter();
