import type { ASTNode } from '@marcbachmann/cel-js';
import { rulesEnvironment } from '../../../lib/rules/environment.ts';
import { labelName } from '../../../lib/rules/label-name.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import type { ComputedFinding } from './computed.ts';
import { sourceOf } from './source-text.ts';

const environment = rulesEnvironment();

/**
 * What of an expression gives names that the sender chose, and so any label there is: those that neither begin
 * with words of the rule's own nor are held to known ones, by a filter or by the rule's `when`.
 */
export function foreignNames(cel: string, when: string | undefined): readonly ComputedFinding[] {
  const guard = when === undefined ? undefined : environment.parse(when).ast;
  return chosenIn(environment.parse(cel).ast)
    .filter((node) => guard === undefined || !holdsToKnown(guard, textOf(node)))
    .map((node): ComputedFinding => {
      const message =
        `\`${oneLine(textOf(node))}\` is the sender's own text, which may be the name of any label: begin it ` +
        'with words of your own ("Bought " + …), or take known ones alone (.filter(t, t in ["Gold", "Silver"]))';
      return { kind: 'warning', offset: node.start, message };
    });
}

const textOf = (node: ASTNode): string => sourceOf(environment, node);

function chosenIn(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
      return [];
    case 'list':
      return node.args.flatMap(chosenIn);
    case '?:':
      return [...chosenIn(node.args[1]), ...chosenIn(node.args[2])];
    case '+':
      if (environment.check(textOf(node)).type !== 'string' && node.args.some(isList)) {
        return node.args.flatMap(chosenIn);
      }
      return beginsOwn(node) ? [] : [node];
    case 'rcall':
      return chosenByCall(node);
    default:
      return beginsOwn(node) ? [] : [node];
  }
}

const isList = (node: ASTNode): boolean =>
  node.op === 'list' || (node.op === 'rcall' && ['map', 'filter', 'split'].includes(node.args[0]));

function chosenByCall(node: Extract<ASTNode, { op: 'rcall' }>): readonly ASTNode[] {
  const [method, receiver, args] = node.args;
  const [variable, ...rest] = args;
  const last = rest.at(-1);
  if (variable === undefined) {
    return ['lowerAscii', 'upperAscii', 'trim'].includes(method) && beginsOwn(receiver)
      ? []
      : [node];
  }
  if (last === undefined) return [node];
  const name = textOf(variable);
  const [condition] = rest.length > 1 || method === 'filter' ? rest : [];
  const isHeld = condition !== undefined && holdsToKnown(condition, name);
  if (method === 'filter') return isHeld ? [] : chosenIn(receiver);
  if (method === 'bind') return chosenIn(last);
  if (method !== 'map') return [node];
  if (textOf(last) !== name) return chosenIn(last);
  return isHeld ? [] : chosenIn(receiver);
}

/** Whether a text begins with something that no sender can choose. */
function beginsOwn(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'string' && labelName(node.args) !== '';
    case '+':
      return beginsOwn(node.args[0]);
    case '?:':
      return beginsOwn(node.args[1]) && beginsOwn(node.args[2]);
    default:
      return ['event.source', 'event.type'].includes(textOf(node));
  }
}

/** Whether a condition that holds leaves a text no choice but known ones, or one that begins as known. */
function holdsToKnown(condition: ASTNode, text: string): boolean {
  switch (condition.op) {
    case '&&':
      return condition.args.some((part) => holdsToKnown(part, text));
    case '||':
      return condition.args.every((part) => holdsToKnown(part, text));
    case '==':
      return condition.args.some(isText) && condition.args.some((part) => textOf(part) === text);
    case 'in': {
      const [one, list] = condition.args;
      return textOf(one) === text && list.op === 'list' && list.args.every(isText);
    }
    case 'rcall': {
      const [method, receiver, [start]] = condition.args;
      return (
        method === 'startsWith' &&
        textOf(receiver) === text &&
        start !== undefined &&
        isText(start) &&
        beginsOwn(start)
      );
    }
    default:
      return false;
  }
}

const isText = (node: ASTNode): boolean => node.op === 'value' && typeof node.args === 'string';
