import { table } from '../../../terminal/table.ts';
import type { CommandContext, TargetOptions } from '../../kit/command.ts';
import type { Target } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Drained } from './drain.ts';
import { createFilter, type FilterOptions } from './filter.ts';
import { countBy, readDeadLetters, unreadNotice, withDeadLetters } from './open.ts';
import { remedyOf } from './reasons.ts';
import { deadLetters, deletedAt, facts, row, span } from './words.ts';

export interface ListOptions extends TargetOptions, FilterOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

const SHOWN = 10;

/** `earmark dead-letters list` */
export async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const filter = createFilter(options, context.now());
  await withDeadLetters(options, context, async (queue, target) => {
    const drained = await readDeadLetters(queue, context);
    if (context.terminal.signal.aborted) return;
    const fitting = drained.deadLetters.filter(filter).sort((a, b) => b.sentAt - a.sentAt);
    if (options.json) writeJson(context.terminal, asJson(fitting, drained, options));
    else print(fitting, drained, target, options, context);
  });
}

function asJson(fitting: readonly DeadLetter[], drained: Drained, { limit }: ListOptions) {
  const oldest = fitting.at(-1);
  return {
    deadLetters: drained.deadLetters.length,
    fitting: fitting.length,
    hidden: drained.hidden,
    heldByOthers: drained.heldByOthers,
    reasons: reasons(fitting),
    ...(oldest && { oldest: facts(oldest) }),
    newest: fitting.slice(0, limit).map(facts),
  };
}

const reasons = (fitting: readonly DeadLetter[]) =>
  countBy(fitting, ({ info }) => [info.reason]).map(([reason, n]) => ({
    reason,
    count: n,
    remedy: remedyOf(reason),
  }));

function print(
  fitting: readonly DeadLetter[],
  drained: Drained,
  target: Target,
  { limit = SHOWN }: ListOptions,
  { terminal, now }: CommandContext,
): void {
  const { out, err } = terminal;
  const oldest = fitting.at(-1);
  if (oldest === undefined) {
    const all = drained.deadLetters.length;
    const which = all === 0 ? 'No dead letters' : `None of ${deadLetters(all)} fits`;
    out.write(`${which} in ${target.name}.\n`);
    err.write(unreadNotice(drained));
    return;
  }
  const of =
    drained.deadLetters.length === fitting.length
      ? ''
      : ` of ${number(drained.deadLetters.length)}`;
  out.write(
    `${paint(terminal, 'bold', `${number(fitting.length)}${of} dead letters`)} in ${target.name}. ` +
      `The oldest is ${span(now() - oldest.sentAt)} old; SQS deletes it in ${span(deletedAt(oldest) - now())}.\n\n`,
  );
  const rows = reasons(fitting).map(({ reason, count: n, remedy }) => [
    number(n),
    reason,
    remedy ?? 'a reason of another version of Earmark',
  ]);
  const { columns: width } = terminal;
  out.write(`${table(rows, [0], { column: 2, width })}\n\n`);
  const shown = fitting.slice(0, limit);
  const heading = ['ID', 'AGE', 'REASON', 'SOURCE', 'EVENT', 'RULES', 'LABELS'];
  const newest = shown.map((deadLetter) => row(deadLetter, now()));
  const labels = { column: heading.length - 1, width };
  out.write(`${table([heading, ...newest], [], labels)}\n`);
  if (shown.length < fitting.length) {
    err.write(`The newest ${number(shown.length)} are shown: --limit shows more.\n`);
  }
  err.write(unreadNotice(drained));
}
