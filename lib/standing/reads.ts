import type { ASTNode } from '@marcbachmann/cel-js';
import { FACT_KINDS, type FactKind, type KeptFact } from '../history/fact.ts';
import { childrenOf, windowsOf } from './windows.ts';

const KINDS: Readonly<Record<string, FactKind>> = {
  orders: 'order',
  items: 'order',
  spent: 'order',
  subscriptions: 'subscription',
  forms: 'form',
  events: 'event',
};

/** What an expression reads of a history, about: the kinds of facts, and how far back where it looks no further. */
export interface Reads {
  readonly kinds: ReadonlySet<FactKind>;
  /** Milliseconds. */
  readonly window: number | undefined;
}

export function readsOf(node: ASTNode): Reads {
  const nodes = nodesOf(node);
  const kinds = new Set(nodes.flatMap((one) => KINDS[nameOf(one)] ?? []));
  const uses = nodes.filter(({ op, args }) => op === 'id' && args === 'history').length;
  const windowed = nodes.filter(
    ({ op, args }) => op === 'rcall' && args[0] === 'within' && args[1].op === 'id',
  ).length;
  return {
    kinds: kinds.size > 0 ? kinds : new Set(FACT_KINDS),
    window: windowed >= uses ? Math.max(...windowsOf(node)) : undefined,
  };
}

/** Whether an expression that reads so reads anything of a fact. */
export const isRead = (
  { kind, states }: KeptFact,
  { kinds, window }: Reads,
  now: number,
): boolean =>
  kinds.has(kind) &&
  (window === undefined || Object.values(states).some(({ at }) => at > now - window));

const nodesOf = (node: ASTNode): ASTNode[] => [node, ...childrenOf(node).flatMap(nodesOf)];

/** Of a field, or of a function that is called on something. */
function nameOf({ op, args }: ASTNode): string {
  if (op === '.') return args[1];
  return op === 'rcall' ? args[0] : '';
}
