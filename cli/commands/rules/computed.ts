import type { ASTNode } from '@marcbachmann/cel-js';
import { nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import { rulesEnvironment } from '../../../lib/rules/environment.ts';
import { labelName, MAX_LABEL_NAME } from '../../../lib/rules/label-name.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import { sourceOf } from './source-text.ts';

export interface ComputedFinding {
  readonly kind: 'warning' | 'note';
  readonly offset: number;
  readonly message: string;
}

const environment = rulesEnvironment();

/** How long a text can get, in UTF-16 units, and what makes it as long as it likes. */
interface Length {
  /** Of what is fixed. */
  readonly least: number;
  /** The parts without a limit. */
  readonly unbounded: readonly ASTNode[];
}

/** What is to be said of the names that an expression gives: nothing where all of them are short. */
export function computedNames(cel: string): readonly ComputedFinding[] {
  const { ast } = environment.parse(cel);
  return namesIn(ast).flatMap((node): ComputedFinding[] => {
    const { least, unbounded } = lengthOf(node);
    const offset = node.start;
    if (least > MAX_LABEL_NAME) {
      const message = `each name has over ${MAX_LABEL_NAME} characters, Wix's limit: all are cut, and end in "…"`;
      return [{ kind: 'warning', offset, message }];
    }
    const [open] = unbounded;
    if (open === undefined) return [];
    const field = oneLine(sourceOf(environment, open));
    const message =
      `a label for every \`${field}\` there is, out of the site's quota; a name over ` +
      `${MAX_LABEL_NAME} characters is cut and ends in "…"`;
    return [{ kind: 'note', offset, message }];
  });
}

/** What an expression can give. */
export interface Given {
  /** How many names: Infinity where that depends on the event. */
  readonly most: number;
  /** Those of them that stand in the expression as they are. */
  readonly literal: readonly string[];
}

export function givenBy(cel: string): Given {
  const { ast } = environment.parse(cel);
  const literal = namesIn(ast).flatMap(({ op, args }) =>
    op === 'value' && typeof args === 'string' ? [labelName(args)] : [],
  );
  return { most: environment.check(cel).type === 'string' ? 1 : mostOf(ast), literal };
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

/** The texts that an expression gives as names. */
function namesIn(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'list':
      return node.args.flatMap(namesIn);
    case '?:':
      return [...namesIn(node.args[1]), ...namesIn(node.args[2])];
    case '+': {
      const [left, right] = node.args;
      return isList(left) || isList(right) ? [...namesIn(left), ...namesIn(right)] : [node];
    }
    case 'rcall': {
      const [method, receiver, args] = node.args;
      const last = args.at(-1);
      if ((method === 'map' || method === 'bind') && last) return namesIn(last);
      return method === 'filter' ? namesIn(receiver) : [node];
    }
    default:
      return [node];
  }
}

const isList = (node: ASTNode): boolean =>
  node.op === 'list' || (node.op === 'rcall' && ['map', 'filter', 'split'].includes(node.args[0]));

/** Fields of few values: no label of theirs is one too many. */
const SHORT = /\.(?:currency|source|type)$/;

function lengthOf(node: ASTNode): Length {
  if (node.op === 'value') {
    return { least: typeof node.args === 'string' ? node.args.length : 0, unbounded: [] };
  }
  if (node.op === '+') {
    const [left, right] = node.args.map(lengthOf) as [Length, Length];
    return {
      least: left.least + right.least,
      unbounded: [...left.unbounded, ...right.unbounded],
    };
  }
  if (node.op === '?:') {
    const [yes, no] = [lengthOf(node.args[1]), lengthOf(node.args[2])];
    return {
      least: Math.min(yes.least, no.least),
      unbounded: [...yes.unbounded, ...no.unbounded],
    };
  }
  const looksAtEvent = nodesOf(node).some(({ op }) => op === 'id');
  const isShort = !looksAtEvent || SHORT.test(sourceOf(environment, node));
  return { least: 0, unbounded: isShort ? [] : [node] };
}
