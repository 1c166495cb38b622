import type { CustomerEvent } from '../../../lib/events/event.ts';
import type { LabelChanges } from '../../../lib/rules/changes.ts';
import { unbroken } from '../../../lib/runtime/visible.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { renderList, renderValue } from './cel.ts';
import { factsInShort } from './facts-in-short.ts';
import type { Person } from './person.ts';
import type { RuleVerdict, Tried } from './try.ts';

/**
 * What became of one payload, in lines.
 * @param person somebody without a history, after it; undefined where there are no standing labels
 */
export function renderTried(terminal: Terminal, tried: Tried, person?: Person): readonly string[] {
  switch (tried.kind) {
    case 'unreadable':
      return [`${paint(terminal, 'red', 'unreadable')}: ${unbroken(tried.reason)}`];
    case 'ignored':
      return [`passed over: ${unbroken(tried.topic)}: ${tried.reason}`];
    case 'events':
      return [
        ...renderEvents(tried.events),
        '',
        ...renderVerdicts(terminal, tried.verdicts),
        ...(tried.verdicts.length > 0 ? [''] : []),
        renderLabels(terminal, tried),
        ...renderKept(terminal, tried, person),
      ];
  }
}

/** What the events leave in the history, and what comes of that alone. */
function renderKept(
  terminal: Terminal,
  { unheard }: Extract<Tried, { kind: 'events' }>,
  person?: Person,
): readonly string[] {
  if (person === undefined) return [];
  const { facts, held, undecided } = person;
  const line = (title: string, text: string) =>
    `${paint(terminal, 'bold', title.padEnd(12))}  ${unbroken(text)}`;
  const own = held.size > 0 ? renderNames([...held.keys()].sort()) : 'none';
  return [
    line('facts', factsInShort(facts)),
    line('standing', `${own}, on somebody without a history`),
    ...undecided.map(({ by, reason }) =>
      line('', `${by.replace('label:', '')} stays as it is: ${reason}`),
    ),
    ...(unheard ? [line('', `no rule listens: ${unheard.reason}`)] : []),
  ];
}

/** Why a payload comes to no events, in one line. */
export const renderUnmapped = ({ kind, reason }: Exclude<Tried, { kind: 'events' }>): string =>
  `${kind === 'ignored' ? 'passed over' : 'unreadable'}: ${reason}`;

/** The events of one delivery are all about the same person and thing. */
function renderEvents(events: readonly [CustomerEvent, ...CustomerEvent[]]): string[] {
  const [event] = events;
  const types = events.map(({ type }) => type).join(' and ');
  const topic = event.topic === types ? '' : ` (${unbroken(event.topic)})`;
  const test = event.test ? ', marked as a test' : '';
  const lines = {
    event: `${types} from ${event.source}${topic}${test}`,
    contact: renderContact(event.contact),
    order: event.order && renderOrder(event.order),
    subscription: event.subscription && renderSubscription(event.subscription),
    form: event.form && renderForm(event.form),
    tags: event.tags.length > 0 && renderList(event.tags),
  };
  return Object.entries(lines).flatMap(([name, text]) =>
    text ? [`${name.padEnd(12)}  ${text}`] : [],
  );
}

function renderContact(contact: CustomerEvent['contact']): string {
  const { contactId, memberId, email, phone, firstName, lastName } = contact;
  const ids = [contactId && `contact ${contactId}`, memberId && `member ${memberId}`];
  const name = [firstName, lastName].filter(Boolean).join(' ');
  const known = [email, phone, ...ids, name].filter(Boolean).join(', ');
  return known === '' ? 'nobody' : unbroken(known);
}

function renderOrder(order: NonNullable<CustomerEvent['order']>): string {
  const { total, currency, items, tags } = order;
  const amount = total === undefined ? 'no total' : `${total} ${currency ?? '(no currency)'}`;
  const titles = renderList(items.map(({ title }) => title ?? '?'));
  const tagged = tags.length > 0 ? `, tags ${renderList(tags)}` : '';
  return `${amount}, ${items.length > 0 ? `items ${titles}` : 'no items'}${tagged}`;
}

function renderSubscription(subscription: NonNullable<CustomerEvent['subscription']>): string {
  const { id, planId, planName, status } = subscription;
  const fields = Object.entries({ planId, planName, status });
  const known = fields.flatMap(([name, value]) => (value ? [`${name} ${renderValue(value)}`] : []));
  return [renderValue(id), ...known].join(', ');
}

function renderForm({ id, name = id, fields }: NonNullable<CustomerEvent['form']>): string {
  const title = name === undefined ? 'without a name' : renderValue(name);
  return `${title}, fields ${renderList(Object.keys(fields))}`;
}

/** A line for each rule: what it gave, or why it gave nothing. */
function renderVerdicts(terminal: Terminal, verdicts: readonly RuleVerdict[]): string[] {
  const width = Math.max(...verdicts.map(({ rule }) => rule.length));
  return verdicts.flatMap((verdict) => {
    const name = verdict.rule.padEnd(width);
    const { matched, failure, why } = verdict;
    const labels = renderChanges(verdict, 'matches, and gives no label');
    return [
      ...(matched ? [`${paint(terminal, 'green', 'yes ')}  ${name}  ${labels}`] : []),
      ...(failure ? [`${paint(terminal, 'red', 'fail')}  ${name}  ${failure}`] : []),
      ...(why ? [`${paint(terminal, 'dim', 'no  ')}  ${name}  ${why}`] : []),
    ];
  });
}

/** `+Customer, -Lead`. */
export const renderChanges = ({ add, remove }: LabelChanges, none = 'nothing'): string =>
  [...add.map((name) => `+${quoted(name)}`), ...remove.map((name) => `-${quoted(name)}`)].join(
    ', ',
  ) || none;

/** `Customer, VIP`. */
export const renderNames = (names: readonly string[]): string =>
  names.map(quoted).join(', ') || 'none';

/** In quotes where a comma would make it look like two. */
const quoted = (name: string): string => (name.includes(',') ? `"${name}"` : name);

function renderLabels(terminal: Terminal, tried: Extract<Tried, { kind: 'events' }>): string {
  const fails = tried.verdicts.some(({ failure }) => failure);
  const nobody = 'the event names nobody, so it becomes a dead letter no-contact-reference';
  const trouble = [
    ...(tried.namesNobody ? [nobody] : []),
    ...(fails ? ['a rule fails, so there is a dead letter rule-failed'] : []),
  ];
  const title = paint(terminal, 'bold', 'labels'.padEnd(12));
  const lines = trouble.map((each) => paint(terminal, 'red', each));
  return [`${title}  ${renderChanges(tried)}`, ...lines].join('; ');
}
