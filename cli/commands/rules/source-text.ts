import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import type { rulesEnvironment } from '../../../lib/rules/environment.ts';

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
