// Where a problem stands in rules.yml. Build-time only.
import type { Node, Scalar } from 'yaml';

/**
 * The offset in the YAML text of an offset in the value of a scalar. A YAML scalar of any style
 * holds the non-blank characters of its value in order, so counting those maps one to the other.
 * Escapes break that (`\"`, `''`); then it is the scalar's start.
 */
export function offsetInScalar(
  yaml: string,
  scalar: Scalar,
  value: string,
  offset: number,
): number {
  const [start, end] = contentRange(yaml, scalar);
  const content = yaml.slice(start, end);
  if (nonBlanks(content) !== nonBlanks(value)) return startOf(scalar);
  let left = nonBlanks(value.slice(0, offset)).length;
  // Past the last character stands right behind it; anything else stands on its own character.
  const past = nonBlanks(value.slice(offset)) === '' && left > 0;
  if (past) left--;
  for (let at = 0; at < content.length; at++) {
    if (/\s/.test(content.charAt(at))) continue;
    if (left-- === 0) return start + at + (past ? 1 : 0);
  }
  return startOf(scalar);
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function contentRange(yaml: string, scalar: Scalar): [number, number] {
  const [start, end] = scalar.range ?? [0, 0];
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return [start + 1, end - 1];
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') {
    return [yaml.indexOf('\n', start) + 1, end];
  }
  return [start, end];
}

function nonBlanks(text: string): string {
  return text.replace(/\s+/g, '');
}
