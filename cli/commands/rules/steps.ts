import type { ASTNode } from '@marcbachmann/cel-js';
import {
  type Binding,
  bindingOf,
  children,
  LOOPS,
  mentions,
} from '../../../lib/rules/authoring/syntax-tree.ts';
import { STEPS_A_DELIVERY } from '../../../lib/rules/steps.ts';
import { parse, shortTextOf, textOf } from './cel.ts';
import type { ExpressionRemark } from './remark.ts';

/** Functions that pass over the whole of the text or list they are called on. */
const WHOLE = new Set(
  'contains endsWith indexOf join lastIndexOf lowerAscii split trim upperAscii'.split(' '),
);

/** The most there can be of a list of the event (lib/sources), and of what a mebibyte of its own data holds. */
const MOST_OF_EVENT = 2_000;
const MOST_OF_DATA = 100_000;
const STEPS_A_ROUND = 5;

interface Around {
  readonly loops: readonly Binding[];
  /** The values of the variables of cel.bind. */
  readonly bound: ReadonlyMap<string, ASTNode>;
}

/** Warnings about work that grows by the rounds of a loop around it, and can use up the steps of a rule. */
export const heavyLoops = (cel: string): readonly ExpressionRemark[] =>
  warningsIn(parse(cel), { loops: [], bound: new Map() });

function warningsIn(node: ASTNode, around: Around): readonly ExpressionRemark[] {
  const inside = within(node, around);
  // The receiver of a loop is not inside it.
  const receiver = node.op === 'rcall' ? node.args[1] : undefined;
  const below = children(node).flatMap((one) =>
    warningsIn(one, one === receiver ? around : inside),
  );
  return [...warningsAt(node, around), ...below];
}

/** What is around the arguments of a call. */
function within(node: ASTNode, around: Around): Around {
  const binding = bindingOf(node);
  if (binding === undefined) return around;
  const { method, variable } = binding;
  const over = resolved(binding.over, around);
  if (method === 'bind') return { ...around, bound: new Map(around.bound).set(variable, over) };
  return LOOPS.has(method) ? { ...around, loops: [...around.loops, { ...binding, over }] } : around;
}

const resolved = (node: ASTNode, { bound }: Around): ASTNode =>
  (node.op === 'id' && bound.get(node.args)) || node;

/** A warning where each round of the loops around a node passes over something large anew. */
function warningsAt(node: ASTNode, around: Around): ExpressionRemark[] {
  const written = wholeOf(node);
  if (written === undefined) return [];
  const whole = resolved(written, around);
  // What a loop's own variable holds is passed over once in all.
  const loops = around.loops.filter(({ variable }) => !mentions(whole, variable));
  const innermost = loops.at(-1);
  const rounds = loops.reduce((product, { over }) => product * mostOf(over), 1);
  const steps = rounds * mostOf(whole) * STEPS_A_ROUND;
  if (innermost === undefined || steps <= STEPS_A_DELIVERY / 2) return [];
  const message =
    `goes over all of \`${shortTextOf(whole)}\` for each of \`${shortTextOf(innermost.over)}\`: where a sender ` +
    'sends much of both, that takes more steps than a rule has, and the rule fails (docs/rules.md, "Steps")';
  return [{ kind: 'warning', offset: written.start, message }];
}

/** The list or text that a node passes over as a whole. */
function wholeOf(node: ASTNode): ASTNode | undefined {
  if (node.op === 'in') return node.args[1];
  if (node.op !== 'rcall') return undefined;
  const [method, receiver] = node.args;
  return LOOPS.has(method) || WHOLE.has(method) ? receiver : undefined;
}

/** How many values there can be in it, or 16 characters of a text. */
function mostOf(node: ASTNode): number {
  if (node.op === 'list') return node.args.length;
  if (node.op === 'value' || !mentions(node, 'event')) return 1;
  const text = textOf(node);
  if (/\bevent\.(?:data|form)\b/.test(text)) return MOST_OF_DATA;
  const list = /\bevent\.(?:order\.(?:items|refundedItems|tags|discountCodes)|tags)\b/;
  return list.test(text) ? MOST_OF_EVENT : 1;
}
