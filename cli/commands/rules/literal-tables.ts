import { isConstant, nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import { parse, shortTextOf, textOf } from './cel.ts';
import type { ExpressionRemark } from './remark.ts';

/**
 * Notes on tables within an expression, `{"A": "Course"}[i.sku]`: the rule fails where the key is another one.
 * @param when the rule's condition, where the expression runs after it
 */
export function literalTables(cel: string, when = 'true'): readonly ExpressionRemark[] {
  const nodes = nodesOf(parse(cel));
  const asked = new Set(
    [...nodes, ...nodesOf(parse(when))].flatMap((node) =>
      node.op === 'in' ? [textOf(node.args[0])] : [],
    ),
  );
  return nodes.flatMap((node) => {
    if (node.op !== '[]') return [];
    const [table, key] = node.args;
    if (table.op !== 'map' || isConstant(key) || asked.has(textOf(key))) return [];
    const message =
      `the rule fails where \`${shortTextOf(key)}\` is none of these keys: ask with \`in\` first, ` +
      'or make it one of the `tables:` (docs/rules.md)';
    return [{ kind: 'note' as const, offset: node.start, message }];
  });
}
