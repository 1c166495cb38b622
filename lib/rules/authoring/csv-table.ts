// A table of values to labels in a CSV file. Build-time only.
import { CsvError, parse } from 'csv-parse/sync';
import type { LabelTable } from '../config.ts';
import { labelName } from '../label-name.ts';
import type { RulesProblem } from './problem.ts';

/** The bundle holds the table: what is larger would make each start of the receiver slow. */
const MOST = { characters: 4 * 1024 * 1024, rows: 20_000 } as const;

const HEADER = /^value([,;\t])label$/i;

interface CsvRow {
  readonly record: readonly string[];
  readonly raw: string;
  /** `lines` is the one on which the row ends. */
  readonly info: { readonly lines: number };
}

type Place = Omit<RulesProblem, 'file' | 'message'>;

/** A table, or what is wrong with the file. */
export interface ReadTable {
  readonly table: LabelTable;
  readonly problems: readonly RulesProblem[];
}

/**
 * Reads `value,label` rows, with `,`, `;` or a tab between. Several rows of a value are several labels. Blanks
 * at the ends of a cell do not count; else values are what they are, letter by letter.
 * @param file its name in messages
 */
export function readCsvTable(text: string, file: string): ReadTable {
  const no = (message: string, place: Place = { line: 1, column: 1 }): ReadTable => ({
    table: [],
    problems: [{ file, ...place, message }],
  });
  if (text.length > MOST.characters) {
    return no(`the file has ${text.length} characters, and ${MOST.characters} can be read`);
  }
  if (text.includes('\ufffd')) return no('the file is not UTF-8: save it as CSV UTF-8');
  const [first = ''] = text.replace(/^\ufeff/, '').split(/\r\n?|\n/, 1);
  const delimiter = HEADER.exec(first.replace(/["' ]/g, ''))?.[1];
  if (delimiter === undefined) return no('the first line must be: value,label');
  try {
    const options = { bom: true, delimiter, info: true, raw: true, relax_column_count: true };
    // Its types know of no `info` and `raw`.
    const rows = parse(text, {
      ...options,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as CsvRow[];
    const most = `a table takes ${MOST.rows} rows, and this file has ${rows.length - 1}`;
    if (rows.length - 1 > MOST.rows) return no(most);
    return tableOf(rows.slice(1), delimiter, file);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    return no(`this is no CSV: ${error.message}`, { line, column: 1 });
  }
}

function tableOf(rows: readonly CsvRow[], delimiter: string, file: string): ReadTable {
  const table = new Map<string, Set<string>>();
  const problems: RulesProblem[] = [];
  for (const { record, raw, info } of rows) {
    const line = info.lines - (record.join('').match(/\n/g)?.length ?? 0);
    const say = (column: number, message: string) => problems.push({ file, line, column, message });
    const [value = '', label = ''] = record.map((cell) => cell.trim());
    if (record.length !== 2) say(1, `a row has two cells, and this one has ${record.length}`);
    else if (value === '') say(1, 'the value is blank');
    else if (labelName(label) === '') say(columnOfSecond(raw, delimiter), 'the label is blank');
    else table.set(value, (table.get(value) ?? new Set()).add(labelName(label)));
  }
  return { table: [...table].map(([value, labels]) => [value, [...labels]]), problems };
}

function columnOfSecond(raw: string, delimiter: string): number {
  // What ends the row before it may stand in front.
  const row = raw.trimStart();
  const quoted = /^"(?:[^"]|"")*"/.exec(row)?.[0].length ?? 0;
  return row.indexOf(delimiter, quoted) + 2;
}
