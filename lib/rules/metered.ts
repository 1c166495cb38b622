// cel-js 8.0.0 has no limit on what an evaluation costs, so its evaluator is made to count: a step for
// each node that runs, and steps for what a node does to long texts and lists. Read in its source, which
// has no interface for this: `Evaluator` in evaluator.js, `ASTNode` in parser.js, OPERATORS in
// operators.js. test/rules/steps.property.test.ts holds it to the count.
import type { Environment } from '@marcbachmann/cel-js';
import { celValue, stepsOfJson } from './cel-value.ts';
import { OutOfSteps, stepsOfOne, type TakeSteps, takeWhole } from './steps.ts';

/** What runs. `handle` is what the node does to the values of its parts; nodes without one do nothing. */
interface RunningNode {
  readonly op: string;
  readonly args: unknown;
  readonly meta: { readonly alternate?: RunningNode };
  handle?: NodeHandler;
  priced?: true;
  evaluate(evaluator: Evaluator, node: RunningNode, context: unknown): unknown;
}

type NodeHandler = (...values: unknown[]) => unknown;

interface Evaluator {
  run(node: RunningNode, context: unknown): unknown;
  tryEval(node: RunningNode, context: unknown): unknown;
}

/** An error is made with a stack and a drawing of the expression, and `||` and exists() pass over it. */
const STEPS_AN_ERROR = 100;
/** Each call makes the calendar of its time zone anew. */
const STEPS_A_ZONE = 1_000;

/** An expression, compiled, that counts what it does. */
export type Metered = (context: object) => unknown;

/** Makes an environment count. Every expression is to be compiled by the function that this returns. */
export function meter(environment: Environment, take: TakeSteps): (cel: string) => Metered {
  const evaluator = evaluatorOf(environment);
  evaluator.run = (node, context) => {
    take(1);
    price(node, take);
    return node.evaluate(evaluator, node, context);
  };
  evaluator.tryEval = (node, context) => {
    try {
      return evaluator.run(node, context);
    } catch (error) {
      // The end of the steps is not an error that another part of the expression can make good.
      if (error instanceof OutOfSteps) throw error;
      take(STEPS_AN_ERROR);
      return error;
    }
  };
  return (cel) => {
    const { run, root } = compile(environment, cel);
    price(root, take);
    return (context) => {
      take(1);
      return run(context);
    };
  };
}

function compile(environment: Environment, cel: string): { run: Metered; root: RunningNode } {
  const run = environment.parse(cel);
  run.check();
  return { run, root: run.ast as unknown as RunningNode };
}

/** The environment shows its evaluator only to the nodes that it runs. */
function evaluatorOf(environment: Environment): Evaluator {
  const { run, root } = compile(environment, 'true');
  let found: Evaluator | undefined;
  root.evaluate = (evaluator) => {
    found = evaluator;
    return true;
  };
  run({});
  if (found === undefined) throw new Error('cel-js runs expressions in another way than 8.0.0');
  return found;
}

/** Makes a node take its steps before it works; once, when it runs for the first time. */
function price(node: RunningNode, take: TakeSteps): void {
  if (node.priced) return;
  node.priced = true;
  if (node.meta.alternate !== undefined) price(node.meta.alternate, take);
  const { handle } = node;
  if (handle !== undefined) node.handle = priced(node, handle, take);
}

function priced({ op, args }: RunningNode, handle: NodeHandler, take: TakeSteps): NodeHandler {
  if (op === 'rcall' || op === 'call') {
    const [name] = args as readonly [string];
    const takeOf = CALLS.get(name) ?? takeAll;
    return (values, ...rest) => {
      takeOf(values as readonly unknown[], take);
      return afterCall(name, handle(values, ...rest), take);
    };
  }
  if (op === 'comprehension') {
    // A map first becomes the list of its keys; each round then runs a node.
    return (range, ...rest) => {
      if (range instanceof Map) take(range.size);
      return handle(range, ...rest);
    };
  }
  const takeOf = OPERATORS[op];
  if (takeOf === undefined) return handle;
  return (left, right, ...rest) => {
    takeOf(left, right, take);
    return handle(left, right, ...rest);
  };
}

type TakeOfOperator = (left: unknown, right: unknown, take: TakeSteps) => void;

const takeShorter: TakeOfOperator = (left, right, take) => {
  take(Math.min(stepsOf(left), stepsOf(right)));
};
/** Two values are compared part by part, to the end of the smaller one at most. */
const takeEqual: TakeOfOperator = (left, right, take) => {
  if (typeof left === 'object' && typeof right === 'object') takeWhole(left, take);
  else takeShorter(left, right, take);
};
const takeBoth: TakeOfOperator = (left, right, take) => take(stepsOf(left) + stepsOf(right));

/** All other operators do the same work for all values. */
const OPERATORS: Readonly<Record<string, TakeOfOperator>> = {
  '==': takeEqual,
  '!=': takeEqual,
  '<': takeShorter,
  '<=': takeShorter,
  '>': takeShorter,
  '>=': takeShorter,
  '+': takeBoth,
  '[]': (_, key, take) => take(stepsOf(key)),
  // Each of a list is compared with the value; a map looks it up.
  in: (value, range, take) => {
    const whole = takeWhole(value, take);
    if (Array.isArray(range)) take(whole * range.length);
  },
};

/** The steps for a text or bytes by their length, for a list by the number of its values, else one. */
const stepsOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : stepsOfOne(value);

type TakeOfCall = (values: readonly unknown[], take: TakeSteps) => void;

/** To find one text in another, V8 may compare each character of one with each of the other. */
const takeSearch: TakeOfCall = ([text, part], take) => take(stepsOf(text) * stepsOf(part));

const CALLS = new Map<string, TakeOfCall>([
  ['contains', takeSearch],
  ['indexOf', takeSearch],
  ['lastIndexOf', takeSearch],
  ['split', takeSearch],
  [
    'join',
    ([list, between], take) => {
      takeWhole(list, take);
      take(stepsOf(list) * stepsOf(between));
    },
  ],
  // The regular expression of duration() tries each end of each run of digits, from each place of the text.
  ['duration', ([text], take) => take(typeof text === 'string' ? text.length ** 3 : 1)],
  // get() looks up the whole rest of the path too, at each dot.
  ['get', ([, path], take) => take(String(path).split('.').length * stepsOf(path))],
  ['size', ([value], take) => take(Array.isArray(value) ? 1 : stepsOf(value))],
]);

/** For a call that passes once over its arguments. */
const takeAll: TakeOfCall = (values, take) => {
  const isZoned = values[0] instanceof Date && values.length > 1;
  take(values.reduce<number>((sum, value) => sum + stepsOf(value), isZoned ? STEPS_A_ZONE : 0));
};

/** Takes the steps for a result that is more than the arguments. */
function afterCall(name: string, value: unknown, take: TakeSteps): unknown {
  if (name === 'split' && Array.isArray(value)) take(value.length);
  if (name !== 'json') return value;
  // json() gives plain objects with any keys: they become what event.data is.
  take(stepsOfJson(value));
  return celValue(value);
}
