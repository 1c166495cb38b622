import type { LoadedRules } from '../../../lib/rules/authoring/load.ts';
import { fixedNames, type Rule, type RulesConfig } from '../../../lib/rules/config.ts';
import { byPlace } from '../../../lib/yaml/problem.ts';
import { computedNames } from './computed-names.ts';
import { allForAPart } from './given-back.ts';
import { literalTables } from './literal-tables.ts';
import { neverMatches } from './never.ts';
import type { ExpressionRemark, FileRemark, Remark } from './remark.ts';
import { standingRemarks } from './standing-remarks.ts';
import { heavyLoops } from './steps.ts';
import { truerAsStanding } from './truer.ts';
import { unguardedReads } from './unguarded.ts';
import { writtenNames } from './written-names.ts';

/** All remarks on the rules and standing labels of a file, in its order. */
export function remarksOn({ config, file }: LoadedRules): readonly Remark[] {
  const found = [
    ...config.rules.flatMap((rule, i) =>
      [...neverMatches(rule), ...onExpressions(rule), ...allForAPart(rule)].map((one) => ({
        ...one,
        path: ['rules', i, ...one.path],
      })),
    ),
    ...writtenNames(config, file.input),
    ...undone(config),
    ...truerAsStanding(config),
    ...standingRemarks(config.labels ?? []),
  ];
  const ruleOf = ([list, i]: FileRemark['path']) =>
    list === 'rules' ? config.rules[Number(i)]?.name : undefined;
  return found
    .map((one) => ({ ...file.problem(one, ruleOf(one.path)), kind: one.kind }))
    .sort(byPlace);
}

/** @returns remarks whose path is within the rule */
function onExpressions(rule: Rule): FileRemark[] {
  const { when } = rule;
  const onNames = (['add', 'remove'] as const).flatMap((verb) => {
    const names = rule[verb];
    if (names === undefined || 'labels' in names) return [];
    if ('cel' in names) {
      const remarks = [...computedNames(names.cel, when), ...onExpression(names.cel, when)];
      return at([verb], remarks);
    }
    return at([verb, 'keys'], onExpression(names.keys, when));
  });
  return when === undefined ? onNames : [...at(['when'], onExpression(when)), ...onNames];
}

const onExpression = (cel: string, guard?: string): readonly ExpressionRemark[] => [
  ...heavyLoops(cel),
  ...unguardedReads(cel, guard),
  ...literalTables(cel, guard),
];

const at = (path: FileRemark['path'], remarks: readonly ExpressionRemark[]): FileRemark[] =>
  remarks.map((remark) => ({ ...remark, path }));

/** Names that a rule adds and a later one, without a condition, takes off the same event. */
function undone({ rules }: RulesConfig): FileRemark[] {
  return rules.flatMap((rule, i) =>
    fixedNames(rule.add).flatMap((name, j) => {
      const later = rules
        .slice(i + 1)
        .find(
          (other) =>
            fixedNames(other.remove).includes(name) &&
            hearsAll(other, rule) &&
            other.when === undefined &&
            !(other.add && !('labels' in other.add)),
        );
      if (!later) return [];
      const message = `"${name}" never comes of this rule: "${later.name}", further down, takes it off every time`;
      return [{ kind: 'warning' as const, path: ['rules', i, 'add', j], message }];
    }),
  );
}

/** Whether a rule surely listens to whatever another listens to. */
const hearsAll = (rule: Rule, other: Rule): boolean =>
  (['on', 'topics', 'sources'] as const).every((key) => {
    const [mine, others] = [rule[key] as readonly string[] | undefined, other[key]];
    return mine === undefined
      ? key !== 'topics' || other.topics === undefined
      : (others?.every((one) => mine.includes(one)) ?? false);
  });
