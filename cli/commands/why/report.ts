import type { FactKind, KeptFact } from '../../../lib/history/fact.ts';
import { unbroken } from '../../../lib/runtime/visible.ts';
import { MOST_FACTS } from '../../../lib/store/store.ts';
import { table } from '../../../terminal/table.ts';
import { day, keptFactInWords } from '../../kit/facts.ts';
import type { Person } from '../../kit/person.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many, number, span } from '../../kit/words.ts';
import type { LabelOfPerson } from './labels.ts';

export interface Report {
  /** As it was asked for. */
  readonly given: string;
  readonly person: Person;
  readonly labels: readonly LabelOfPerson[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Lines of so many columns, where the terminal does not say how many it has. */
const WIDTH = 80;

/** Who it is, each label with its reasons, and when Earmark looks again. */
export function renderWhy(report: Report, terminal: Terminal): string {
  const { person, labels, now } = report;
  const rows = labels.flatMap((label) => {
    const [first = '', ...rest] = linesOf(label, person, now);
    return [
      [stateOf(label), label.name ?? '(computed)', first],
      ...rest.map((line) => ['', '', line]),
    ];
  });
  const width = terminal.columns ?? WIDTH;
  return [
    paint(terminal, 'bold', unbroken(headOf(report))),
    ...notesOf(person),
    '',
    table(rows, [], { column: 2, width }),
    '',
    nextLook(person, now),
  ].join('\n');
}

function headOf({ given, person }: Report): string {
  const { contactId } = person;
  return contactId === undefined
    ? `${given}, no contact of the site yet`
    : `${given}, contact ${contactId}`;
}

function notesOf({ record, waiting, mergedFrom, contactId }: Person): readonly string[] {
  const { facts, cut } = record;
  const first = Math.min(...facts.flatMap(timesOf));
  return [
    cut &&
      `more than ${number(MOST_FACTS)} facts: this is no person, and its labels stay as they are`,
    !cut &&
      contactId !== undefined &&
      (facts.length > 0 ? `${many(facts.length, 'fact')} since ${day(first)}` : 'no facts'),
    waiting.length > 0 &&
      `${many(waiting.length, 'fact')} ${waiting.length === 1 ? 'waits' : 'wait'} until the person is met as a contact`,
    ...mergedFrom.map((id) => `contact ${id} was merged into this one`),
  ].filter((line) => typeof line === 'string');
}

const timesOf = ({ states }: KeptFact): readonly number[] =>
  Object.values(states).map(({ at }) => at);

const stateOf = ({ held, should }: LabelOfPerson): string =>
  should === 'undecided' ? 'as it is' : held ? 'on' : 'off';

/** What is to be said of a label, in the order in which one asks. */
function linesOf(label: LabelOfPerson, person: Person, now: number): readonly string[] {
  const { should, held, inDoubt, reason } = label;
  const doubt = inDoubt
    ? ['a change was begun and its end is not known: it is made sure of at the next look']
    : [];
  const isOn = held !== undefined;
  if (should === 'undecided') return [`${isOn ? 'on' : 'off'}: ${reason}`, ...doubt];
  if (should === 'gone') {
    return [
      'rules.yml does not have it any more: `./earmark reconcile --plan` shows what to do',
      ...doubt,
    ];
  }
  if (should === 'on') {
    return [isOn ? sinceLine(label) : notYet(label, person), ...endLines(label), ...doubt];
  }
  const wrong = isOn ? [`on since ${day(held.since)}; to come off at the next look`] : [];
  return [...wrong, ...comingLines(label, now), ...doubt];
}

/** How many facts are named. */
const NAMED = 3;

function sinceLine({ held, facts }: LabelOfPerson): string {
  return `since ${day(held?.since ?? 0)}${by(facts)}`;
}

function by(facts: readonly KeptFact[]): string {
  if (facts.length === 0) return '';
  const latest = facts.toSorted((a, b) => Math.max(...timesOf(b)) - Math.max(...timesOf(a)));
  const named = latest.slice(0, NAMED).map(keptFactInWords);
  const others = facts.length - named.length;
  return `, by ${[...named, ...(others > 0 ? [`${number(others)} more`] : [])].join('; ')}`;
}

function notYet({ facts, since }: LabelOfPerson, { contactId }: Person): string {
  const then = contactId === undefined ? 'when the person is a contact' : 'at the next look';
  const due = since === undefined ? '' : ` (due since ${minute(since)})`;
  return `comes ${then}${due}${by(facts)}`;
}

const DEEDS: Readonly<Record<string, string>> = {
  'order.refunded': 'refunded',
  'order.canceled': 'canceled',
  'subscription.canceled': 'canceled',
};
const THINGS: Readonly<Record<FactKind, string>> = {
  order: 'order',
  subscription: 'subscription',
  form: 'form',
  event: 'event',
};

function endLines({ endedBy, facts, eachNeeded, changesAt }: LabelOfPerson): readonly string[] {
  const deeds = [...new Set(endedBy.map((type) => DEEDS[type] ?? type))].join(' or ');
  const [first] = facts;
  const what = first && THINGS[first.kind];
  const which =
    facts.length === 1
      ? `that ${what} is`
      : eachNeeded
        ? 'any of these is'
        : 'the last of these is';
  return [
    ...(deeds ? [`ends when ${which} ${deeds}`] : []),
    ...(changesAt === undefined ? [] : [`ends ${minute(changesAt)}, as time goes on`]),
  ];
}

function comingLines(
  { changesAt, condition, afterMs }: LabelOfPerson,
  now: number,
): readonly string[] {
  if (changesAt !== undefined) {
    return [`comes ${minute(changesAt)}, in ${span(changesAt - now)}`];
  }
  if (condition === '') return ['no expression gives it now'];
  const held = afterMs === undefined ? '' : `, and held for ${span(afterMs)}`;
  return [`comes when ${condition.replace(/\s+/g, ' ').trim()}${held}`];
}

/** `2027-05-27 10:02`, in UTC. */
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function nextLook({ record, contactId }: Person, now: number): string {
  const { dueAt } = record.state ?? {};
  if (contactId === undefined) return 'next look: when the person is met as a contact';
  if (dueAt === undefined) return 'next look: at the next event; time alone changes nothing';
  const late = dueAt < now ? ', which is now: a review is about to come' : '';
  return `next look: ${minute(dueAt)}${late}`;
}
