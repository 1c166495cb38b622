import { table } from '../../../terminal/table.ts';
import { ask } from '../../kit/ask.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { saveFile } from '../../kit/files.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import { countBy, countOf, type DeadLetter, toFields } from './dead-letter.ts';
import { createFilter, type FilterOptions, refuseNoFilter } from './filter.ts';
import { drain, type Lease } from './lease.ts';
import { readDeadLetters, renderUnread, withDeadLetters, withProgress } from './open.ts';

export interface DropOptions extends TargetOptions, FilterOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly save?: string;
  readonly json?: boolean;
}

/** `earmark dead-letters drop` */
export async function drop(options: DropOptions, context: CommandContext): Promise<void> {
  refuseNoFilter(options, 'drop');
  const filter = createFilter(options, context.now());
  await withDeadLetters(options, context, async (lease, target) => {
    const { terminal } = context;
    const drained = await readDeadLetters(lease, context);
    const { hidden, leasedByOthers } = drained;
    const fitting = drained.deadLetters.filter(filter);
    if (terminal.signal.aborted) return;
    const gone = fitting.length > 0 ? await dropAll(fitting, lease, target, options, context) : [];
    if (options.json) {
      const deadLetters = gone.map(toFields);
      writeJson(terminal, { dropped: gone.length, hidden, leasedByOthers, deadLetters });
    } else {
      const dropped = `Dropped ${countOf(gone.length)} in ${target.name}:\n${byReason(gone)}\n`;
      const isNone = fitting.length === 0;
      terminal.out.write(isNone ? `No dead letter in ${target.name} fits.\n` : dropped);
      terminal.err.write(renderUnread(drained));
    }
    const left = fitting.length - gone.length;
    if (left === 0) return;
    terminal.err.write(
      `${countOf(left)} could not be had any more, or the run was stopped. Run it again.\n`,
    );
    endWith(EXIT.found);
  });
}

const byReason = (gone: readonly DeadLetter[]): string =>
  table(
    countBy(gone, ({ info }) => [info.reason]).map(([reason, n]) => [`  ${number(n)}`, reason]),
    [0],
  );

/** Drops them once that is confirmed and they are saved, as the options say. @returns those that are gone */
async function dropAll(
  fitting: readonly DeadLetter[],
  lease: Lease,
  target: Target,
  { yes, save }: DropOptions,
  context: CommandContext,
): Promise<readonly DeadLetter[]> {
  const { err } = context.terminal;
  if (!yes && !(await isConfirmed(fitting, target, context))) {
    throw new CliFailure('Nothing was dropped.');
  }
  if (save !== undefined) {
    const lines = fitting.map(
      (deadLetter) => `${JSON.stringify({ ...toFields(deadLetter), body: deadLetter.body })}\n`,
    );
    // Before anything is deleted, and never over another file.
    await saveFile(save, lines.join(''), { flag: 'wx', instead: 'Nothing was dropped: ' });
    err.write(`Saved to ${save}, one JSON object a line. It holds personal data.\n`);
  }
  const ids = new Set(fitting.map(({ id }) => id));
  return withProgress(context, ['Dropping', 'Dropped'], (onGone) =>
    deleteById(lease, ids, context.terminal.signal, onGone),
  );
}

/** On a terminal the count is to be typed, which shows that it was read. @throws CliFailure elsewhere */
async function isConfirmed(
  fitting: readonly DeadLetter[],
  target: Target,
  { terminal }: CommandContext,
): Promise<boolean> {
  terminal.err.write(`To be dropped for good in ${target.name}:\n${byReason(fitting)}\n`);
  const asked = `Their number (${fitting.length}) drops them, anything else does not: `;
  const answer = await ask(terminal, asked, {
    unasked: 'Nothing was dropped: say --yes as well.',
    unanswered: 'Nothing was dropped.',
  });
  return answer === String(fitting.length);
}

/** Deletes the dead letters of these ids, and no others. */
export async function deleteById(
  lease: Lease,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
  onGone: (gone: number, of: number) => void,
): Promise<readonly DeadLetter[]> {
  const gone: DeadLetter[] = [];
  for (let found = 1; found > 0 && gone.length < ids.size && !signal.aborted; ) {
    const { deadLetters } = await drain(lease, signal);
    const wanted = deadLetters.filter(({ id }) => ids.has(id));
    found = wanted.length;
    await lease.release(deadLetters.filter(({ id }) => !ids.has(id)));
    for (const deadLetter of wanted) {
      await lease.renew();
      if (signal.aborted) break;
      if (!lease.has(deadLetter)) continue;
      await lease.delete(deadLetter);
      gone.push(deadLetter);
      onGone(gone.length, ids.size);
    }
    await lease.releaseAll();
  }
  return gone;
}
