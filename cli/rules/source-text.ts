import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import type { rulesEnvironment } from '../../lib/rules/environment.ts';

/** Characters of a rule's text that fit into a line. */
const SHOWN = 100;

/** What a node of an expression says, in the rule's own words; it can be parsed again. */
export function sourceOf(environment: ReturnType<typeof rulesEnvironment>, node: ASTNode): string {
  // cel-js leaves brackets at the ends of a node out of its range.
  const text = balanced(node.input, node.start, node.end);
  try {
    if (serialize(environment.parse(text).ast) === serialize(node)) return text;
  } catch {
    // Taken apart wrongly: a comment, a bracket in a string.
  }
  return serialize(node);
}

/** The part of a text from start to end, with the round brackets that close what is open in it. */
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

/** On one line, and cut where it is long. */
export function oneLine(text: string, most = SHOWN): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most
    ? line
    : `${line
        .slice(0, most - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

/** The nodes under a node. Only `op` and `args` are walked: other properties hold cycles. */
export function children(node: ASTNode): ASTNode[] {
  return [node.args].flat(3).filter(isNode);
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value;

/** All nodes of an expression, the outermost first. */
export function nodesOf(node: ASTNode): ASTNode[] {
  return [node, ...children(node).flatMap(nodesOf)];
}
