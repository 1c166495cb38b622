import { unbroken } from '../../../lib/runtime/visible.ts';
import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many, number } from '../../kit/words.ts';
import type { Both, ComparedDelivery, Comparison, FailedRule } from './compare.ts';
import { renderChanges, renderNames } from './render.ts';

export interface CompareOptions {
  readonly terminal: Pick<Terminal, 'isColoured' | 'columns'>;
  /** What both files are called. */
  readonly files: Both<string>;
  /** Shows what is the same, too. */
  readonly all: boolean;
}

/** What differs, delivery by delivery and person by person, and what fails; the counts come last. */
export function renderComparison(comparison: Comparison, options: CompareOptions): string {
  const { deliveries, failures, people } = comparison;
  const { terminal, files, all } = options;
  const bold = (text: string) => paint(terminal, 'bold', text);
  const shown = deliveries.filter(({ differs }) => all || differs);
  const differing = people.flatMap(({ who, before, after }) => [
    `  ${unbroken(who)}`,
    renderBoth(renderNames(before), renderNames(after), options, 4),
  ]);
  const failing = [
    ...failuresOf(failures.before, files.before),
    ...failuresOf(failures.after, files.after),
  ];
  return [
    ...shown.flatMap((one) => [...renderDelivery(one, options), '']),
    ...(people.length > 0 ? [bold('Labels that people have now:'), ...differing, ''] : []),
    ...(failing.length > 0
      ? [bold('Rules that fail:'), table(failing, [2], { column: 3, width: terminal.columns }), '']
      : []),
    countsOf(comparison),
  ].join('\n');
}

function renderDelivery(one: ComparedDelivery, options: CompareOptions): readonly string[] {
  const { time, source, types, topic, who = 'nobody', id, before, after, differs } = one;
  const what = types.join(', ') || topic || 'a delivery';
  const when = time.slice(0, 19).replace('T', ' ');
  const head = `${when}  ${source} ${what}  ${who}  ${paint(options.terminal, 'dim', id)}`;
  return differs
    ? [unbroken(head), renderBoth(renderChanges(before), renderChanges(after), options)]
    : [unbroken(`${head}  ${renderChanges(after)}`)];
}

function renderBoth(
  before: string,
  after: string,
  { files, terminal }: CompareOptions,
  indent = 2,
): string {
  const width = terminal.columns;
  const margin = ' '.repeat(indent);
  return table(
    [
      [margin + files.before, before],
      [margin + files.after, after],
    ],
    [],
    { column: 1, width },
  );
}

const failuresOf = (failures: readonly FailedRule[], file: string): readonly string[][] =>
  failures.map(({ rule, count, reason }) => [`  ${file}`, `"${rule}"`, number(count), reason]);

function countsOf({ deliveries, people }: Comparison): string {
  const differ = deliveries.filter(({ differs }) => differs).length;
  const same = number(deliveries.length - differ);
  const counted = `${many(deliveries.length, 'delivery', 'deliveries')}: ${same} the same, ${number(differ)} ${differ === 1 ? 'differs' : 'differ'}`;
  return people.length === 0
    ? counted
    : `${counted}; ${many(people.length, 'person has', 'people have')} other labels now`;
}
