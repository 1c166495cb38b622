import { unbroken } from '../lib/runtime/visible.ts';
import { columnsOf } from './writer.ts';

/** A column of prose, wrapped so that the table fits the terminal. */
export interface Prose {
  readonly column: number;
  /** The columns of the terminal; undefined, as for a file: nothing is wrapped. */
  readonly width: number | undefined;
}

const GAP = '  ';
/** Prose gets at least this many columns, however narrow the terminal. */
const NARROWEST = 20;

/**
 * Columns of text, each as wide as its widest cell.
 * @param right the columns of numbers, which are aligned to the right
 */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  prose?: Prose,
): string {
  const cells = rows.map((row) => row.map((text) => [unbroken(text)]));
  if (prose?.width) wrapColumn(cells, prose.column, prose.width);
  const widths = widthsOf(cells);
  return cells
    .flatMap((row) => {
      const height = Math.max(...row.map((lines) => lines.length));
      return Array.from({ length: height }, (_, at) => row.map((lines) => lines[at] ?? ''));
    })
    .map((line) =>
      line
        .map((text, column) => {
          const pad = ' '.repeat((widths[column] ?? 0) - columnsOf(text));
          return right.includes(column) ? pad + text : text + pad;
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** The lines of each cell of each row. */
type Cells = string[][][];

const widthsOf = (cells: Cells): readonly number[] =>
  Array.from({ length: Math.max(0, ...cells.map((row) => row.length)) }, (_, column) =>
    cells
      .flatMap((row) => row[column] ?? [])
      .reduce((most, text) => Math.max(most, columnsOf(text)), 0),
  );

function wrapColumn(cells: Cells, column: number, width: number): void {
  const others = widthsOf(cells).toSpliced(column, 1);
  const room = width - others.reduce((sum, one) => sum + one + GAP.length, 0);
  for (const row of cells) row[column] = wrap(row[column]?.[0] ?? '', Math.max(room, NARROWEST));
}

/** Lines of whole words: a word that is wider than a line, such as an id, has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && columnsOf(longer) <= width) lines.pop();
    lines.push(columnsOf(longer) <= width ? longer : word);
  }
  return lines;
}
