// From the text of rules.yml to RulesConfig. Build-time only: neither yaml nor zod gets into the bundle.
import type * as z from 'zod';
import { checkSchema, type Explanation } from '../../yaml/explain-schema.ts';
import { byPlace, FileError } from '../../yaml/problem.ts';
import { didYouMean } from '../../yaml/suggest.ts';
import { readYamlFile, type YamlFile } from '../../yaml/yaml-file.ts';
import type { LabelTables, RulesConfig } from '../config.ts';
import { labelName } from '../label-name.ts';
import { explainExpression } from './check-expression.ts';
import { explainLabels } from './labels.ts';
import { StandingEntry, standingDefinition } from './labels-schema.ts';
import { Rule, RulesFile, TableUse } from './schema.ts';
import { type ReadBeside, readTables } from './tables.ts';

export { FileError } from '../../yaml/problem.ts';
export type { ReadBeside } from './tables.ts';

/** A rules file that passed: what the functions run, and the file to point into. */
export interface LoadedRules {
  readonly config: RulesConfig;
  readonly file: YamlFile;
}

/**
 * Reads and checks a rules file; `file` is its name in messages. Throws FileError with all problems.
 * @param readBeside reads the tables that are files of their own (beside.ts); without it there can be none
 */
export const loadRules = (text: string, file: string, readBeside?: ReadBeside): RulesConfig =>
  loadRulesFile(text, file, readBeside).config;

/** As `loadRules`, for callers that report more about the file. */
export function loadRulesFile(text: string, name: string, readBeside?: ReadBeside): LoadedRules {
  const file = readYamlFile(text, name, 'a list `rules`');
  const { input } = file;
  const { data, wrong } = checkSchema(RulesFile, input, knownKeys);
  const raw = rawRules(input);
  const tableNames = Object.keys((input as { tables?: object | null }).tables ?? {});
  const { tables, problems } = readTables(data?.tables ?? {}, file, name, readBeside);
  const found = [
    ...explainNothing(input),
    ...wrong,
    ...explainLabels(input, file, namesOfRules(raw, tables, file)),
    ...raw.flatMap((rule, i) => explainRule(rule, i, raw, tableNames)),
  ];
  if (data !== undefined && found.length + problems.length === 0) {
    return { config: configOf(data, tables), file };
  }
  const placed = found.map((one) => {
    const ruleName = one.path[0] === 'rules' ? raw[Number(one.path[1])]?.name : undefined;
    return file.problem(one, typeof ruleName === 'string' ? ruleName : undefined);
  });
  throw new FileError([...placed.sort(byPlace), ...problems]);
}

/** What has no value is left out: the bundle of a file without standing labels holds no word of them. */
function configOf(
  { contacts, limits, rules, labels }: z.output<typeof RulesFile>,
  tables: LabelTables,
): RulesConfig {
  const { computedLabels } = limits;
  return {
    missing: contacts.missing,
    computedLabels,
    rules: rules ?? [],
    ...(Object.keys(tables).length > 0 && { tables }),
    ...(labels && { labels: labels.map((entry) => standingDefinition(entry, computedLabels)) }),
  };
}

/** A file is empty that has neither rules nor standing labels; with the ones, the others may be left out. */
function explainNothing(input: unknown): Explanation[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const { rules, labels } = input as { rules?: unknown; labels?: unknown };
  if (labels !== undefined) return [];
  const path = ['rules'];
  if (rules === undefined) return [{ path, message: '`rules` is missing' }];
  if (rules === null) return [{ path, message: 'must be a list, and is empty' }];
  const isEmpty = Array.isArray(rules) && rules.length === 0;
  return isEmpty ? [{ path, message: 'there is no rule: give it at least one' }] : [];
}

function knownKeys(path: Explanation['path']): string[] {
  const { contacts, limits } = RulesFile.shape;
  if (path.length === 0) return Object.keys(RulesFile.shape);
  if (path[0] === 'labels') return Object.keys(StandingEntry.shape);
  if (path[0] === 'rules') return Object.keys((path.length > 2 ? TableUse : Rule).shape);
  return Object.keys((path[0] === 'contacts' ? contacts : limits).unwrap().shape);
}

type RawRule = Readonly<Record<string, unknown>>;

/** The rules as they came, well-formed or not, so that one broken rule hides no other's problems. */
function rawRules(input: unknown): readonly RawRule[] {
  const { rules } = input as { rules?: unknown };
  if (!Array.isArray(rules)) return [];
  return rules.map((rule) => (typeof rule === 'object' && rule !== null ? rule : {}));
}

/** The labels that rules name, in lists and tables, each with the first place in words. */
function namesOfRules(
  rules: readonly RawRule[],
  tables: LabelTables,
  file: YamlFile,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, i: number, table = '') => {
    const { line } = file.problem({ path: ['rules', i], message: '' });
    const place = `rule ${JSON.stringify(rules[i]?.name ?? '')}${table} (line ${line})`;
    if (!found.has(name)) found.set(name, place);
  };
  for (const [i, rule] of rules.entries()) {
    for (const names of [rule.add, rule.remove]) {
      for (const text of textsOf(names)) add(labelName(text), i);
      const table = TableUse.safeParse(names).data?.table ?? '';
      const rows = Object.hasOwn(tables, table) ? (tables[table] ?? []) : [];
      const labels = rows.flatMap(([, labels]) => labels);
      for (const label of labels) add(label, i, `, by its table ${table}`);
    }
  }
  return found;
}

/** What the schema cannot see: expressions, and what only means something beside its neighbours. */
function explainRule(
  rule: RawRule,
  i: number,
  all: readonly RawRule[],
  tableNames: readonly string[],
): Explanation[] {
  const first = all.findIndex(({ name }) => name === rule.name);
  const message = `the name is taken by rule ${first + 1} of the file: each needs its own`;
  const isTaken = typeof rule.name === 'string' && first < i;
  return [
    ...explainExpression(rule.when, 'condition', ['rules', i, 'when']),
    ...(isTaken ? [{ path: ['rules', i, 'name'], message }] : []),
    ...['add', 'remove'].flatMap((verb) =>
      explainNames(rule, verb, ['rules', i, verb], tableNames),
    ),
  ];
}

/** What `add` or `remove` gives: an expression, names from a table, or a list of names. */
function explainNames(
  rule: RawRule,
  verb: string,
  path: Explanation['path'],
  tableNames: readonly string[],
): Explanation[] {
  const names = rule[verb];
  const use = TableUse.safeParse(names).data;
  if (use !== undefined) {
    const found = explainExpression(use.keys, 'keys', [...path, 'keys']);
    if (tableNames.includes(use.table)) return found;
    const hint = didYouMean(use.table, tableNames);
    const message = `there is no table \`${use.table}\` under \`tables\`${hint && `. ${hint}`}`;
    return [...found, { path: [...path, 'table'], message }];
  }
  const added = verb === 'remove' ? textsOf(rule.add).map(labelName) : [];
  const listed = textsOf(names).flatMap((text, j): Explanation[] => {
    if (/^event\b\s*[.[]|\bevent\.\w/.test(text)) {
      const message =
        'a list holds names as they stand, and this is an expression: take the list brackets away, or quote the whole list with them';
      return [{ path: [...path, j], message }];
    }
    const message = `the rule both adds and removes "${labelName(text)}"`;
    return added.includes(labelName(text)) ? [{ path: [...path, j], message }] : [];
  });
  return [...explainExpression(names, 'labels', path), ...listed];
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
