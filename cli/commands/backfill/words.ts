import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many, number } from '../../kit/words.ts';
import type { Done, Figures } from './figures.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
};

/** How the file was read, for a person to check. */
export function describeReading(file: string, delimiter: string, figures: Figures): string {
  const what = figures.export ?? `columns by --map, source ${figures.source}`;
  const columns = Object.entries(figures.columns).map(([field, column]) => [`  ${field}`, column]);
  return `${file}: ${what}, apart by ${DELIMITERS[delimiter]}. Which column is what:\n${table(columns)}`;
}

/** More labels than these a table does not show. */
const MOST_LABELS = 40;

export interface Files {
  readonly unread: string | undefined;
  readonly missing: string | undefined;
}

/** The plan: whom, what, and how long. */
export function describePlan(terminal: Terminal, figures: Figures, files: Files): string {
  const { customers, contacts, labels, newLabels } = figures;
  return [
    `${many(figures.orders, 'order')} of ${many(customers.total, 'customer')} in ${many(figures.rows, 'row')}, ${many(figures.events, 'event')} by the rules of rules.yml`,
    ...notes(figures, files),
    '',
    table(
      [
        ['customers', number(customers.total)],
        ['  whose orders earn or lose a label', number(customers.earning)],
        ['  of those, contacts of the site', number(customers.found)],
        ['  and no contacts', number(customers.missing), missingWords(figures, files)],
        ['contacts to change', number(contacts.toChange)],
        ['contacts that need no change', number(contacts.settled)],
      ],
      [1],
    ),
    '',
    labels.length === 0
      ? 'No label is to be put or taken.'
      : table(
          [
            ['label', 'contacts that get it', 'that lose it', ''],
            ...labels
              .slice(0, MOST_LABELS)
              .map(({ name, add, remove }) => [
                name,
                number(add),
                number(remove),
                newLabels.includes(name) ? 'new' : '',
              ]),
          ],
          [1, 2],
        ),
    ...andMore(labels.length),
    '',
    paint(terminal, 'bold', callWords(figures)),
  ].join('\n');
}

const andMore = (labels: number): string[] =>
  labels > MOST_LABELS
    ? [`… and ${many(labels - MOST_LABELS, 'label')} more: --json has them all`]
    : [];

function notes(figures: Figures, files: Files): string[] {
  const { unread, undatedRefunds, unknownStatuses, ruleFailures, contacts } = figures;
  return [
    ...(unread > 0
      ? [`${many(unread, 'row or order', 'rows or orders')} could not be read: ${files.unread}`]
      : []),
    ...unknownStatuses.map(
      ({ status, orders }) =>
        `The status "${status}" of ${many(orders, 'order')} is not known here: read as not paid. If another column tells when it was paid, say --map paidAt=Column`,
    ),
    ...(undatedRefunds > 0
      ? [
          `${many(undatedRefunds, 'refund')} without a date in the file: counted as made when the order last changed`,
        ]
      : []),
    ...(contacts.overtaken > 0
      ? [
          `${many(contacts.overtaken, 'contact')} had an event by webhook since the newest order: the labels it settled are left alone`,
        ]
      : []),
    ...ruleFailures.map(
      ({ rule, events }) =>
        `The rule ${rule} (on ${many(events, 'event')}; it changed nothing there)`,
    ),
  ];
}

function missingWords({ customers, contacts }: Figures, { missing }: Files): string {
  if (customers.missing === 0) return '';
  if (customers.policy === 'create')
    return `${number(contacts.toCreate)} are created (missing: create)`;
  return customers.policy === 'ignore'
    ? 'left (missing: ignore)'
    : `left (missing: wait): ${missing}`;
}

function callWords({ calls: { planned, lookUps, sent }, minutes }: Figures): string {
  const looked = `${number(lookUps)} to look up (${number(sent)} of them now)`;
  const parts = [
    [planned.newLabels, 'to make labels'],
    [planned.newContacts, 'to make contacts'],
    [planned.jobs, 'to start bulk jobs and ask how they went'],
    [planned.checks, 'to look at the result'],
    [planned.singles, 'for contacts alone'],
  ] as const;
  const listed = parts.filter(([n]) => n > 0).map(([n, what]) => `${number(n)} ${what}`);
  if (planned.total === 0) return `Wix calls: ${looked}, none to do.`;
  return `Wix calls: ${looked}, ${number(planned.total)} to do: ${listed.join(', ')}.\nThat takes about ${many(minutes, 'minute')}, longer if Wix is slow to finish its jobs.`;
}

/** What was done. */
export function describeDone(done: Done, problems: string | undefined): string {
  const { labels } = done;
  return [
    `Done: ${many(done.contacts, 'contact')} labelled, ${number(done.created)} of them new, ${number(done.alone)} by calls of their own; ${many(done.calls, 'Wix call')} in this run.`,
    ...(labels.length === 0
      ? []
      : [
          table(
            [
              ['label', 'contacts that got it', 'that lost it'],
              ...labels
                .slice(0, MOST_LABELS)
                .map(({ name, add, remove }) => [name, number(add), number(remove)]),
            ],
            [1, 2],
          ),
          ...andMore(labels.length),
        ]),
    ...(done.failed > 0
      ? [
          `${many(done.failed, 'contact')} could not be labelled: ${problems}. --restart tries them again.`,
        ]
      : []),
    ...(done.refusedLabels.length > 0
      ? [
          `The site has no room for ${many(done.refusedLabels.length, 'label')}: ${done.refusedLabels.join(', ')}. Delete labels, then run it with --restart.`,
        ]
      : []),
  ].join('\n');
}
