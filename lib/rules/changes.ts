import { fixedNames, type RulesConfig } from './config.ts';

export type Verb = 'add' | 'remove';

/** Label names to add and to remove. Where a name is in both lists, it is added. */
export type LabelChanges = Readonly<Record<Verb, readonly string[]>>;

/** What becomes of each label name. */
export type LastChanges = ReadonlyMap<string, Verb>;

/** Makes changes one after the other: the last change of a name wins. */
export function foldChanges(changes: Iterable<LabelChanges>, before?: LastChanges): LastChanges {
  const last = new Map(before);
  for (const { add, remove } of changes) {
    for (const name of remove) last.set(name, 'remove');
    for (const name of add) last.set(name, 'add');
  }
  return last;
}

/** The names as lists: no name is in both. */
export function toLists(last: LastChanges): Record<Verb, string[]> {
  const names = (verb: Verb) => [...last.keys()].filter((name) => last.get(name) === verb);
  return { add: names('add'), remove: names('remove') };
}

export type Reach = Readonly<Record<Verb, (name: string) => boolean>>;

/**
 * Which label names the rules of a file may add, and which they may remove, for any event: the fixed
 * ones, and every name where an expression computes them.
 */
export function reachOf({ rules, tables }: Pick<RulesConfig, 'rules' | 'tables'>): Reach {
  const reaches = (verb: Verb) => {
    const lists = rules.flatMap((rule) => rule[verb] ?? []);
    const fixed = new Set(lists.flatMap((list) => fixedNames(list, tables)));
    return lists.some((list) => 'cel' in list) ? () => true : (name: string) => fixed.has(name);
  };
  return { add: reaches('add'), remove: reaches('remove') };
}

/** The names to add that some rule may remove, and those to remove that some rule may add. */
export const reversible = ({ add, remove }: LabelChanges, reach: Reach): string[] => [
  ...add.filter(reach.remove),
  ...remove.filter(reach.add),
];
