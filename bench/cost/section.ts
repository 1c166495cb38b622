import { table } from '../command.ts';

type Cell = number | string | undefined;

/** A column: its head, its cell of a row, and how a number is written. */
export type Column<Row> = readonly [
  head: string,
  cell: (row: Row) => Cell,
  write?: (value: number) => string,
];

/** A table of the report, with the numbers as they were computed. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes: readonly string[];
  text(): string;
}

export function section<Row>(
  title: string,
  of: readonly Row[],
  columns: readonly Column<Row>[],
  ...notes: readonly string[]
): Section {
  const head = columns.map(([name]) => name);
  const rows = of.map((row) => columns.map(([, cell]) => cell(row)));
  const text = (): string => {
    const written = rows.map((row) =>
      row.map((value, at) => {
        const write = columns[at]?.[2] ?? String;
        return typeof value === 'number' ? write(value) : (value ?? '');
      }),
    );
    return [title, '', table([head, ...written]), ...(notes[0] ? ['', ...notes] : []), ''].join(
      '\n',
    );
  };
  return { title, head, rows, notes, text };
}
