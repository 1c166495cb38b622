// What of a rules file decides anything. Runs in the build, the engine and the command line.
import { hash } from 'node:crypto';
import { parse } from '@marcbachmann/cel-js';
import type { Description } from '../../sources/described/description.ts';
import type { LabelNames, Rule, RulesConfig, StandingDefinition } from '../config.ts';

/** The rules of a project's folder: rules.yml, the tables beside it and the sources in my-sources/. */
export interface ProjectRules {
  readonly config: RulesConfig;
  /** The sources that the user described. */
  readonly ownSources: readonly Description[];
}

/** The same for what decides the same, whatever the comments and blanks of the files: 12 hex digits. */
export const rulesHash = ({ config, ownSources }: ProjectRules): string =>
  hash('sha256', JSON.stringify([decisive(config), ownSources])).slice(0, 12);

/** A rules file with each expression in a form that no blank changes, and its tables in the order of their names. */
export function decisive({ rules, labels, tables = {}, ...rest }: RulesConfig) {
  return {
    ...rest,
    tables: Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)),
    rules: rules.map(decisiveRule),
    labels: labels?.map(decisiveLabel) ?? [],
  };
}

const decisiveRule = ({ when, add, remove, ...rest }: Rule) => ({
  ...rest,
  ...(when !== undefined && { when: withoutBlanks(when) }),
  ...(add && { add: decisiveNames(add) }),
  ...(remove && { remove: decisiveNames(remove) }),
});

function decisiveNames(names: LabelNames) {
  if ('labels' in names) return names;
  return 'cel' in names
    ? { cel: withoutBlanks(names.cel) }
    : { ...names, keys: withoutBlanks(names.keys) };
}

function decisiveLabel(definition: StandingDefinition) {
  if ('label' in definition) return { ...definition, while: withoutBlanks(definition.while) };
  if ('each' in definition) return { ...definition, each: withoutBlanks(definition.each) };
  const tiers = definition.oneOf.map(([label, condition]) => [label, withoutBlanks(condition)]);
  return { ...definition, oneOf: tiers };
}

/** The syntax tree of an expression that has passed. */
const withoutBlanks = (cel: string): unknown => plain(parse(cel).ast);

/** The tree without places and types. Of the values JSON would lose the kind: 1 and 1.0. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const { op, args } = node as { op: string; args: unknown };
  if (op !== 'value') return [op, plain(args)];
  return [op, Object(args).constructor.name, String(args)];
}
