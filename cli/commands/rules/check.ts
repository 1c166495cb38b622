import { dirname, resolve } from 'node:path';
import { readBesideIn } from '../../../lib/rules/authoring/beside.ts';
import {
  type LoadedRules,
  loadRulesFile,
  type ReadBeside,
  RulesError,
} from '../../../lib/rules/authoring/load.ts';
import { asLine } from '../../../lib/rules/authoring/problem.ts';
import { DEFAULT_COMPUTED_LABELS } from '../../../lib/rules/config.ts';
import { table } from '../../../terminal/table.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { EXIT } from '../../kit/failure.ts';
import { readText } from '../../kit/read-text.ts';
import { paint, type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { callsOf, type EventCost } from './calls.ts';
import { type Remark, remarksOn } from './lint.ts';

export interface CheckOptions {
  readonly strict?: true;
  readonly json?: true;
}

/** `earmark rules check`: errors end it; then remarks, and what an event can cost. */
export async function check(
  file: string,
  options: CheckOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, folder } = context;
  const written = await readText(
    file,
    folder,
    'Run this in the folder of the project, or name it.',
  );
  const beside = readBesideIn(dirname(resolve(folder, file)));
  const loaded = loadOrTell(written, file, beside, options, terminal);
  if (loaded === undefined) return;
  const remarks = remarksOn(loaded);
  const costs = callsOf(loaded.config);
  const warnings = remarks.filter(({ kind }) => kind === 'warning').length;
  if (options.json) {
    const rules = loaded.config.rules.length;
    writeJson(terminal, { file, rules, errors: [], remarks, costs });
  } else {
    terminal.out.write(`${report(terminal, file, loaded, remarks, costs).join('\n')}\n`);
  }
  if (options.strict && warnings > 0) endWith(EXIT.found);
}

function loadOrTell(
  written: string,
  file: string,
  beside: ReadBeside,
  { json }: CheckOptions,
  terminal: Terminal,
): LoadedRules | undefined {
  try {
    return loadRulesFile(written, file, beside);
  } catch (error) {
    if (!json || !(error instanceof RulesError)) throw error;
    writeJson(terminal, { file, errors: error.problems });
    endWith(EXIT.found);
    return undefined;
  }
}

function report(
  terminal: Terminal,
  file: string,
  { config }: LoadedRules,
  remarks: readonly Remark[],
  costs: readonly EventCost[],
): readonly string[] {
  const warnings = remarks.filter(({ kind }) => kind === 'warning').length;
  const most = config.computedLabels ?? DEFAULT_COMPUTED_LABELS;
  const found = `${many(warnings, 'warning')}, ${many(remarks.length - warnings, 'note')}`;
  return [
    `${file}: ${many(config.rules.length, 'rule')} compiled, ${found}`,
    ...remarks.map((remark) =>
      asLine(
        remark,
        paint(terminal, remark.kind === 'note' ? 'dim' : 'yellow', `${remark.kind}: `),
      ),
    ),
    '',
    'What an event can cost at most, where every rule that listens to it matches:',
    '',
    table([HEAD, ...costs.map(rowOf)], [1, 2, 3, 4, 5]),
    '',
    `labels: how many an event puts or takes; expressions give one event ${most} names at most, lists and all.`,
    ...FOOT,
  ];
}

const HEAD = ['event', 'rules', 'labels', 'first event', 'new customer', 'again'];

const FOOT = [
  'Calls to Wix: the first event of a worker finds or makes each label, too; a new customer is looked up',
  '(not where Wix itself sends the event); again is the same for the same customer within five minutes.',
];

function rowOf({ type, rules, labels, calls }: EventCost): string[] {
  const { add, remove, computed } = labels;
  const fixed = add + remove - computed;
  const lists = computed === 0 ? [] : [computed === 1 ? 'a list' : `${computed} lists`];
  const names = [...(fixed > 0 ? [String(fixed)] : []), ...lists];
  const more = computed > 0 ? '+' : '';
  const counts = [`${calls.first}${more}`, String(calls.next), String(calls.again)];
  return [type, String(rules.length), names.join(' + ') || '0', ...counts];
}
