import type { ASTNode } from '@marcbachmann/cel-js';

/** The nodes under a node. Only `op` and `args` are walked: other properties hold cycles. */
export function children(node: ASTNode): ASTNode[] {
  return [node.args].flat(3).filter(isNode);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

/** All nodes of an expression, the outermost first. */
export function nodesOf(node: ASTNode): ASTNode[] {
  return [node, ...children(node).flatMap(nodesOf)];
}
