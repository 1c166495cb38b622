import type { LoadedRules } from '../../../lib/rules/authoring/load.ts';
import { byPlace, type RulesProblem } from '../../../lib/rules/authoring/problem.ts';
import type { LabelNames, Rule, RulesConfig } from '../../../lib/rules/config.ts';
import { labelName, MAX_LABEL_NAME } from '../../../lib/rules/label-name.ts';
import { computedNames } from './computed.ts';
import { foreignNames } from './foreign.ts';
import { lookOf, nearness } from './near.ts';
import { neverMatches } from './never.ts';
import { reachesEnd } from './reach.ts';
import { unguardedReads } from './unguarded.ts';

/** A warning is surely a mistake or a waste; a note is what to know. */
export interface Remark extends RulesProblem {
  readonly kind: 'warning' | 'note';
}

interface Finding {
  readonly kind: Remark['kind'];
  readonly rule: number;
  /** Within the rule. */
  readonly path: readonly (string | number)[];
  readonly offset?: number;
  readonly message: string;
}

/** What is to be said of rules that compile, in the order of the file. */
export function remarksOn({ config, file }: LoadedRules): readonly Remark[] {
  const written = writtenNames(config, file.input);
  const found = [
    ...config.rules.flatMap((rule, i) =>
      neverMatches(rule).map((one): Finding => ({ kind: 'warning', rule: i, ...one })),
    ),
    ...written.flatMap(nameFindings),
    ...nearFindings(written),
    ...undone(config),
    ...computedFindings(config),
    ...reachFindings(config),
    ...unguardedFindings(config),
  ];
  return found
    .map(({ kind, rule, path, ...finding }) => ({
      ...file.problem({ ...finding, path: ['rules', rule, ...path] }, config.rules[rule]?.name),
      kind,
    }))
    .sort(byPlace);
}

/** A fixed name as it stands in the file, and as Wix gets it. */
interface WrittenName {
  readonly rule: number;
  readonly path: readonly (string | number)[];
  readonly written: string;
  readonly name: string;
}

function writtenNames({ rules }: RulesConfig, input: unknown): WrittenName[] {
  const raw = (input as { rules: Record<string, unknown>[] }).rules;
  return rules.flatMap((_, rule) =>
    ['add', 'remove'].flatMap((verb) => {
      const names = raw[rule]?.[verb];
      if (!Array.isArray(names)) return [];
      return names.map((one, i) => {
        const written = String(one);
        return { rule, path: [verb, i], written, name: labelName(written) };
      });
    }),
  );
}

function nameFindings({ rule, path, written, name }: WrittenName): Finding[] {
  if (written === name) return [];
  if (name.endsWith('…') && written.length > MAX_LABEL_NAME) {
    const message = `the name has ${written.length} characters, and Wix takes ${MAX_LABEL_NAME}: it is cut to "…${name.slice(-20)}"`;
    return [{ kind: 'warning', rule, path, message }];
  }
  const message = `the label will be called ${JSON.stringify(name)}: blanks and what nobody sees are made regular`;
  return [{ kind: 'warning', rule, path, message }];
}

/** Each name that looks like one before it, once, where it comes first. */
function nearFindings(written: readonly WrittenName[]): Finding[] {
  const first = written.filter(
    (one, i) => written.findIndex(({ name }) => name === one.name) === i,
  );
  const looks = first.map(({ name }) => lookOf(name));
  return first.flatMap(({ rule, path, name }, i) => {
    for (const [j, other] of looks.slice(0, i).entries()) {
      const how = nearness(looks[i] ?? other, other);
      if (how === undefined) continue;
      const message = `"${name}" and "${first[j]?.name}" further up ${how}: to Wix they are two labels`;
      return [{ kind: 'warning' as const, rule, path, message }];
    }
    return [];
  });
}

/** Names that a rule adds and a later one, without a condition, takes off the same event. */
function undone({ rules }: RulesConfig): Finding[] {
  return rules.flatMap((rule, i) => {
    const { add } = rule;
    if (add === undefined || !('labels' in add)) return [];
    return add.labels.flatMap((name, j) => {
      const later = rules.slice(i + 1).find((other) => {
        const { remove, add: adds } = other;
        const takes = remove && 'labels' in remove && remove.labels.includes(name);
        return (
          takes &&
          hearsAll(other, rule) &&
          other.when === undefined &&
          !(adds && !('labels' in adds))
        );
      });
      if (!later) return [];
      const message = `"${name}" never comes of this rule: "${later.name}", further down, takes it off every time`;
      return [{ kind: 'warning' as const, rule: i, path: ['add', j], message }];
    });
  });
}

/** Whether a rule surely listens to whatever another listens to. */
const hearsAll = (rule: Rule, other: Rule): boolean =>
  (['on', 'topics', 'sources'] as const).every((key) => {
    const [mine, others] = [rule[key] as readonly string[] | undefined, other[key]];
    return mine === undefined
      ? key !== 'topics' || other.topics === undefined
      : (others?.every((one) => mine.includes(one)) ?? false);
  });

function computedFindings({ rules }: RulesConfig): Finding[] {
  return rules.flatMap((rule, i) =>
    (['add', 'remove'] as const).flatMap((verb) => {
      const names = rule[verb];
      if (names === undefined || !('cel' in names)) return [];
      return [...foreignNames(names.cel, rule.when), ...computedNames(names.cel)].map(
        (one): Finding => ({ rule: i, path: [verb], ...one }),
      );
    }),
  );
}

function reachFindings({ rules }: RulesConfig): Finding[] {
  return rules.flatMap(({ when, add, remove }, i) =>
    Object.entries({ when, add, remove }).flatMap(([key, given]) => {
      const isTable = typeof given === 'object' && 'table' in given;
      const cel = expressionOf(given);
      if (cel === undefined) return [];
      const path = isTable ? [key, 'keys'] : [key];
      return reachesEnd(cel).map((one): Finding => ({ rule: i, path, ...one }));
    }),
  );
}

function unguardedFindings({ rules }: RulesConfig): Finding[] {
  return rules.flatMap(({ when, add, remove }, i) =>
    Object.entries({ when, add, remove }).flatMap(([key, given]) => {
      const cel = expressionOf(given);
      if (cel === undefined) return [];
      const path = typeof given === 'object' && 'table' in given ? [key, 'keys'] : [key];
      const guard = key === 'when' ? undefined : when;
      return unguardedReads(cel, guard).map((one): Finding => ({ rule: i, path, ...one }));
    }),
  );
}

function expressionOf(given: string | LabelNames | undefined): string | undefined {
  if (typeof given !== 'object') return given;
  if ('cel' in given) return given.cel;
  return 'table' in given ? given.keys : undefined;
}
