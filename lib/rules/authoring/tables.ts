// The tables of rules.yml, in the file itself or beside it. Build-time only.
import type { LabelTable, LabelTables } from '../config.ts';
import { labelName } from '../label-name.ts';
import { readCsvTable } from './csv-table.ts';
import type { RulesProblem } from './problem.ts';
import type { YamlFile } from './yaml-file.ts';

/** The text of a file that is named as from the folder of rules.yml; undefined where there is none. */
export type ReadBeside = (name: string) => string | undefined;

type Written = Readonly<Record<string, string | Readonly<Record<string, string | string[]>>>>;

/**
 * The tables, by name, and what is wrong with them.
 * @param rules the name of rules.yml in messages: a table beside it is told of as from there
 */
export function readTables(
  written: Written,
  file: YamlFile,
  rules: string,
  readBeside: ReadBeside = () => undefined,
): { readonly tables: LabelTables; readonly problems: readonly RulesProblem[] } {
  const problems: RulesProblem[] = [];
  const tables = Object.entries(written).map(([name, given]): [string, LabelTable] => {
    if (typeof given === 'string') {
      const text = readBeside(given);
      if (text === undefined) {
        const message = `there is no file ${given} beside ${rules}`;
        problems.push(file.problem({ path: ['tables', name], message }));
        return [name, []];
      }
      const read = readCsvTable(text, rules.replace(/[^/\\]*$/, '') + given);
      problems.push(...read.problems);
      return [name, read.table];
    }
    problems.push(...wrongKeys(name, given, file));
    const rows = Object.entries(given).map(
      ([value, labels]) => [value.trim(), [...new Set([labels].flat().map(labelName))]] as const,
    );
    return [name, rows];
  });
  return { tables: Object.fromEntries(tables), problems };
}

function wrongKeys(name: string, table: object, file: YamlFile): RulesProblem[] {
  const path = ['tables', name];
  const misread = file.misreadKeys(path).map(({ key, written }) => ({
    key,
    message: `YAML reads the value ${written} as ${key}: quote it, '${written}'`,
  }));
  const blank = Object.keys(table).filter((key) => key.trim() === '');
  const findings = [...misread, ...blank.map((key) => ({ key, message: 'the value is blank' }))];
  return findings.map((finding) => file.problem({ path, ...finding }));
}
