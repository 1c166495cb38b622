import type { ASTNode } from '@marcbachmann/cel-js';
import { durationMs } from './duration.ts';

/** The windows that an expression looks through, by `within`, in milliseconds. */
export function windowsOf(node: ASTNode): readonly number[] {
  const inner = childrenOf(node).flatMap(windowsOf);
  if (node.op !== 'rcall' || node.args[0] !== 'within') return inner;
  const [argument] = node.args[2];
  const window = argument?.op === 'value' ? durationMs(String(argument.args)) : undefined;
  return window === undefined ? inner : [window, ...inner];
}

/** Other properties of a node hold cycles. */
export const childrenOf = (node: ASTNode): ASTNode[] => [node.args].flat(3).filter(isNode);

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}
