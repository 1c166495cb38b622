import type { ASTNode } from '@marcbachmann/cel-js';
import { children } from '../../../lib/rules/authoring/syntax-tree.ts';
import { parse, shortTextOf } from './cel.ts';
import type { ExpressionRemark } from './remark.ts';

/**
 * Notes on what an expression reads of event.data without asking for it first: the rule fails where the sender
 * leaves it out.
 * @param when the rule's condition, where the expression runs after it
 */
export function unguardedReads(cel: string, when?: string): readonly ExpressionRemark[] {
  const guards = new Set(asked(parse(when ?? 'true'), true));
  return readsIn(parse(cel), guards).map((node) => {
    const message =
      `the rule fails where the sender leaves \`${shortTextOf(node)}\` out: write get(event.data, "${pathOf(node)}", ""), ` +
      'with the default that you want, or ask with has() first';
    return { kind: 'note', offset: node.start, message };
  });
}

/** @param guards paths in event.data that are there, each its keys joined by dots */
function readsIn(node: ASTNode, guards: ReadonlySet<string>): readonly ASTNode[] {
  const inside = (part: ASTNode, more: readonly string[] = []) =>
    readsIn(part, more.length === 0 ? guards : new Set([...guards, ...more]));
  switch (node.op) {
    // CEL's && and || pass over what fails on one side where the other side decides.
    case '&&':
    case '||': {
      const [left, right] = node.args;
      const holds = node.op === '&&';
      return [...inside(left, asked(right, holds)), ...inside(right, asked(left, holds))];
    }
    case '?:': {
      const [condition, yes, no] = node.args;
      return [
        ...inside(condition),
        ...inside(yes, asked(condition, true)),
        ...inside(no, asked(condition, false)),
      ];
    }
    case 'call': {
      // has() asks for the last key alone.
      const [name, args] = node.args;
      const [field] = args;
      if (name !== 'has' || field?.op !== '.') return args.flatMap((part) => inside(part));
      return inside(field.args[0]);
    }
    default: {
      const path = pathOf(node);
      if (path === undefined) return children(node).flatMap((part) => inside(part));
      return path === '' || guards.has(path) ? [] : [node];
    }
  }
}

/** The paths that are surely there where a condition has this outcome. */
function asked(node: ASTNode, outcome: boolean): readonly string[] {
  switch (node.op) {
    case '!_':
      return asked(node.args, !outcome);
    case '&&':
    case '||':
      return (node.op === '&&') === outcome
        ? node.args.flatMap((part) => asked(part, outcome))
        : [];
    case 'in': {
      const [key, map] = node.args;
      const path = pathOf(map);
      return outcome && path !== undefined && key.op === 'value' ? [joined(path, key.args)] : [];
    }
    case 'call': {
      const [name, [field]] = node.args;
      const path = name === 'has' && field && outcome ? pathOf(field) : undefined;
      return path === undefined ? [] : [path];
    }
    default:
      return [];
  }
}

/** `a.b` of `event.data.a["b"]`, '' of `event.data`; undefined of everything else. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [inner, key] = node.args;
  if (node.op === '.' && key === 'data' && inner.op === 'id' && inner.args === 'event') return '';
  const path = pathOf(inner);
  if (path === undefined) return undefined;
  if (typeof key === 'string') return joined(path, key);
  return key.op === 'value' ? joined(path, key.args) : undefined;
}

const joined = (path: string, key: unknown): string => `${path && `${path}.`}${key}`;
