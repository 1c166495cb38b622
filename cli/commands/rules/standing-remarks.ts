import type { ASTNode } from '@marcbachmann/cel-js';
import { children } from '../../../lib/rules/authoring/syntax-tree.ts';
import type { StandingDefinition } from '../../../lib/rules/config.ts';
import { durationMs } from '../../../lib/standing/duration.ts';
import { DEFAULT_HISTORY_YEARS, DEFAULT_RETENTION_MS } from '../../kit/retention.ts';
import { parse } from './cel.ts';
import { computedNames } from './computed-names.ts';
import type { FileRemark } from './remark.ts';
import { follows, truthOf } from './truth.ts';

/** All remarks on the standing labels of a file. */
export const standingRemarks = (labels: readonly StandingDefinition[]): FileRemark[] =>
  labels.flatMap((definition, i) => {
    const all = [...onConditions(definition), ...onTimes(definition), ...onNames(definition)];
    return all.map((one) => ({ ...one, path: ['labels', i, ...one.path] }));
  });

type Part = { readonly path: FileRemark['path']; readonly cel: string };

const conditionsOf = (definition: StandingDefinition): readonly (Part & { name: string })[] => {
  if ('each' in definition) return [];
  return 'label' in definition
    ? [{ path: ['while'], name: definition.label, cel: definition.while }]
    : definition.oneOf.map(([name, cel]) => ({ path: ['oneOf', name], name, cel }));
};

const expressionsOf = (definition: StandingDefinition): readonly Part[] =>
  'each' in definition ? [{ path: ['each'], cel: definition.each }] : conditionsOf(definition);

function onConditions(definition: StandingDefinition): FileRemark[] {
  const conditions = conditionsOf(definition);
  return conditions.flatMap(({ path, name, cel }, i): FileRemark[] => {
    const truth = truthOf(cel);
    const warn = (message: string): FileRemark[] => [{ kind: 'warning', path, message }];
    if (truth === false) return warn(`no history makes this true, so "${name}" is never on`);
    const before = conditions.slice(0, i).find((one) => truthOf(one.cel) || follows(one.cel, cel));
    if (before !== undefined) {
      return warn(
        `"${name}" is never on: wherever this holds, "${before.name}" above does, and the first that holds counts`,
      );
    }
    const isLast = i === conditions.length - 1;
    const isTier = conditions.length > 1;
    if (truth !== true || (isTier && isLast)) return [];
    return warn(
      `this is true of everybody, so "${name}" is on every contact that Earmark hears of`,
    );
  });
}

/** The lengths of `within` in an expression, as they are written. */
function windowsIn(cel: string): readonly string[] {
  const found = (node: ASTNode): readonly string[] => {
    const [method, , args] = node.op === 'rcall' ? node.args : [];
    const [window] = method === 'within' ? (args ?? []) : [];
    const own = window?.op === 'value' && typeof window.args === 'string' ? [window.args] : [];
    return [...own, ...children(node).flatMap(found)];
  };
  return [...new Set(found(parse(cel)))];
}

/** All times after which a definition looks back or waits, as they are written, and in milliseconds. */
export const windowsOf = (definition: StandingDefinition): readonly string[] => [
  ...new Set(expressionsOf(definition).flatMap(({ cel }) => windowsIn(cel))),
];

const THAN_KEPT = `than facts are kept: ${DEFAULT_HISTORY_YEARS} years, unless historyYears of serverless.yml says more`;

function onTimes(definition: StandingDefinition): FileRemark[] {
  const windows = expressionsOf(definition).flatMap(({ path, cel }) => {
    const long = windowsIn(cel).filter((one) => (durationMs(one) ?? 0) > DEFAULT_RETENTION_MS);
    return long.map((one): FileRemark => {
      const message = `within("${one}") looks back further ${THAN_KEPT}`;
      return { kind: 'note', path, offset: Math.max(0, cel.indexOf(`"${one}"`)), message };
    });
  });
  const { afterMs = 0 } = definition;
  if (afterMs <= DEFAULT_RETENTION_MS) return windows;
  const message =
    `the condition has to hold for longer ${THAN_KEPT}. ` +
    'What makes it true is forgotten before, unless more of it comes';
  return [...windows, { kind: 'note', path: ['after'], message }];
}

const onNames = (definition: StandingDefinition): FileRemark[] =>
  'each' in definition
    ? computedNames(definition.each).map((one) => ({ ...one, path: ['each'] }))
    : [];
