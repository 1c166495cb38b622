import type { ASTNode } from '@marcbachmann/cel-js';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import {
  bindingOf,
  chainOf,
  children,
  isConstant,
  mentions,
} from '../../../lib/rules/authoring/syntax-tree.ts';
import { ruleContext } from '../../../lib/rules/environment.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import {
  evaluate,
  parse,
  renderList,
  renderValue,
  shortTextOf,
  textOf,
  type Variables,
} from './cel.ts';

/**
 * Why a condition does not hold for an event: the part that decides, and the values it has there, in one line.
 * Undefined where the condition holds, or cannot be computed: `matchRules` reports both.
 */
export function whyNot(when: string, event: CustomerEvent): string | undefined {
  const why = whyOf(when, { ...ruleContext(event) });
  return why?.outcome === false ? why.text : undefined;
}

/** Whether a condition holds, and why: the part that decides. Undefined where it cannot be computed. */
export function whyOf(
  cel: string,
  vars: Variables,
): { readonly outcome: boolean; readonly text: string } | undefined {
  const condition = parse(cel);
  const outcome = evaluate(condition, vars);
  if (typeof outcome !== 'boolean') return undefined;
  const always = outcome ? 'always' : 'never';
  if (isConstant(condition)) return { outcome, text: `${oneLine(cel)} is ${always} true` };
  return { outcome, text: because(condition, outcome, vars) };
}

/** Why a node is what it is, true or false. */
function because(node: ASTNode, outcome: boolean, vars: Variables): string {
  switch (node.op) {
    case '&&':
      return junction(node, outcome, false, vars);
    case '||':
      return junction(node, outcome, true, vars);
    case '!_':
      return because(node.args, !outcome, vars);
    case '?:': {
      const [condition, yes, no] = node.args;
      const holds = evaluate(condition, vars) === true;
      return `${because(condition, holds, vars)}, so ${because(holds ? yes : no, outcome, vars)}`;
    }
    case 'call': {
      const [name, [field = node]] = node.args;
      if (name !== 'has') return plain(node, outcome, vars);
      const text = shortTextOf(field);
      return outcome ? `${text} is there: it is ${seen(field, vars)}` : `${text} is missing`;
    }
    case 'rcall':
      return ofCall(node, outcome, vars);
    default:
      return plain(node, outcome, vars);
  }
}

/** One part decides: the first that is `decisive`. Where none is, all of them together do. */
function junction(
  node: Extract<ASTNode, { op: '&&' | '||' }>,
  outcome: boolean,
  decisive: boolean,
  vars: Variables,
): string {
  const parts = chainOf(node, node.op);
  if (outcome !== decisive) {
    const variable = parts.filter((part) => !isConstant(part));
    return (variable.length > 0 ? variable : parts)
      .map((part) => because(part, outcome, vars))
      .join(', and ');
  }
  const first = parts.find((part) => evaluate(part, vars) === decisive);
  return first ? because(first, outcome, vars) : plain(node, outcome, vars);
}

/** `a == b is false: a is 1`. */
function plain(node: ASTNode, outcome: boolean, vars: Variables): string {
  const text = `${shortTextOf(node)} is ${outcome}`;
  const values = operandsOf(node).map((part) => `${shortTextOf(part)} is ${seen(part, vars)}`);
  return values.length === 0 ? text : `${text}: ${[...new Set(values)].join(', ')}`;
}

function seen(node: ASTNode, vars: Variables): string {
  const value = evaluate(node, vars);
  return value === undefined ? 'missing' : renderValue(value);
}

/** The parts that a comparison or a call looks at, without those that are the same for every event. */
function operandsOf(node: ASTNode): ASTNode[] {
  if (['.', '[]', 'id', 'value', 'list', 'map'].includes(node.op)) return [];
  const binding = bindingOf(node);
  const parts = binding ? [binding.over] : children(node);
  return parts.filter((part) => !isConstant(part));
}

function ofCall(
  node: Extract<ASTNode, { op: 'rcall' }>,
  outcome: boolean,
  vars: Variables,
): string {
  const binding = bindingOf(node);
  if (binding === undefined) return plain(node, outcome, vars);
  const {
    method,
    variable,
    over,
    parts: [body],
  } = binding;
  const text = `${shortTextOf(node)} is ${outcome}`;
  // A variable of that name hides what the parts would be computed with.
  if (variable === 'event' || variable === 'history') return text;
  const value = evaluate(over, vars);
  if (method === 'bind') return because(body, outcome, { ...vars, [variable]: value });
  const loop = LOOPS[method];
  const elements = value instanceof Map ? [...value.keys()] : value;
  if (!loop || !Array.isArray(elements)) return plain(node, outcome, vars);
  if (elements.length === 0) return `${text}: ${shortTextOf(over)} is empty`;
  const rounds = elements.map((element) => ({ ...vars, [variable]: element }));
  const why = loop(body, outcome, rounds);
  return why === '' ? text : `${text}: ${why}`;
}

type WhyLoop = (body: ASTNode, outcome: boolean, rounds: readonly Variables[]) => string;

const LOOPS: Partial<Record<string, WhyLoop>> = {
  exists: (body, outcome, rounds) => (outcome ? oneOf(body, true, rounds) : allOf(body, rounds)),
  all: (body, outcome, rounds) => (outcome ? allOf(body, rounds) : oneOf(body, false, rounds)),
  exists_one(body, _outcome, rounds) {
    const count = rounds.filter((vars) => evaluate(body, vars) === true).length;
    return `it holds for ${count} of ${rounds.length}`;
  },
};

/** The element that decides a loop. */
function oneOf(body: ASTNode, decisive: boolean, rounds: readonly Variables[]): string {
  const at = rounds.findIndex((vars) => evaluate(body, vars) === decisive);
  const vars = rounds[at];
  return vars ? `for number ${at + 1} of ${rounds.length}, ${because(body, decisive, vars)}` : '';
}

/** The values, in all rounds of a loop, of the parts that its body looks at. */
function allOf(body: ASTNode, rounds: readonly Variables[]): string {
  const looks = new Map(looksOf(body).map((node) => [textOf(node), node]));
  return [...looks]
    .map(([text, node]) => {
      const values = rounds.map((vars) => evaluate(node, vars));
      const there = values.filter((value) => value !== undefined);
      return `${oneLine(text)} is ${there.length === 0 ? 'missing' : renderList(there)}`;
    })
    .join(', ');
}

function looksOf(node: ASTNode): ASTNode[] {
  if (['&&', '||', '!_', '?:'].includes(node.op)) return children(node).flatMap(looksOf);
  if (node.op === 'call' && node.args[0] === 'has') return [...node.args[1]];
  const operands = operandsOf(node);
  const binding = bindingOf(node);
  if (binding) {
    const inner = looksOf(binding.parts[0]).filter((look) => !mentions(look, binding.variable));
    return [...operands, ...inner];
  }
  return operands.length > 0 || isConstant(node) ? operands : [node];
}
