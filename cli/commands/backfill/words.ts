import { table } from '../../../terminal/table.ts';
import { type Rate, rateText } from '../../kit/rate.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many, number } from '../../kit/words.ts';
import type { PlanFigures } from './figures.ts';
import type { WrittenFiles } from './files.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
};

/** How the file was read, for a person to check. */
export function renderReading(file: string, delimiter: string, figures: PlanFigures): string {
  const what = figures.export ?? `columns by --map, source ${figures.source}`;
  const columns = Object.entries(figures.columns).map(([field, column]) => [`  ${field}`, column]);
  return `${file}: ${what}, apart by ${DELIMITERS[delimiter]}. Which column is what:\n${table(columns)}`;
}

const SENT_BEFORE =
  'All jobs of these orders were sent before. --restart sends them again, also to who is a contact only now: what is in place is not put anew.';

/** More labels than these a table does not show. */
const MOST_LABELS = 40;

/** The plan: whom, what, and how long. */
export function renderPlan(
  terminal: Terminal,
  figures: PlanFigures,
  files: WrittenFiles,
  rate: Rate,
): string {
  const { customers, bulk, jobs } = figures;
  const missing =
    customers.missing === 'create' ? 'are created (missing: create)' : 'are left as they are';
  return [
    `${many(figures.orders, 'order')} of ${many(customers.total, 'customer')} in ${many(figures.rows, 'row')}, ${many(figures.events, 'event')} by the rules of rules.yml`,
    ...renderNotes(figures, files),
    '',
    table(
      [
        ['customers', number(customers.total)],
        ['  whose orders earn or lose a label', number(customers.earning), files.customers ?? ''],
        ['jobs sent by an earlier run', number(jobs.sentBefore)],
        ...(jobs.metNobody > 0
          ? [['  to who was no contact then', number(jobs.metNobody), files.noContacts ?? '']]
          : []),
        ...(bulk.customers > 0
          ? [['customers to label in bulk', number(bulk.customers), 'by jobs of Wix’s own']]
          : []),
        ['jobs to send', number(jobs.toSend), 'one a customer'],
      ],
      [1],
    ),
    `Customers who are no contacts of the site ${missing}.`,
    '',
    ...renderLabels(figures),
    ...renderHistory(figures.history),
    '',
    paint(terminal, 'bold', renderCost(figures, rate)),
  ].join('\n');
}

function renderLabels({ labels, bulk, jobs }: PlanFigures): string[] {
  if (labels.length === 0) {
    const isSent = bulk.customers + jobs.toSend === 0 && jobs.sentBefore > 0;
    return [isSent ? SENT_BEFORE : 'No rule puts or takes a label.'];
  }
  const rows = labels
    .slice(0, MOST_LABELS)
    .map(({ name, add, remove }) => [name, number(add), number(remove)]);
  const more = labels.length - MOST_LABELS;
  return [
    table([['label', 'customers that get it', 'that lose it'], ...rows], [1, 2]),
    ...(more > 0 ? [`… and ${many(more, 'label')} more: --json has them all`] : []),
  ];
}

function renderHistory({ facts, standing }: PlanFigures['history']): string[] {
  if (facts === 0) return [];
  const rows = standing
    .slice(0, MOST_LABELS)
    .map(({ name, customers }) => [name, number(customers)]);
  return [
    '',
    `${many(facts, 'fact')} of old orders for the histories. Standing labels that these orders bring by themselves:`,
    rows.length === 0 ? 'none' : table([['standing label', 'customers'], ...rows], [1]),
  ];
}

function renderNotes(figures: PlanFigures, files: WrittenFiles): string[] {
  const { unread, undatedRefunds, unknownStatuses, ruleFailures, customers } = figures;
  const unreadText = many(unread, 'row or order', 'rows or orders');
  const refunds = many(undatedRefunds, 'refund');
  const overtaken = many(customers.overtaken, 'customer');
  return [
    unread > 0 && `${unreadText} could not be read: ${files.unread}`,
    ...figures.unreadReasons.map(({ reason, count }) => `  ${number(count)}: ${reason}`),
    ...unknownStatuses.map(
      ({ status, orders }) =>
        `The status "${status}" of ${many(orders, 'order')} is not known here: read as not paid. If another column says when it was paid, say --map paidAt=Column`,
    ),
    undatedRefunds > 0 &&
      `${refunds} without a date in the file: counted as made when the order last changed`,
    customers.overtaken > 0 &&
      `${overtaken} had an event by webhook since the newest order: the labels it settled are left alone`,
    ...ruleFailures.map(
      ({ rule, events }) =>
        `The rule ${rule} (on ${many(events, 'event')}; it changed nothing there)`,
    ),
  ].filter((line) => line !== false);
}

function renderCost({ bulk, jobs, calls, minutes }: PlanFigures, rate: Rate): string {
  if (bulk.customers + jobs.toSend === 0) return 'Nothing is to be sent.';
  const inBulk = `, ${number(bulk.calls)} of them for those in bulk. Of these, the workers label who is not found by e-mail`;
  return `At ${rateText(rate)} that takes about ${many(minutes, 'minute')}, and up to ${many(calls, 'call')} to Wix of the ${number(rate.budget)} a minute that the workers have for a site${bulk.customers > 0 ? inBulk : ''}.`;
}
