import { fixedNames, type RulesConfig } from './config.ts';

/**
 * Which label names the rules of a file may add, or remove, with whatever event: the fixed ones, and
 * any at all where an expression computes them.
 */
export function namesInReach(
  { rules, tables }: Pick<RulesConfig, 'rules' | 'tables'>,
  verb: 'add' | 'remove',
): (name: string) => boolean {
  const lists = rules.flatMap((rule) => rule[verb] ?? []);
  const fixed = new Set(lists.flatMap((list) => fixedNames(list, tables)));
  return lists.some((list) => 'cel' in list) ? () => true : (name) => fixed.has(name);
}
