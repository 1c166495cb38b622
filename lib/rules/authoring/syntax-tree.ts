import type { ASTNode } from '@marcbachmann/cel-js';

/** The macros that evaluate an expression for each element of a list. */
export const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The nodes under a node. Only `op` and `args` are walked: other properties hold cycles. */
export function children(node: ASTNode): ASTNode[] {
  return [node.args].flat(3).filter(isNode);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

/** The parts of `a && b && c`, or of a chain of `||`. */
export function chainOf(node: ASTNode, op: '&&' | '||'): ASTNode[] {
  return node.op === op ? node.args.flatMap((part) => chainOf(part, op)) : [node];
}

/** A loop, or cel.bind: `parts` are computed with a variable that nothing outside of them can read. */
export interface Binding {
  readonly method: string;
  readonly variable: string;
  /** The list that the loop goes over, or the one value. */
  readonly over: ASTNode;
  readonly parts: readonly [ASTNode, ...ASTNode[]];
}

export function bindingOf(node: ASTNode): Binding | undefined {
  if (node.op !== 'rcall') return undefined;
  const [method, receiver, [variable, first, ...rest]] = node.args;
  if (variable?.op !== 'id' || first === undefined) return undefined;
  const [second] = rest;
  return method === 'bind' && second
    ? { method, variable: variable.args, over: first, parts: [second] }
    : { method, variable: variable.args, over: receiver, parts: [first, ...rest] };
}

/** All nodes of an expression, the outermost first. */
export function nodesOf(node: ASTNode): ASTNode[] {
  return [node, ...children(node).flatMap(nodesOf)];
}

/** Whether an expression reads no variable, and so is the same for every event. */
export const isConstant = (node: ASTNode): boolean => nodesOf(node).every(({ op }) => op !== 'id');

/** Whether an expression reads this variable. */
export const mentions = (node: ASTNode, variable: string): boolean =>
  nodesOf(node).some(({ op, args }) => op === 'id' && args === variable);
