import type { ASTNode } from '@marcbachmann/cel-js';
import { children, LOOPS, mentions } from '../../../lib/rules/authoring/syntax-tree.ts';
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

interface Loop {
  readonly variable: string;
  readonly range: ASTNode;
}

interface Around {
  readonly loops: readonly Loop[];
  /** The values of the variables of cel.bind. */
  readonly bound: ReadonlyMap<string, ASTNode>;
}

/** Warnings about work that grows by the rounds of a loop around it, and can use up the steps of a rule. */
export const heavyLoops = (cel: string): readonly ExpressionRemark[] =>
  warningsIn(parse(cel), { loops: [], bound: new Map() });

function warningsIn(node: ASTNode, around: Around): readonly ExpressionRemark[] {
  const here = warningsAt(node, around);
  if (node.op !== 'rcall') {
    return [...here, ...children(node).flatMap((one) => warningsIn(one, around))];
  }
  const [, receiver, args] = node.args;
  const inside = within(node, around);
  return [
    ...here,
    ...warningsIn(receiver, around),
    ...args.flatMap((one) => warningsIn(one, inside)),
  ];
}

/** What is around the arguments of a call. */
function within(node: Extract<ASTNode, { op: 'rcall' }>, around: Around): Around {
  const [method, range, [variable, value]] = node.args;
  if (variable?.op !== 'id') return around;
  if (method === 'bind' && value !== undefined) {
    return { ...around, bound: new Map(around.bound).set(variable.args, resolved(value, around)) };
  }
  if (!LOOPS.has(method)) return around;
  const loop = { variable: variable.args, range: resolved(range, around) };
  return { ...around, loops: [...around.loops, loop] };
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
  const rounds = loops.reduce((product, { range }) => product * mostOf(range), 1);
  const steps = rounds * mostOf(whole) * STEPS_A_ROUND;
  if (innermost === undefined || steps <= STEPS_A_DELIVERY / 2) return [];
  const message =
    `goes over all of \`${shortTextOf(whole)}\` for each of \`${shortTextOf(innermost.range)}\`: where a sender ` +
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
