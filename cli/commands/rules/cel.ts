import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import { rulesEnvironment } from '../../../lib/rules/environment.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import { standingEnvironment } from '../../../lib/standing/environment.ts';

/** Where the expressions of rules run. */
export const environment = rulesEnvironment();
/** Where those of standing labels do. */
export const histories = standingEnvironment();

export const parse = (cel: string): ASTNode => environment.parse(cel).ast;

/** The text of a node in the rule's own words; it can be parsed again. */
export function textOf(node: ASTNode): string {
  const text = balanced(node.input, node.start, node.end);
  try {
    if (serialize(parse(text)) === serialize(node)) return text;
  } catch {
    // Cut in the wrong place: there is a comment, or a bracket in a string.
  }
  return serialize(node);
}

/** The same, short enough for a message. */
export const shortTextOf = (node: ASTNode): string => oneLine(textOf(node));

/** cel-js leaves brackets at the ends of a node out of its range: this adds those that close what is open. */
function balanced(text: string, start: number, end: number): string {
  let open = 0;
  let missing = 0;
  const bare = text.slice(start, end).replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '');
  for (const character of bare) {
    if (character === '(') open++;
    if (character !== ')') continue;
    if (open > 0) open--;
    else missing++;
  }
  let [from, to] = [start, end];
  while (missing > 0 && from > 0) if (text[--from] === '(') missing--;
  while (open > 0 && to < text.length) if (text[to++] === ')') open--;
  return text.slice(from, to);
}

/** The event or the history, and the variables of loops and of cel.bind, that a part of an expression can read. */
export type Variables = Readonly<Record<string, unknown>>;

/** The value of a part of an expression; undefined where it cannot be computed. */
export function evaluate(node: ASTNode, variables: Variables): unknown {
  const around = 'history' in variables ? histories : environment;
  const bound = Object.keys(variables).filter((name) => !around.hasVariable(name));
  try {
    const inner = bound.length === 0 ? around : around.clone();
    for (const name of bound) inner.registerVariable(name, 'dyn');
    return inner.parse(textOf(node))({ ...variables });
  } catch {
    return undefined;
  }
}

/** Characters of a value that fit into a line. */
const MOST = 60;
const MOST_OF_A_LIST = 3;

/** A CEL value for a person, in one short line. */
export function renderValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(oneLine(value, MOST));
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? 'no time' : value.toISOString();
  if (Array.isArray(value)) return renderList(value);
  if (value instanceof Map) return value.size === 0 ? 'empty' : renderKeys([...value.keys()]);
  if (typeof value !== 'object' || value === null) return String(value);
  // Durations and types of cel-js have a text of their own; its records have none.
  const own = String(value);
  if (!own.startsWith('[object ')) return own;
  const { title, id } = value as { title?: unknown; id?: unknown };
  const name = title ?? id;
  return typeof name === 'string' ? renderValue(name) : renderKeys(Object.keys(value));
}

/** `"a", "b" and 3 more`; each value once. */
export function renderList(values: readonly unknown[]): string {
  const all = [...new Set(values.map(renderValue))];
  if (all.length === 0) return 'empty';
  const rest = all.length - MOST_OF_A_LIST;
  const first = all.slice(0, MOST_OF_A_LIST).join(', ');
  return rest > 0 ? `${first} and ${rest} more` : first;
}

const renderKeys = (names: readonly unknown[]): string =>
  `{${oneLine(names.map(String).join(', '), MOST)}}`;
