import { unbroken } from '../../../lib/runtime/visible.ts';
import type { FieldTrace } from '../../../lib/sources/authoring/trace.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';

/** What a source makes of a captured body. */
export interface Tried {
  readonly source: string;
  /** Others that fit as well. */
  readonly others: readonly string[];
  readonly topic: string | undefined;
  readonly reading: Reading;
  readonly fields: readonly Pick<FieldTrace, 'field' | 'value' | 'found' | 'inVain'>[];
  /** What no rule can know of this event. */
  readonly unknown: readonly string[];
}

/** The same, in lines. */
export function renderTry(terminal: Terminal, tried: Tried, isNamed: boolean): string {
  const { source, others, topic, reading, fields, unknown } = tried;
  const found = fields.filter(({ value }) => value !== undefined);
  const missed = fields.filter(({ value, inVain }) => value === undefined && inVain.length > 0);
  const rows = found.map(({ field, value, found: at }) => [
    ...[field, cut(value ?? ''), at.join(' and ')],
  ]);
  const vain = missed.map(({ field, inVain }) => [field, inVain.join(', ')]);
  const width = terminal.columns ?? 80;
  return [
    `${isNamed ? 'Read as' : 'It fits'} ${source}${isNamed ? '' : ' best'}.`,
    ...(others.length > 0 ? [`It fits ${others.join(', ')} as well: name one with --as.`] : []),
    '',
    `topic    ${unbroken(topic ?? 'none is found')}`,
    ...meaningLines(terminal, reading),
    '',
    table([['found', '', 'at'], ...rows], [], { column: 2, width }),
    ...(vain.length > 0
      ? ['', table([['not found', 'looked at'], ...vain], [], { column: 1, width })]
      : []),
    ...(unknown.length > 0 ? ['', wrapped(`Rules cannot know: ${unknown.join(', ')}.`)] : []),
    '',
  ].join('\n');
}

function meaningLines(terminal: Terminal, reading: Reading): readonly string[] {
  if (reading.kind === 'unreadable') {
    return [`means    ${paint(terminal, 'red', 'unreadable')}: ${unbroken(reading.reason)}`];
  }
  if (reading.kind === 'ignored') return [`means    nothing: ${reading.reason}`];
  const { events, unheard, incomplete } = reading;
  const types = events.map(({ type }) => type).join(' and ');
  if (unheard) return [`means    nothing, but for rules that name the topic: ${unheard.reason}`];
  return [`means    ${types}`, ...(incomplete ? [wrapped(`lacks    ${incomplete}`)] : [])];
}

/** A value of a body may be as long as the body. */
const cut = (value: string): string => (value.length > 36 ? `${value.slice(0, 35)}…` : value);

/** Lines of at most 80 characters. */
const wrapped = (text: string): string =>
  text.replace(/(?=.{81}).{1,80}(?=\s)\s/g, (line) => `${line.trimEnd()}\n`);
