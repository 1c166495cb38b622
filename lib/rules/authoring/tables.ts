// The tables of rules.yml, values to labels, in the file itself or in CSV files beside it. Build-time only.
import { CsvError, parse } from 'csv-parse/sync';
import type { FileProblem } from '../../yaml/problem.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { LabelTable, LabelTables } from '../config.ts';
import { labelName } from '../label-name.ts';

/** The bundle holds each table: a larger one would make each start of the receiver slow. */
const MOST = { characters: 4 * 1024 * 1024, rows: 20_000 } as const;

/** Returns the text of a file whose name is relative to the folder of rules.yml; undefined where there is none. */
export type ReadBeside = (name: string) => string | undefined;

type Written = Readonly<Record<string, string | Readonly<Record<string, string | string[]>>>>;

/**
 * The tables, by name, and what is wrong with them.
 * @param rules the name of rules.yml in messages: that of a table beside it begins with the same folder
 */
export function readTables(
  written: Written,
  file: YamlFile,
  rules: string,
  readBeside: ReadBeside = () => undefined,
): { readonly tables: LabelTables; readonly problems: readonly FileProblem[] } {
  const problems: FileProblem[] = [];
  const tables = Object.entries(written).map(([name, given]): [string, LabelTable] => {
    const path = ['tables', name];
    if (typeof given === 'string') {
      const text = readBeside(given);
      if (text !== undefined) {
        return [name, readCsvTable(text, rules.replace(/[^/\\]*$/, '') + given, problems)];
      }
      const message = `there is no file ${given} beside ${rules}`;
      problems.push(file.problem({ path, message }));
      return [name, []];
    }
    const misread = file.misreadKeys(path).map(({ key, written }) => ({
      key,
      message: `YAML reads the value ${written} as ${key}: quote it, '${written}'`,
    }));
    const blank = Object.keys(given).filter((key) => key.trim() === '');
    const wrong = [...misread, ...blank.map((key) => ({ key, message: 'the value is blank' }))];
    problems.push(...wrong.map((one) => file.problem({ path, ...one })));
    const rows = Object.entries(given).map(
      ([value, labels]) => [value.trim(), [...new Set([labels].flat())]] as const,
    );
    return [name, rows];
  });
  return { tables: Object.fromEntries(tables), problems };
}

const HEADER = /^value([,;\t])label$/i;

interface CsvRow {
  readonly record: readonly string[];
  readonly raw: string;
  /** `lines` is the number of the line on which the row ends. */
  readonly info: { readonly lines: number };
}

/**
 * Reads `value,label` rows, with `,`, `;` or a tab between. Several rows of a value are several labels. Blanks
 * at the ends of a cell do not count; otherwise values must be the same letter by letter.
 * @param file its name in messages
 * @param problems gets what is wrong with the file
 */
function readCsvTable(text: string, file: string, problems: FileProblem[]): LabelTable {
  const fail = (message: string, line = 1): LabelTable => {
    problems.push({ file, line, column: 1, message });
    return [];
  };
  if (text.length > MOST.characters) {
    return fail(`the file has ${text.length} characters, and ${MOST.characters} can be read`);
  }
  if (text.includes('\ufffd')) return fail('the file is not UTF-8: save it as CSV UTF-8');
  const [first = ''] = text.replace(/^\ufeff/, '').split(/\r\n?|\n/, 1);
  const delimiter = HEADER.exec(first.replace(/["' ]/g, ''))?.[1];
  if (delimiter === undefined) return fail('the first line must be: value,label');
  const options = { bom: true, delimiter, relax_column_count: true, trim: true };
  // The types of csv-parse have no `info` and `raw`.
  const more = { info: true, raw: true, skip_empty_lines: true };
  try {
    const [, ...rows] = parse(text, { ...options, ...more }) as unknown as CsvRow[];
    return rows.length > MOST.rows
      ? fail(`a table takes ${MOST.rows} rows, and this file has ${rows.length}`)
      : tableOf(rows, delimiter, (place) => problems.push({ file, ...place }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    return fail(`this is no CSV: ${error.message}`, line);
  }
}

function tableOf(
  rows: readonly CsvRow[],
  delimiter: string,
  report: (problem: Omit<FileProblem, 'file'>) => void,
): LabelTable {
  const table = new Map<string, Set<string>>();
  for (const { record, raw, info } of rows) {
    const line = info.lines - (record.join('').match(/\n/g)?.length ?? 0);
    const wrong = (message: string, column = 1) => report({ line, column, message });
    const [value = '', label = ''] = record.map((cell) => cell.trim());
    if (record.length !== 2) wrong(`a row has two cells, and this one has ${record.length}`);
    else if (value === '') wrong('the value is blank');
    else if (labelName(label) === '') wrong('the label is blank', columnOfSecond(raw, delimiter));
    else table.set(value, (table.get(value) ?? new Set()).add(labelName(label)));
  }
  return [...table].map(([value, labels]) => [value, [...labels]]);
}

function columnOfSecond(raw: string, delimiter: string): number {
  // The end of the row before it may stand in front.
  const row = raw.trimStart();
  const quoted = /^"(?:[^"]|"")*"/.exec(row)?.[0].length ?? 0;
  return row.indexOf(delimiter, quoted) + 2;
}
