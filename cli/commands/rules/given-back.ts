import { nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import type { Rule } from '../../../lib/rules/config.ts';
import { parse, textOf } from './cel.ts';
import type { FileRemark } from './remark.ts';

/**
 * Notes on a rule that takes labels when a part of an order goes back, by all that the order holds: who gives one article
 * back loses the label of another.
 * @returns remarks whose path is within the rule
 */
export function allForAPart(rule: Rule): FileRemark[] {
  if (rule.remove === undefined || !rule.on?.includes('order.partially_refunded')) return [];
  const parts = expressionsOf(rule).map(({ path, cel }) => ({ path, nodes: nodesOf(parse(cel)) }));
  const texts = new Set(parts.flatMap(({ nodes }) => nodes.map(textOf)));
  // Who looks at the type, or at what went back, has seen that the two differ.
  if (texts.has('event.order.refundedItems') || texts.has('event.type')) return [];
  return parts.flatMap(({ path, nodes }) => {
    const read = nodes.find((node) => textOf(node) === 'event.order.items');
    return read ? [{ kind: 'note' as const, path, offset: read.start, message: MESSAGE }] : [];
  });
}

const MESSAGE =
  '`event.order.items` are all items of the order, and not those alone that went back: these are\n' +
  '  `event.order.refundedItems`, from the senders that name them (docs/rules.md)';

interface Expression {
  readonly path: FileRemark['path'];
  readonly cel: string;
}

/** What decides whether the rule takes a label, and which one. */
function expressionsOf({ when, remove }: Rule): readonly Expression[] {
  const onWhen = when === undefined ? [] : [{ path: ['when'], cel: when }];
  if (remove === undefined || 'labels' in remove) return onWhen;
  const onNames =
    'cel' in remove
      ? { path: ['remove'], cel: remove.cel }
      : { path: ['remove', 'keys'], cel: remove.keys };
  return [...onWhen, onNames];
}
