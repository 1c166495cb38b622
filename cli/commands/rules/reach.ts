import type { ASTNode } from '@marcbachmann/cel-js';
import { children, nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import { rulesEnvironment } from '../../../lib/rules/environment.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import { STEPS_A_DELIVERY } from '../../../lib/rules/steps.ts';
import type { ComputedFinding } from './computed.ts';
import { sourceOf } from './source-text.ts';

const environment = rulesEnvironment();
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** They pass over the whole of what they are called on. */
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
  /** What cel.bind gave a name. */
  readonly bound: ReadonlyMap<string, ASTNode>;
}

/** What of an expression can use up the steps of a rule: work that grows by the rounds of a loop around it. */
export function reachesEnd(cel: string): readonly ComputedFinding[] {
  return findingsIn(environment.parse(cel).ast, { loops: [], bound: new Map() });
}

function findingsIn(node: ASTNode, around: Around): readonly ComputedFinding[] {
  const here = findingAt(node, around);
  const found = here === undefined ? [] : [here];
  if (node.op !== 'rcall') {
    return [...found, ...children(node).flatMap((one) => findingsIn(one, around))];
  }
  const [, receiver, args] = node.args;
  const inside = within(node, around);
  return [
    ...found,
    ...findingsIn(receiver, around),
    ...args.flatMap((one) => findingsIn(one, inside)),
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

/** The first thing that is passed over anew in each round of loops around it, and is too much for that. */
function findingAt(node: ASTNode, around: Around): ComputedFinding | undefined {
  const written = wholeOf(node);
  if (written === undefined) return undefined;
  const whole = resolved(written, around);
  // What comes out of a loop's own round is passed over once in all.
  const loops = around.loops.filter(({ variable }) => !uses(whole, variable));
  if (loops.length === 0) return undefined;
  const rounds = loops.reduce((product, { range }) => product * mostOf(range), 1);
  if (rounds * mostOf(whole) * STEPS_A_ROUND <= STEPS_A_DELIVERY / 2) return undefined;
  const [text, over] = [whole, loops.at(-1)?.range ?? whole].map((one) =>
    oneLine(sourceOf(environment, one)),
  );
  const message =
    `goes over all of \`${text}\` for each of \`${over}\`: where a sender sends much of both, that takes ` +
    'more steps than a rule has, and the rule fails (docs/rules.md, "Steps")';
  return { kind: 'warning', offset: written.start, message };
}

/** The list or text that a node passes over as a whole. */
function wholeOf(node: ASTNode): ASTNode | undefined {
  if (node.op === 'in') return node.args[1];
  if (node.op !== 'rcall') return undefined;
  const [method, receiver] = node.args;
  return LOOPS.has(method) || WHOLE.has(method) ? receiver : undefined;
}

const uses = (node: ASTNode, variable: string): boolean =>
  nodesOf(node).some(({ op, args }) => op === 'id' && args === variable);

/** How many values there can be in it, or 16 characters of a text. */
function mostOf(node: ASTNode): number {
  if (node.op === 'list') return node.args.length;
  if (node.op === 'value' || !uses(node, 'event')) return 1;
  const text = sourceOf(environment, node);
  if (/\bevent\.(?:data|form)\b/.test(text)) return MOST_OF_DATA;
  return /\bevent\.(?:order\.(?:items|refundedItems|tags|discountCodes)|tags)\b/.test(text)
    ? MOST_OF_EVENT
    : 1;
}
