import type { ASTNode } from '@marcbachmann/cel-js';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { children, nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import { ruleContext, rulesEnvironment } from '../../../lib/rules/environment.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import { createScope, type Scope } from './scope.ts';
import { shown, shownList } from './shown.ts';

const environment = rulesEnvironment();

/**
 * Why a condition does not hold for an event: the part that says no, and what it saw there, in one line.
 * Undefined where the condition holds, or cannot be computed: `matchRules` tells of both.
 */
export function whyNot(when: string, event: CustomerEvent): string | undefined {
  const { ast } = environment.parse(when);
  const scope = createScope(environment, ruleContext(event));
  if (scope.valueOf(ast) !== false) return undefined;
  if (isLiteral(ast)) return `${oneLine(when)} is never true`;
  return because(ast, false, scope);
}

/** Whether it is the same for every event. */
const isLiteral = (node: ASTNode): boolean => nodesOf(node).every(({ op }) => op !== 'id');

/** Why a node is what it is, true or false. */
function because(node: ASTNode, outcome: boolean, scope: Scope): string {
  switch (node.op) {
    case '&&':
      return junction(node, outcome, false, scope);
    case '||':
      return junction(node, outcome, true, scope);
    case '!_':
      return because(node.args, !outcome, scope);
    case '?:': {
      const [condition, yes, no] = node.args;
      const holds = scope.valueOf(condition) === true;
      return `${because(condition, holds, scope)}, so ${because(holds ? yes : no, outcome, scope)}`;
    }
    case 'call':
      return node.args[0] === 'has'
        ? presence(node.args[1][0], outcome, scope)
        : plain(node, outcome, scope);
    case 'rcall':
      return ofCall(node, outcome, scope);
    default:
      return plain(node, outcome, scope);
  }
}

/** One part decides: the first that is `decisive`. Where none is, all of them together do. */
function junction(
  node: Extract<ASTNode, { op: '&&' | '||' }>,
  outcome: boolean,
  decisive: boolean,
  scope: Scope,
): string {
  const parts = flat(node, node.op);
  if (outcome !== decisive) {
    const telling = parts.filter((part) => !isLiteral(part));
    return (telling.length > 0 ? telling : parts)
      .map((part) => because(part, outcome, scope))
      .join(', and ');
  }
  const first = parts.find((part) => scope.valueOf(part) === decisive);
  return first ? because(first, outcome, scope) : plain(node, outcome, scope);
}

function flat(node: ASTNode, op: '&&' | '||'): ASTNode[] {
  return node.op === op ? node.args.flatMap((part) => flat(part, op)) : [node];
}

function presence(field: ASTNode | undefined, outcome: boolean, scope: Scope): string {
  const text = field === undefined ? 'it' : oneLine(scope.sourceOf(field));
  if (field === undefined || !outcome) return `${text} is missing`;
  return `${text} is there: it is ${seen(field, scope)}`;
}

/** `a == b is false: a is 1`. */
function plain(node: ASTNode, outcome: boolean, scope: Scope): string {
  const text = `${oneLine(scope.sourceOf(node))} is ${outcome}`;
  return withValues(text, operandsOf(node), scope);
}

function withValues(text: string, nodes: readonly ASTNode[], scope: Scope): string {
  const values = valuesOf(nodes, scope);
  return values === '' ? text : `${text}: ${values}`;
}

function valuesOf(nodes: readonly ASTNode[], scope: Scope): string {
  const values = nodes.map((node) => `${oneLine(scope.sourceOf(node))} is ${seen(node, scope)}`);
  return [...new Set(values)].join(', ');
}

function seen(node: ASTNode, scope: Scope): string {
  const value = scope.valueOf(node);
  return value === undefined ? 'missing' : shown(value);
}

/** What a comparison or a call looks at: literals need no telling. */
function operandsOf(node: ASTNode): ASTNode[] {
  if (['.', '[]', 'id', 'value', 'list', 'map'].includes(node.op)) return [];
  const binding = bindingOf(node);
  const parts = binding ? [binding.over] : children(node);
  return parts.filter((part) => !isLiteral(part));
}

/** A loop, or cel.bind: `body` is computed with a variable that nothing outside of it knows. */
interface Binding {
  readonly variable: string;
  /** What the variable gets: the list that is gone through, or the one value. */
  readonly over: ASTNode;
  readonly body: ASTNode;
}

function bindingOf(node: ASTNode): Binding | undefined {
  if (node.op !== 'rcall') return undefined;
  const [method, receiver, [variable, body, last]] = node.args;
  if (variable?.op !== 'id' || body === undefined) return undefined;
  return method === 'bind' && last
    ? { variable: variable.args, over: body, body: last }
    : { variable: variable.args, over: receiver, body };
}

function ofCall(node: Extract<ASTNode, { op: 'rcall' }>, outcome: boolean, scope: Scope): string {
  const binding = bindingOf(node);
  if (binding === undefined) return plain(node, outcome, scope);
  const { variable, over, body } = binding;
  const [method] = node.args;
  const text = `${oneLine(scope.sourceOf(node))} is ${outcome}`;
  // A variable of that name hides the event, whose type the parts would be computed with.
  if (variable === 'event') return text;
  if (method === 'bind') return because(body, outcome, scope.bind(variable, scope.valueOf(over)));
  const loop = LOOPS[method];
  const elements = loop && scope.elementsOf(over);
  if (!elements) return plain(node, outcome, scope);
  if (elements.length === 0) return `${text}: ${oneLine(scope.sourceOf(over))} is empty`;
  const told = loop(
    body,
    outcome,
    elements.map((element) => scope.bind(variable, element)),
  );
  return told === '' ? text : `${text}: ${told}`;
}

type TellLoop = (body: ASTNode, outcome: boolean, scopes: readonly Scope[]) => string;

const LOOPS: Partial<Record<string, TellLoop>> = {
  exists: (body, outcome, scopes) => (outcome ? oneOf(body, true, scopes) : allOf(body, scopes)),
  all: (body, outcome, scopes) => (outcome ? allOf(body, scopes) : oneOf(body, false, scopes)),
  exists_one(body, _outcome, scopes) {
    const count = scopes.filter((scope) => scope.valueOf(body) === true).length;
    return `it holds for ${count} of ${scopes.length}`;
  },
};

/** The element that decides a loop. */
function oneOf(body: ASTNode, decisive: boolean, scopes: readonly Scope[]): string {
  const at = scopes.findIndex((scope) => scope.valueOf(body) === decisive);
  const scope = scopes[at];
  return scope ? `for number ${at + 1} of ${scopes.length}, ${because(body, decisive, scope)}` : '';
}

/** What a loop saw at all of its elements, by what its body looks at. */
function allOf(body: ASTNode, scopes: readonly Scope[]): string {
  const looks = new Map(looksOf(body).map((node) => [scopes[0]?.sourceOf(node) ?? '', node]));
  return [...looks]
    .map(([text, node]) => {
      const values = scopes.map((scope) => scope.valueOf(node));
      const there = values.filter((value) => value !== undefined);
      return `${oneLine(text)} is ${there.length === 0 ? 'missing' : shownList(there)}`;
    })
    .join(', ');
}

function looksOf(node: ASTNode): ASTNode[] {
  if (['&&', '||', '!_', '?:'].includes(node.op)) return children(node).flatMap(looksOf);
  if (node.op === 'call' && node.args[0] === 'has') return [...node.args[1]];
  const operands = operandsOf(node);
  const binding = bindingOf(node);
  if (binding) {
    const inner = looksOf(binding.body).filter((look) => !mentions(look, binding.variable));
    return [...operands, ...inner];
  }
  return operands.length > 0 || isLiteral(node) ? operands : [node];
}

const mentions = (node: ASTNode, variable: string): boolean =>
  nodesOf(node).some(({ op, args }) => op === 'id' && args === variable);
