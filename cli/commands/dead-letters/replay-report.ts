import { table } from '../../../terminal/table.ts';
import type { CommandContext } from '../../kit/command.ts';
import { type Rate, rateText } from '../../kit/rate.ts';
import type { Target } from '../../kit/target.ts';
import type { Terminal } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import type { DeadLetter } from './dead-letter.ts';
import { countBy, unreadNotice } from './open.ts';
import type { Replayed } from './throttle.ts';
import { deadLetters, shortId } from './words.ts';

/** How many of the dead letters that stay are named, for each reason why. */
const NAMED = 3;

export interface Staying {
  readonly deadLetter: DeadLetter;
  readonly why: string;
}

/** `--json` of a replay. */
export function asJson({ sent, stayed, remaining, hidden, heldByOthers }: Replayed) {
  return {
    replayed: sent.length,
    remaining,
    hidden,
    heldByOthers,
    stayed: stayed.map(({ deadLetter, why }) => ({ id: deadLetter.id, why })),
  };
}

/** Says what a replay came to. */
export function report(
  result: Replayed,
  target: Target,
  rate: Rate,
  context: CommandContext,
): void {
  const { sent, stayed, remaining } = result;
  const { out, err, signal } = context.terminal;
  const nothing = sent.length + stayed.length + remaining === 0;
  if (nothing && !signal.aborted) out.write(`No dead letter in ${target.name} fits.\n`);
  else out.write(`Replayed ${deadLetters(sent.length)} in ${target.name}, at ${rateText(rate)}.\n`);
  if (stayed.length > 0) out.write(stayingLines(stayed, context.terminal));
  if (remaining > 0) {
    err.write(
      `${signal.aborted ? 'Stopped: ' : ''}${deadLetters(remaining)} that fit ${remaining === 1 ? 'is' : 'are'} ` +
        'still where they were. Run the same command again to go on.\n',
    );
  } else if (signal.aborted) err.write('Stopped. Run the same command again to go on.\n');
  err.write(unreadNotice(result));
}

/** Dead letters that stay, by why. */
export function stayingLines(stayed: readonly Staying[], { columns: width }: Terminal): string {
  const whys = new Map(stayed.map(({ deadLetter, why }) => [deadLetter, why]));
  const rows = countBy([...whys.keys()], (deadLetter) => [whys.get(deadLetter) ?? '']).map(
    ([why, n]) => {
      const some = stayed.filter((one) => one.why === why).slice(0, NAMED);
      const more = n > NAMED ? ', …' : '';
      return [
        `  ${number(n)}`,
        why,
        `(${some.map(({ deadLetter }) => shortId(deadLetter)).join(', ')}${more})`,
      ];
    },
  );
  const stay = stayed.length === 1 ? 'stays' : 'stay';
  return `${deadLetters(stayed.length)} ${stay} where ${stayed.length === 1 ? 'it is' : 'they are'}:\n${table(rows, [0], { column: 1, width })}\n`;
}
