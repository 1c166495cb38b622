// From the text of rules.yml to RulesConfig. Build-time only: neither yaml nor zod gets into the bundle.
import { type Document, isAlias, isMap, isNode, isScalar, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import { checkExpression } from './check.ts';
import type { LabelNames, RulesConfig } from './config.ts';
import { type Explanation, explainIssue, explainYaml } from './explain.ts';
import { labelName } from './label-name.ts';
import { offsetInScalar, startOf } from './position.ts';
import { RulesFile } from './schema.ts';

export interface RulesProblem {
  readonly file: string;
  /** Both count from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The name of the rule, where it has one. */
  readonly rule?: string;
}

/** rules.yml cannot be used. The message has one `file:line:column: reason` line for every problem. */
export class RulesError extends Error {
  readonly problems: readonly RulesProblem[];

  constructor(problems: readonly RulesProblem[]) {
    super(problems.map(asLine).join('\n'));
    this.name = 'RulesError';
    this.problems = problems;
  }
}

/** Reads and checks a rules file; `file` is its name in messages. Throws RulesError with all problems. */
export function loadRules(text: string, file: string): RulesConfig {
  const doc = parseDocument(text, { prettyErrors: false });
  const at = (offset: number, message: string, rule?: string): RulesProblem => {
    const before = text.slice(0, offset).split('\n');
    const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return { file, ...position, message, ...(rule !== undefined && { rule }) };
  };

  // Warnings too: each is a value that YAML reads as something else than what was written.
  const broken = [...doc.errors, ...doc.warnings]
    .filter((error, i) => i === 0 || error.code !== 'UNEXPECTED_TOKEN') // the wake of the first
    .map((error) => at(error.pos[0], explainYaml(error)));
  if (broken.length > 0) throw new RulesError(broken);
  const input = plain(doc);
  if (input instanceof Error) throw new RulesError([at(0, input.message)]);
  if (input === null) throw new RulesError([at(0, 'the file is empty: it needs a list `rules`')]);

  const parsed = RulesFile.safeParse(input);
  const issues = parsed.error?.issues.flatMap((issue) => explainIssue(issue, input)) ?? [];
  const found = [...issues, ...rawRules(input).flatMap(explainRule)];
  if (parsed.success && found.length === 0) return rulesConfig(parsed.data);
  const problems = found.map((one) =>
    at(offsetOf(text, doc, one), one.message, nameAt(input, one)),
  );
  throw new RulesError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

function asLine({ file, line, column, message, rule }: RulesProblem): string {
  const subject = rule === undefined ? '' : `rule ${JSON.stringify(rule)}: `;
  return `${file}:${line}:${column}: ${subject}${message}`;
}

/** The document as plain data, or why it has none (an alias of nothing, aliases without end). */
function plain(doc: Document): unknown {
  try {
    return doc.toJS();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The rules as they came, well-formed or not, so that one broken rule hides no other's problems. */
function rawRules(input: unknown): Record<string, unknown>[] {
  const { rules } = input as { rules?: unknown };
  if (!Array.isArray(rules)) return [];
  return rules.map((rule) => (typeof rule === 'object' && rule !== null ? rule : {}));
}

/** An explanation that may point into an expression. */
interface Finding extends Explanation {
  readonly offset?: number;
}

/** What the schema cannot see: expressions, and what only means something beside its neighbours. */
function explainRule(rule: Record<string, unknown>, i: number, all: (typeof rule)[]): Finding[] {
  const findings: Finding[] = [];
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

function explainLabels(rule: Record<string, unknown>, i: number): Finding[] {
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

/** The offset in the text that an explanation is about: the nearest thing that is there. */
function offsetOf(text: string, doc: Document, { path, key, offset }: Finding): number {
  const node = nodeAt(doc, path);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair !== undefined && isNode(pair.key)) return startOf(pair.key);
  }
  if (offset !== undefined && isScalar<string>(node)) {
    return offsetInScalar(text, node, node.value, offset);
  }
  return node === undefined ? 0 : startOf(node);
}

function nodeAt(doc: Document, path: Explanation['path']): Node | undefined {
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true);
  if (isAlias(node)) return node.resolve(doc) ?? node;
  if (isNode(node)) return node;
  return path.length === 0 ? undefined : nodeAt(doc, path.slice(0, -1));
}

function nameAt(input: unknown, { path }: Explanation): string | undefined {
  const name = path[0] === 'rules' ? rawRules(input)[Number(path[1])]?.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function rulesConfig(file: z.output<typeof RulesFile>): RulesConfig {
  return {
    missing: file.contacts.missing,
    rules: file.rules.map(({ name, on, sources, when, add, remove }) => ({
      name,
      on: [on].flat(),
      ...(sources !== undefined && { sources: [sources].flat() }),
      ...(when !== undefined && { when }),
      ...(add !== undefined && { add: labelNames(add) }),
      ...(remove !== undefined && { remove: labelNames(remove) }),
    })),
  };
}

function labelNames(given: string | string[]): LabelNames {
  return typeof given === 'string' ? { cel: given } : { labels: given.map(labelName) };
}
