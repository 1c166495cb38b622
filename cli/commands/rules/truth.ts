import type { ASTNode } from '@marcbachmann/cel-js';
import { chainOf, isConstant } from '../../../lib/rules/authoring/syntax-tree.ts';
import { durationMs } from '../../../lib/standing/duration.ts';
import { evaluate, parse, textOf } from './cel.ts';

/** `history.orders.size() >= 2`: a number of the history between two bounds. */
interface Bounds {
  /** The number, without its window. */
  readonly what: string;
  /** Milliseconds; of a longer window the number is at least as large. */
  readonly window: number;
  readonly least: number;
  readonly most: number;
}

/** What a part of a condition says: bounds of a number, or something else by its text. */
type Said = Bounds | { readonly text: string };

/** Whether a condition over a history is surely true of everybody, or of nobody; undefined where that depends. */
export function truthOf(cel: string): boolean | undefined {
  return truthOfNode(parse(cel));
}

function truthOfNode(node: ASTNode): boolean | undefined {
  if (isConstant(node)) {
    const value = evaluate(node, {});
    return typeof value === 'boolean' ? value : undefined;
  }
  if (node.op === '!_') {
    const inner = truthOfNode(node.args);
    return inner === undefined ? undefined : !inner;
  }
  if (node.op === '&&' || node.op === '||') {
    const isOr = node.op === '||';
    const parts = chainOf(node, node.op);
    const truths = parts.map(truthOfNode);
    if (truths.includes(isOr)) return isOr;
    if (truths.every((one) => one === !isOr)) return !isOr;
    return !isOr && contradict(parts.map(saidBy)) ? false : undefined;
  }
  const said = saidBy(node);
  if ('text' in said) return undefined;
  if (said.most < 0 || said.least > said.most) return false;
  return said.least <= 0 && said.most === Number.POSITIVE_INFINITY ? true : undefined;
}

/** Whether no history can be all that. */
const contradict = (all: readonly Said[]): boolean =>
  all.some((one) =>
    all.some((other) => {
      if ('text' in one || 'text' in other || one.what !== other.what) return false;
      // In the longer window there is at least as much.
      return one.window >= other.window && other.least > one.most;
    }),
  );

/** Whether a condition surely holds wherever another does. */
export function follows(cel: string, from: string): boolean {
  const known = chainOf(parse(from), '&&').map(saidBy);
  return chainOf(parse(cel), '&&').every((part) => {
    const said = saidBy(part);
    return known.some((one) => implies(one, said));
  });
}

function implies(one: Said, other: Said): boolean {
  if ('text' in one || 'text' in other) return JSON.stringify(one) === JSON.stringify(other);
  if (one.what !== other.what) return false;
  const isAtLeast = other.least <= 0 || (one.window <= other.window && one.least >= other.least);
  const isAtMost =
    other.most === Number.POSITIVE_INFINITY ||
    (one.window >= other.window && one.most <= other.most);
  return isAtLeast && isAtMost;
}

const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function saidBy(node: ASTNode): Said {
  const other = { text: textOf(node).replace(/\s+/g, ' ') };
  if (!['<', '<=', '>', '>=', '=='].includes(node.op)) return other;
  const [left, right] = node.args as readonly ASTNode[];
  if (left === undefined || right === undefined) return other;
  const [number, value, op] = isConstant(left)
    ? [right, evaluate(left, {}), FLIPPED[node.op] ?? node.op]
    : [left, evaluate(right, {}), node.op];
  const found = numberOf(number);
  const bound = typeof value === 'bigint' ? Number(value) : value;
  if (found === undefined || typeof bound !== 'number') return other;
  return { ...found, ...boundsOf(op, bound, found.isWhole) };
}

/** Above a bound, and not at it: the next whole number, or a little more. */
function boundsOf(op: string, bound: number, isWhole: boolean) {
  const step = isWhole ? 1 : Number.EPSILON * Math.max(1, Math.abs(bound));
  const [least, most] = [0, Number.POSITIVE_INFINITY];
  switch (op) {
    case '>=':
      return { least: bound, most };
    case '>':
      return { least: bound + step, most };
    case '<=':
      return { least, most: bound };
    case '<':
      return { least, most: bound - step };
    default:
      return { least: bound, most: bound };
  }
}

const NUMBER = /^history(?:\.within\("(\w+)"\))?\.(.+\.size\(\)|spent\("\w+"\))$/s;

/** A number that is never below zero, and grows with its window. */
function numberOf(node: ASTNode): { what: string; window: number; isWhole: boolean } | undefined {
  const [, window, what] = NUMBER.exec(textOf(node).trim()) ?? [];
  // Conditions on another window in it need not grow with this one.
  if (what === undefined || what.includes('history')) return undefined;
  const ms = window === undefined ? Number.POSITIVE_INFINITY : durationMs(window);
  if (ms === undefined) return undefined;
  return { what: what.replace(/\s+/g, ' '), window: ms, isWhole: what.endsWith('.size()') };
}
