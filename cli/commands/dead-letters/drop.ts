import { table } from '../../../terminal/table.ts';
import { ask } from '../../kit/ask.ts';
import { type CommandContext, endWith, type TargetOptions } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { saveFile } from '../../kit/save-file.ts';
import type { Target } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { type Drained, drain } from './drain.ts';
import { createFilter, type FilterOptions } from './filter.ts';
import { createLease } from './lease.ts';
import { countBy, lettingGo, readDeadLetters, unreadNotice, withDeadLetters } from './open.ts';
import { refuseNoFilter } from './replay.ts';
import { deadLetters, facts } from './words.ts';

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
  await withDeadLetters(options, context, async (queue, target) => {
    const { terminal } = context;
    const shown = await readDeadLetters(queue, context);
    const fitting = shown.deadLetters.filter(filter);
    if (terminal.signal.aborted) return;
    if (fitting.length === 0) {
      if (options.json) writeJson(terminal, dropped([], shown));
      else {
        terminal.out.write(`No dead letter in ${target.name} fits.\n`);
        terminal.err.write(unreadNotice(shown));
      }
      return;
    }
    if (!options.yes && !(await isConfirmed(fitting, target, context))) {
      throw new CliFailure('Nothing was dropped.');
    }
    if (options.save !== undefined) await save(options.save, fitting, context);
    const ids = new Set(fitting.map(({ id }) => id));
    const gone = await lettingGo(context, ['Dropping', 'Dropped'], (onGone) =>
      deleteDeadLetters(queue, ids, context, onGone),
    );
    if (options.json) writeJson(terminal, dropped(gone, shown));
    else {
      terminal.out.write(
        `Dropped ${deadLetters(gone.length)} in ${target.name}:\n${byReason(gone)}\n`,
      );
      terminal.err.write(unreadNotice(shown));
    }
    const left = fitting.length - gone.length;
    if (left === 0) return;
    terminal.err.write(
      `${deadLetters(left)} could not be had any more, or the run was stopped. Run it again.\n`,
    );
    endWith(EXIT.found);
  });
}

const dropped = (gone: readonly DeadLetter[], { hidden, heldByOthers }: Drained) => ({
  dropped: gone.length,
  hidden,
  heldByOthers,
  deadLetters: gone.map(facts),
});

const byReason = (gone: readonly DeadLetter[]): string =>
  table(
    countBy(gone, ({ info }) => [info.reason]).map(([reason, n]) => [`  ${number(n)}`, reason]),
    [0],
  );

/** On a terminal the count is to be typed, which shows that it was read. @throws CliFailure elsewhere */
async function isConfirmed(
  fitting: readonly DeadLetter[],
  target: Target,
  { terminal }: CommandContext,
) {
  terminal.err.write(`To be dropped for good in ${target.name}:\n${byReason(fitting)}\n`);
  const asked = `Their number (${fitting.length}) drops them, anything else does not: `;
  const answer = await ask(terminal, asked, {
    unasked: 'Nothing was dropped: say --yes as well.',
    unanswered: 'Nothing was dropped.',
  });
  return answer === String(fitting.length);
}

/** Before anything is deleted, and never over another file. @throws CliFailure */
async function save(
  file: string,
  fitting: readonly DeadLetter[],
  { terminal }: CommandContext,
): Promise<void> {
  const lines = fitting.map(
    (deadLetter) => `${JSON.stringify({ ...facts(deadLetter), body: deadLetter.body })}\n`,
  );
  await saveFile(file, lines.join(''), { flag: 'wx', instead: 'Nothing was dropped: ' });
  terminal.err.write(`Saved to ${file}, one JSON object a line. It holds personal data.\n`);
}

/** Deletes the dead letters of these ids, and no others. */
async function deleteDeadLetters(
  queue: DeadLetterQueue,
  ids: ReadonlySet<string>,
  context: CommandContext,
  onGone: (gone: number, of: number) => void,
) {
  const lease = createLease(queue, context.now);
  const gone: DeadLetter[] = [];
  const { signal } = context.terminal;
  try {
    for (let found = 1; found > 0 && gone.length < ids.size && !signal.aborted; ) {
      const drained = await drain(queue, lease, signal);
      const wanted = drained.deadLetters.filter(({ id }) => ids.has(id));
      found = wanted.length;
      await lease.release(drained.deadLetters.filter(({ id }) => !ids.has(id)));
      for (const deadLetter of wanted) {
        await lease.refresh();
        if (signal.aborted) break;
        if (!lease.has(deadLetter)) continue;
        await lease.delete(deadLetter);
        gone.push(deadLetter);
        onGone(gone.length, ids.size);
      }
      await lease.releaseAll();
    }
    return gone;
  } finally {
    await lease.releaseAll();
  }
}
