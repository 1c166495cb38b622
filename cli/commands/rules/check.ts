import { dirname, join, resolve } from 'node:path';
import { FileError, type LoadedRules } from '../../../lib/rules/authoring/load.ts';
import { DEFAULT_COMPUTED_LABELS } from '../../../lib/rules/config.ts';
import { problemsIn } from '../../../lib/sources/authoring/files.ts';
import { OWN_NAME, takeSourcesBeside } from '../../../lib/sources/authoring/own-folder.ts';
import { asLine } from '../../../lib/yaml/problem.ts';
import { table } from '../../../terminal/table.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { EXIT } from '../../kit/failure.ts';
import { paint, type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { callsOf, type EventCost } from './calls.ts';
import { remarksOn } from './lint.ts';
import type { Remark } from './remark.ts';
import { renderStandingCosts } from './render-standing-costs.ts';
import { standingCosts } from './standing-cost.ts';

export interface CheckOptions {
  readonly strict?: true;
  readonly json?: true;
}

/** `earmark rules check`: the errors, or remarks and what an event can cost. */
export async function check(
  file: string,
  { json, strict }: CheckOptions,
  { terminal, folder }: CommandContext,
): Promise<void> {
  const path = resolve(folder, file);
  takeSourcesBeside(path);
  const whatToDo = 'Run this in the folder of the project, or name it.';
  const loaded = await readRules(file, folder, whatToDo).catch((error: unknown) => {
    if (json && error instanceof FileError) return error;
    throw error;
  });
  if (loaded instanceof FileError) {
    writeJson(terminal, { file, errors: loaded.problems });
    endWith(EXIT.found);
    return;
  }
  const remarks = [...remarksOn(loaded), ...onOwnSources(dirname(path))];
  const costs = callsOf(loaded.config);
  const { labels } = loaded.config;
  const standing = labels && standingCosts(labels);
  if (json) {
    const rules = loaded.config.rules.length;
    const all = { file, rules, labels: labels?.length ?? 0, errors: [], remarks, costs };
    writeJson(terminal, standing ? { ...all, standing } : all);
  } else {
    const head = renderHead(terminal, file, loaded, remarks);
    const tables = [
      ...(loaded.config.rules.length > 0 ? [renderCosts(loaded, costs)] : []),
      ...(standing ? [renderStandingCosts(standing)] : []),
    ];
    terminal.out.write([head, ...tables].join('\n'));
  }
  if (strict && remarks.some(({ kind }) => kind === 'warning')) endWith(EXIT.found);
}

/** `npm start` and the build refuse a broken source, whether or not a rule names it. */
const onOwnSources = (folder: string): readonly Remark[] =>
  problemsIn(join(folder, OWN_NAME)).map((one) => ({ ...one, kind: 'warning' }));

function renderHead(
  terminal: Terminal,
  file: string,
  { config: { rules, labels } }: LoadedRules,
  remarks: readonly Remark[],
): string {
  const warnings = remarks.filter(({ kind }) => kind === 'warning').length;
  const counts = [
    ...(rules.length > 0 ? [many(rules.length, 'rule')] : []),
    ...(labels ? [many(labels.length, 'standing label')] : []),
  ];
  const found = `${many(warnings, 'warning')}, ${many(remarks.length - warnings, 'note')}`;
  return [
    `${file}: ${counts.join(' and ')} compiled, ${found}`,
    ...remarks.map((remark) => {
      const colour = remark.kind === 'note' ? 'dim' : 'yellow';
      return asLine(remark, paint(terminal, colour, `${remark.kind}: `));
    }),
    '',
  ].join('\n');
}

function renderCosts({ config }: LoadedRules, costs: readonly EventCost[]): string {
  const most = config.computedLabels ?? DEFAULT_COMPUTED_LABELS;
  return [
    'What an event can cost at most, where every rule that listens to it matches:',
    '',
    table([HEAD, ...costs.map(rowOf)], [1, 2, 3, 4, 5]),
    '',
    `labels: how many an event puts or takes; expressions give one event ${most} names at most, lists and all.`,
    'Calls to Wix: the first event of a worker finds or makes each label, too; a new customer is looked up',
    '(not where Wix itself sends the event); again is the same for the same customer within five minutes.',
    '',
  ].join('\n');
}

const HEAD = ['event', 'rules', 'labels', 'first event', 'new customer', 'again'];

function rowOf({ type, rules, labels, calls }: EventCost): string[] {
  const { add, remove, computed } = labels;
  const fixed = add + remove - computed;
  const lists = computed === 0 ? [] : [computed === 1 ? 'a list' : `${computed} lists`];
  const names = [...(fixed > 0 ? [String(fixed)] : []), ...lists];
  const more = computed > 0 ? '+' : '';
  const counts = [`${calls.first}${more}`, String(calls.next), String(calls.again)];
  return [type, String(rules.length), names.join(' + ') || '0', ...counts];
}
