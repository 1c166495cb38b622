import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many, number } from '../../kit/words.ts';
import type { Figures } from './figures.ts';

/** More rows than these a table does not show. */
const MOST_ROWS = 40;

/** The plan, for people. */
export function renderPlan(figures: Figures, removes: boolean, terminal: Terminal): string {
  const { contacts, labels, changes } = figures;
  const bold = (text: string): string => paint(terminal, 'bold', text);
  const differ =
    contacts.differ === 0
      ? 'All standing labels are as they should be.'
      : `${many(contacts.differ, 'contact')} of ${number(contacts.compared)} ${contacts.differ === 1 ? 'has' : 'have'} other standing labels than they should.`;
  return [
    bold(differ),
    ...notes(figures, removes),
    ...(labels.length === 0
      ? []
      : [
          '',
          shortTable(
            ['label', 'to put on', 'to take off'],
            labels.map(({ name, add, remove }) => [name, number(add), number(remove)]),
            [1, 2],
          ),
          '',
          shortTable(
            ['contacts', 'change'],
            changes.map((one) => [number(one.contacts), changeInWords(one)]),
            [0],
          ),
          '',
          `To put it right takes up to ${many(figures.calls, 'call')} to Wix, about ${many(figures.minutes, 'minute')}.`,
        ]),
  ].join('\n');
}

function shortTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const more = rows.length - MOST_ROWS;
  const shown = table([head, ...rows.slice(0, MOST_ROWS)], numbers);
  return more > 0 ? `${shown}\n… and ${number(more)} more: --json has them all` : shown;
}

const changeInWords = ({ add, remove }: Figures['changes'][number]): string =>
  [...add.map((name) => `+${name}`), ...remove.map((name) => `−${name}`)].join(', ');

function notes({ contacts, undecided, unnamed }: Figures, removes: boolean): readonly string[] {
  const isShown = `${many(contacts.unseen, 'contact')} of which a history is kept ${contacts.unseen === 1 ? 'is' : 'are'} not shown by Wix (deleted, merged, or new): left alone`;
  return [
    contacts.unseen > 0 && isShown,
    contacts.cut > 0 &&
      `${many(contacts.cut, 'contact')} with more facts than a person has: left alone`,
    contacts.stale > 0 &&
      `Of ${many(contacts.stale, 'contact')} Wix has the right labels, and Earmark did not know it`,
    ...undecided.map(
      ({ reason, contacts: n }) => `${many(n, 'contact')} left as they are by ${reason}`,
    ),
    ...unnamed.map(
      ({ name, contacts: n }) =>
        `${many(n, 'contact')} with "${name}", which rules.yml no longer names${removes ? ': taken off' : ': --remove takes it off'}`,
    ),
  ].filter((line) => line !== false);
}
