import { table } from '../../../terminal/table.ts';
import { columnsOf } from '../../../terminal/writer.ts';
import type { CommandContext } from '../../kit/command.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { number, span } from '../../kit/words.ts';
import {
  COLUMNS,
  countBy,
  countOf,
  type DeadLetter,
  deletedAt,
  toFields,
  toRow,
  WHAT_IT_IS,
} from './dead-letter.ts';
import { createFilter, type FilterOptions } from './filter.ts';
import type { Drained } from './lease.ts';
import { readDeadLetters, renderUnread, withDeadLetters } from './open.ts';
import { remedyOf } from './reasons.ts';

export interface ListOptions extends TargetOptions, FilterOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

const SHOWN = 10;

/** `earmark dead-letters list` */
export async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const filter = createFilter(options, context.now());
  await withDeadLetters(options, context, async (lease, target) => {
    const { terminal } = context;
    const drained = await readDeadLetters(lease, context);
    if (terminal.signal.aborted) return;
    const fitting = drained.deadLetters.filter(filter).sort((a, b) => b.sentAt - a.sentAt);
    if (options.json) return writeJson(terminal, documentOf(fitting, drained, options.limit));
    const { limit = SHOWN } = options;
    terminal.out.write(renderList(fitting, drained, target, limit, context));
    if (limit < fitting.length) {
      const shown = limit === 1 ? 'The newest is' : `The newest ${number(limit)} are`;
      terminal.err.write(`${shown} shown: --limit shows more.\n`);
    }
    terminal.err.write(renderUnread(drained));
  });
}

function documentOf(fitting: readonly DeadLetter[], drained: Drained, limit?: number) {
  const oldest = fitting.at(-1);
  return {
    deadLetters: drained.deadLetters.length,
    fitting: fitting.length,
    hidden: drained.hidden,
    leasedByOthers: drained.leasedByOthers,
    reasons: reasonsOf(fitting),
    ...(oldest && { oldest: toFields(oldest) }),
    newest: fitting.slice(0, limit).map(toFields),
  };
}

const reasonsOf = (fitting: readonly DeadLetter[]) =>
  countBy(fitting, ({ info }) => [info.reason]).map(([reason, count]) => ({
    reason,
    count,
    remedy: remedyOf(reason),
  }));

function renderList(
  fitting: readonly DeadLetter[],
  { deadLetters: { length: all } }: Drained,
  target: Target,
  limit: number,
  { terminal, now }: CommandContext,
): string {
  const oldest = fitting.at(-1);
  if (oldest === undefined) {
    return `${all === 0 ? 'No dead letters' : `None of ${countOf(all)} fits`} in ${target.name}.\n`;
  }
  const of = all === fitting.length ? '' : `${number(fitting.length)} of `;
  const title = paint(terminal, 'bold', `${of}${countOf(all)}`);
  const { columns: width } = terminal;
  const reasons = reasonsOf(fitting).map(({ reason, count, remedy }) => [
    number(count),
    reason,
    remedy ?? 'a reason of another version of Earmark',
  ]);
  const rows = fitting.slice(0, limit).map((deadLetter) => toRow(deadLetter, now()));
  return (
    `${title} in ${target.name}. ` +
    `The oldest is ${span(now() - oldest.sentAt)} old; SQS deletes it in ${span(deletedAt(oldest) - now())}.\n\n` +
    `${table(reasons, [0], { column: 2, width })}\n\n` +
    `${renderRows([COLUMNS, ...rows], width)}\n`
  );
}

/** What a dead letter is, and below it, where the terminal is too narrow, the rules and labels it is about. */
function renderRows(
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const whole = table(rows);
  if (whole.split('\n').every((line) => columnsOf(line) <= width)) return whole;
  const lines = table(rows.map((row) => row.slice(0, WHAT_IT_IS))).split('\n');
  return lines
    .flatMap((line, at) => {
      const about = rows[at]?.slice(WHAT_IT_IS).filter((text) => text !== '') ?? [];
      return about.length === 0 ? [line] : [line, `    ${about.join(' → ')}`];
    })
    .join('\n');
}
