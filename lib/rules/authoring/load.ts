// From the text of rules.yml to RulesConfig. Build-time only: neither yaml nor zod gets into the bundle.
import type * as z from 'zod';
import type { LabelNames, LabelTables, RulesConfig } from '../config.ts';
import { labelName } from '../label-name.ts';
import { checkExpression } from './check-expression.ts';
import { type Explanation, explainIssue } from './explain-schema.ts';
import { byPlace, RulesError } from './problem.ts';
import { RulesFile, TableUse } from './schema.ts';
import { didYouMean } from './suggest.ts';
import { type ReadBeside, readTables } from './tables.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export { RulesError } from './problem.ts';
export type { ReadBeside } from './tables.ts';

/** A rules file that passed: what the functions run, and the file to point into. */
export interface LoadedRules {
  readonly config: RulesConfig;
  readonly file: YamlFile;
}

/**
 * Reads and checks a rules file; `file` is its name in messages. Throws RulesError with all problems.
 * @param readBeside reads the tables that are files of their own (beside.ts); without it there can be none
 */
export const loadRules = (text: string, file: string, readBeside?: ReadBeside): RulesConfig =>
  loadRulesFile(text, file, readBeside).config;

/** As `loadRules`, for who wants to say more of the file. */
export function loadRulesFile(text: string, name: string, readBeside?: ReadBeside): LoadedRules {
  const file = readYamlFile(text, name);
  const { input } = file;
  if (input === null) {
    throw new RulesError([
      file.problem({ path: [], message: 'the file is empty: it needs a list `rules`' }),
    ]);
  }
  const parsed = RulesFile.safeParse(input);
  const issues =
    parsed.error?.issues.flatMap((issue) => explainIssue(issue, input, knownKeys)) ?? [];
  const raw = rawRules(input);
  const found = [...issues, ...raw.flatMap(explainRule), ...raw.flatMap(explainTableUse(input))];
  const { tables, problems } = readTables(parsed.data?.tables ?? {}, file, name, readBeside);
  if (parsed.success && found.length + problems.length === 0) {
    return { config: rulesConfig(parsed.data, tables), file };
  }
  const told = found.map((one) => file.problem(one, nameAt(input, one)));
  throw new RulesError([...told.sort(byPlace), ...problems]);
}

function knownKeys(path: Explanation['path']): string[] {
  const { contacts, limits, rules } = RulesFile.shape;
  if (path.length === 0) return Object.keys(RulesFile.shape);
  if (path[0] === 'rules' && path.length > 2) return Object.keys(TableUse.shape);
  if (path[0] === 'rules') return Object.keys(rules.element.shape);
  return Object.keys((path[0] === 'contacts' ? contacts : limits).unwrap().shape);
}

/** The rules as they came, well-formed or not, so that one broken rule hides no other's problems. */
function rawRules(input: unknown): Record<string, unknown>[] {
  const { rules } = input as { rules?: unknown };
  if (!Array.isArray(rules)) return [];
  return rules.map((rule) => (typeof rule === 'object' && rule !== null ? rule : {}));
}

/** What the schema cannot see: expressions, and what only means something beside its neighbours. */
function explainRule(
  rule: Record<string, unknown>,
  i: number,
  all: (typeof rule)[],
): Explanation[] {
  const findings: Explanation[] = [];
  for (const key of ['when', 'add', 'remove']) {
    const cel = rule[key];
    if (typeof cel !== 'string' || cel.trim() === '') continue;
    const problem = checkExpression(cel, key === 'when' ? 'condition' : 'labels');
    if (problem !== undefined) findings.push({ path: ['rules', i, key], ...problem });
  }
  const first = all.findIndex((other) => other.name === rule.name);
  if (typeof rule.name === 'string' && first < i) {
    const message = `the name is taken by rule ${first + 1} of the file: each needs its own`;
    findings.push({ path: ['rules', i, 'name'], message });
  }
  return [...findings, ...explainLabels(rule, i)];
}

/** What `add` and `remove` take from tables: the expression, and that there is such a table. */
const explainTableUse =
  (input: unknown) =>
  (rule: Record<string, unknown>, i: number): Explanation[] =>
    ['add', 'remove'].flatMap((key) => {
      const use = TableUse.safeParse(rule[key]);
      if (!use.success) return [];
      const { table, keys } = use.data;
      const problem = checkExpression(keys, 'keys');
      const findings: Explanation[] = problem
        ? [{ path: ['rules', i, key, 'keys'], ...problem }]
        : [];
      const known = Object.keys((input as { tables?: object | null }).tables ?? {});
      if (known.includes(table)) return findings;
      const hint = didYouMean(table, known);
      const message = `there is no table \`${table}\` under \`tables\`${hint && `. ${hint}`}`;
      return [...findings, { path: ['rules', i, key, 'table'], message }];
    });

function explainLabels(rule: Record<string, unknown>, i: number): Explanation[] {
  const added = new Set(textsOf(rule.add).map(labelName));
  return ['add', 'remove'].flatMap((key) =>
    textsOf(rule[key]).flatMap((text, j) => {
      const path = ['rules', i, key, j];
      if (/^event\b\s*[.[]|\bevent\.\w/.test(text)) {
        const message =
          'a list holds names as they stand, and this is an expression: take the list brackets away, or quote the whole list with them';
        return [{ path, message }];
      }
      if (key === 'add' || !added.has(labelName(text))) return [];
      return [{ path, message: `the rule both adds and removes "${labelName(text)}"` }];
    }),
  );
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

function nameAt(input: unknown, { path }: Explanation): string | undefined {
  const name = path[0] === 'rules' ? rawRules(input)[Number(path[1])]?.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function rulesConfig(file: z.output<typeof RulesFile>, tables: LabelTables): RulesConfig {
  return {
    missing: file.contacts.missing,
    computedLabels: file.limits.computedLabels,
    ...(Object.keys(tables).length > 0 && { tables }),
    rules: file.rules.map(({ name, on, topics, sources, when, add, remove }) => ({
      name,
      ...(on !== undefined && { on: [on].flat() }),
      ...(topics !== undefined && { topics: [topics].flat() }),
      ...(sources !== undefined && { sources: [sources].flat() }),
      ...(when !== undefined && { when }),
      ...(add !== undefined && { add: labelNames(add) }),
      ...(remove !== undefined && { remove: labelNames(remove) }),
    })),
  };
}

function labelNames(given: string | string[] | z.output<typeof TableUse>): LabelNames {
  if (typeof given === 'string') return { cel: given };
  return Array.isArray(given) ? { labels: given.map(labelName) } : given;
}
