import { randomBytes } from 'node:crypto';
import { inspect, styleText } from 'node:util';
import stringWidth from 'string-width';
import { visible } from '../lib/runtime/visible.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Where text for a person goes. */
export interface Writer {
  write(text: string): unknown;
}

/** Drawn at each start, so that no text from outside can hold a mark of ours. */
const NONCE = randomBytes(12).toString('hex');
const mark = (code: number): string => `\u0010${NONCE}:${code}m`;
const MARKS = new RegExp(`\u0010${NONCE}:(\\d{1,2})m`);
const ALL_MARKS = new RegExp(MARKS, 'g');

/**
 * A text in a style, for a `cleanWriter`: nothing else comes out of one as an escape sequence.
 */
export function styled(style: Style, text: string): string {
  const [begin = 0, end = 0] = inspect.colors[style] ?? [];
  return `${mark(begin)}${text}${mark(end)}`;
}

/** What is to be printed of a text: visible, but for styles of ours. */
export const printed = (text: string): string =>
  text
    .split(MARKS)
    .map((part, at) => (at % 2 === 0 ? visible(part) : `\u001b[${part}m`))
    .join('');

/** Writes to a stream what is fit for a terminal, be the stream one or a file: a file is shown later. */
export const cleanWriter = (stream: Writer): Writer => ({
  write: (text) => stream.write(printed(text)),
});

/** Whether a stream shows colours: a terminal alone, and not with NO_COLOR. */
export const isColoured = (stream: NodeJS.WritableStream): boolean =>
  styleText('bold', '-', { stream: stream as NodeJS.WriteStream }) !== '-';

/** The columns that a text takes on a terminal: two for an emoji or a character of an East Asian script. */
export const columnsOf = (text: string): number =>
  stringWidth(visible(text.replace(ALL_MARKS, '')));
