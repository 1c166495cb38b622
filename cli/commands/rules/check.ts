import { join } from 'node:path';
import { FileError, type LoadedRules } from '../../../lib/rules/authoring/load.ts';
import { DEFAULT_COMPUTED_LABELS } from '../../../lib/rules/config.ts';
import { problemsIn } from '../../../lib/sources/authoring/files.ts';
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
  const remarks = [...remarksOn(loaded), ...onOwnSources(folder)];
  const costs = callsOf(loaded.config);
  if (json) {
    const rules = loaded.config.rules.length;
    writeJson(terminal, { file, rules, errors: [], remarks, costs });
  } else {
    terminal.out.write(renderCheck(terminal, file, loaded, remarks, costs));
  }
  if (strict && remarks.some(({ kind }) => kind === 'warning')) endWith(EXIT.found);
}

/** `npm start` and the build refuse a broken source, whether or not a rule names it. */
const onOwnSources = (folder: string): readonly Remark[] =>
  problemsIn(join(folder, 'my-sources')).map((one) => ({ ...one, kind: 'warning' }));

function renderCheck(
  terminal: Terminal,
  file: string,
  { config }: LoadedRules,
  remarks: readonly Remark[],
  costs: readonly EventCost[],
): string {
  const warnings = remarks.filter(({ kind }) => kind === 'warning').length;
  const most = config.computedLabels ?? DEFAULT_COMPUTED_LABELS;
  const found = `${many(warnings, 'warning')}, ${many(remarks.length - warnings, 'note')}`;
  return [
    `${file}: ${many(config.rules.length, 'rule')} compiled, ${found}`,
    ...remarks.map((remark) => {
      const colour = remark.kind === 'note' ? 'dim' : 'yellow';
      return asLine(remark, paint(terminal, colour, `${remark.kind}: `));
    }),
    '',
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
