import type { ASTNode } from '@marcbachmann/cel-js';
import { bindingOf, isConstant } from '../../../lib/rules/authoring/syntax-tree.ts';
import { labelName, MAX_LABEL_NAME } from '../../../lib/rules/label-name.ts';
import { environment, parse, shortTextOf, textOf } from './cel.ts';
import type { ExpressionRemark } from './remark.ts';

/**
 * Remarks on the names that an expression gives: those that the sender chooses freely, those that are always too
 * long, and those that may become as many labels as there are texts.
 * @param when the rule's condition
 */
export function computedNames(cel: string, when?: string): readonly ExpressionRemark[] {
  const guard = parse(when ?? 'true');
  const names = namesIn(parse(cel));
  const chosen = names.filter(
    ({ node, isKnown }) =>
      !isKnown && node.op !== 'value' && !beginsOwn(node) && !holdsToKnown(guard, textOf(node)),
  );
  return [...chosen.map(chosenRemark), ...names.flatMap(lengthRemarks)];
}

/** What an expression can give. */
export interface Given {
  /** How many names: Infinity where that depends on the event. */
  readonly most: number;
  /** The names that stand in the expression as they are. */
  readonly literal: readonly string[];
}

export function givenBy(cel: string): Given {
  const node = parse(cel);
  const literal = namesIn(node).flatMap(({ node: { op, args } }) =>
    op === 'value' && typeof args === 'string' ? [labelName(args)] : [],
  );
  return { most: environment.check(cel).type === 'string' ? 1 : mostOf(node), literal };
}

function mostOf(node: ASTNode): number {
  switch (node.op) {
    case 'list':
      return node.args.length;
    case '?:':
      return Math.max(mostOf(node.args[1]), mostOf(node.args[2]));
    case '+':
      return mostOf(node.args[0]) + mostOf(node.args[1]);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** A text that an expression gives as a name. */
interface GivenName {
  readonly node: ASTNode;
  /** Whether a filter lets only texts through that the rule knows. */
  readonly isKnown: boolean;
}

function namesIn(node: ASTNode): readonly GivenName[] {
  switch (node.op) {
    case 'list':
      return node.args.flatMap(namesIn);
    case '?:':
      return [...namesIn(node.args[1]), ...namesIn(node.args[2])];
    case '[]':
      return valuesOf(node)?.flatMap(namesIn) ?? [{ node, isKnown: false }];
    case '+':
      return node.args.some(isList) ? node.args.flatMap(namesIn) : [{ node, isKnown: false }];
    default:
      return namesOfLoop(node);
  }
}

/** What a table within an expression can give, `{"A": …, "B": …}[key]`; undefined for anything else. */
function valuesOf(node: ASTNode): readonly ASTNode[] | undefined {
  if (node.op !== '[]') return undefined;
  const [table] = node.args;
  return table.op === 'map' ? table.args.map(([, value]) => value) : undefined;
}

const isList = (node: ASTNode): boolean =>
  node.op === 'list' || (node.op === 'rcall' && ['map', 'filter', 'split'].includes(node.args[0]));

function namesOfLoop(node: ASTNode): readonly GivenName[] {
  const binding = bindingOf(node);
  if (!binding || !['map', 'filter', 'bind'].includes(binding.method)) {
    return [{ node, isKnown: false }];
  }
  const { method, variable, over, parts } = binding;
  const [condition, last = condition] = parts;
  const givesElements = method === 'filter' || (method === 'map' && textOf(last) === variable);
  if (!givesElements) return namesIn(last);
  const isHeld = holdsToKnown(condition, variable);
  return namesIn(over).map((one) => ({ ...one, isKnown: one.isKnown || isHeld }));
}

function chosenRemark({ node }: GivenName): ExpressionRemark {
  const message =
    `\`${shortTextOf(node)}\` is the sender's own text, which may be the name of any label: begin it ` +
    'with words of your own ("Bought " + …), or take known ones alone (.filter(t, t in ["Gold", "Silver"]))';
  return { kind: 'warning', offset: node.start, message };
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
    case 'rcall':
      return ['lowerAscii', 'upperAscii', 'trim'].includes(node.args[0]) && beginsOwn(node.args[1]);
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
      const isStart = method === 'startsWith' && textOf(receiver) === text;
      return isStart && start?.op === 'value' && beginsOwn(start);
    }
    default:
      return false;
  }
}

const isText = (node: ASTNode): boolean => node.op === 'value' && typeof node.args === 'string';

function lengthRemarks({ node }: GivenName): ExpressionRemark[] {
  const { least, open } = lengthOf(node);
  const offset = node.start;
  if (least > MAX_LABEL_NAME) {
    const message = `each name has over ${MAX_LABEL_NAME} characters, Wix's limit: all are cut, and end in "…"`;
    return [{ kind: 'warning', offset, message }];
  }
  if (open === undefined) return [];
  const message =
    `a label for every \`${shortTextOf(open)}\` there is, out of the site's quota; a name over ` +
    `${MAX_LABEL_NAME} characters is cut and ends in "…"`;
  return [{ kind: 'note', offset, message }];
}

/** Fields of few values: their labels cannot become too many. */
const SHORT = /\.(?:currency|source|type)$/;

/** How long a text is at least, in UTF-16 units, and the first part of it that has no limit. */
function lengthOf(node: ASTNode): { readonly least: number; readonly open?: ASTNode | undefined } {
  switch (node.op) {
    case 'value':
      return { least: typeof node.args === 'string' ? node.args.length : 0 };
    case '+': {
      const [left, right] = [lengthOf(node.args[0]), lengthOf(node.args[1])];
      return { least: left.least + right.least, open: left.open ?? right.open };
    }
    case '?:': {
      const [yes, no] = [lengthOf(node.args[1]), lengthOf(node.args[2])];
      return { least: Math.min(yes.least, no.least), open: yes.open ?? no.open };
    }
    default: {
      const values = valuesOf(node)?.map(lengthOf);
      if (values && values.length > 0) {
        const least = Math.min(...values.map((value) => value.least));
        return { least, open: values.find(({ open }) => open)?.open };
      }
      const isShort = isConstant(node) || SHORT.test(textOf(node));
      return { least: 0, open: isShort ? undefined : node };
    }
  }
}
