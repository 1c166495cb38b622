import { columnsOf } from './writer.ts';

/** A gap, and a word or a command line: a command is copied whole, so no line ends in it. */
const PARTS = /( *)([`(]?\.\/earmark(?: [^\s`)#]*[^\s`)#.,:;])*[^ ]*|[^ ]+)/g;

/**
 * Breaks the lines that are wider than the terminal between words. What goes on below an indented line is indented by
 * two more. A word that is wider than the terminal has a line of its own.
 */
export const fitted = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => (columnsOf(line) <= columns ? [line] : broken(line, columns)))
    .join('\n');

function broken(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const below = indent === '' || indent.length > columns / 2 ? '' : `${indent}  `;
  const lines: string[] = [];
  for (const [, gap = '', word = ''] of line.matchAll(PARTS)) {
    const last = lines.at(-1);
    const longer = `${last ?? ''}${gap}${word}`;
    if (last === undefined || columnsOf(longer) <= columns) lines.splice(-1, 1, longer);
    else lines.push(`${below}${word}`);
  }
  return lines;
}
