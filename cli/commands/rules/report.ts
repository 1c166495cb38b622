import type { CustomerEvent } from '../../../lib/events/event.ts';
import { unbroken } from '../../../lib/runtime/visible.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { shown, shownList } from './shown.ts';
import type { Tried } from './try.ts';
import type { Verdict } from './verdict.ts';

/** What became of one payload, in lines. */
export function renderTried(terminal: Terminal, tried: Tried): readonly string[] {
  switch (tried.kind) {
    case 'unreadable':
      return [`${paint(terminal, 'red', 'unreadable')}: ${unbroken(tried.reason)}`];
    case 'ignored':
      return [`passed over: ${unbroken(tried.topic)}: ${tried.reason}`];
    case 'events':
      return [
        ...aboutEvents(tried.events),
        '',
        ...renderVerdicts(terminal, tried.verdicts),
        '',
        labelsLine(terminal, tried),
      ];
  }
}

/** The events of one delivery tell of the same person and thing. */
function aboutEvents(events: readonly [CustomerEvent, ...CustomerEvent[]]): string[] {
  const [event] = events;
  const types = events.map(({ type }) => type).join(' and ');
  const topic = event.topic === types ? '' : ` (${unbroken(event.topic)})`;
  const test = event.test ? ', marked as a test' : '';
  const lines = [
    ['event', `${types} from ${event.source}${topic}${test}`],
    ['contact', contactLine(event)],
    ['order', orderLine(event)],
    ['subscription', subscriptionLine(event)],
    ['form', formLine(event)],
    ['tags', event.tags.length > 0 ? shownList(event.tags) : ''],
  ];
  return lines.flatMap(([name = '', text]) => (text ? [`${name.padEnd(12)}  ${text}`] : []));
}

function contactLine({ contact }: CustomerEvent): string {
  const { contactId, memberId, email, phone, firstName, lastName } = contact;
  const name = [firstName, lastName].filter(Boolean).join(' ');
  const parts = [
    email,
    phone,
    contactId && `contact ${contactId}`,
    memberId && `member ${memberId}`,
    name,
  ];
  const known = parts.filter(Boolean).join(', ');
  return known === '' ? 'nobody' : unbroken(known);
}

function orderLine({ order }: CustomerEvent): string {
  if (!order) return '';
  const { total, currency, items, tags } = order;
  const amount = total === undefined ? 'no total' : `${total} ${currency ?? '(no currency)'}`;
  const titles = shownList(items.map(({ title }) => title ?? '?'));
  return [
    amount,
    items.length > 0 ? `items ${titles}` : 'no items',
    ...(tags.length > 0 ? [`tags ${shownList(tags)}`] : []),
  ].join(', ');
}

function subscriptionLine({ subscription }: CustomerEvent): string {
  if (!subscription) return '';
  const { id, planId, planName, status } = subscription;
  const fields = Object.entries({ planId, planName, status });
  const told = fields.flatMap(([name, value]) => (value ? [`${name} ${shown(value)}`] : []));
  return [shown(id), ...told].join(', ');
}

function formLine({ form }: CustomerEvent): string {
  if (!form) return '';
  const names = Object.keys(form.fields);
  const title = form.name ?? form.id;
  return `${title === undefined ? 'without a name' : shown(title)}, fields ${shownList(names)}`;
}

/** A line for each rule: what it gave, or why it gave nothing. */
function renderVerdicts(terminal: Terminal, verdicts: readonly Verdict[]): string[] {
  const width = Math.max(...verdicts.map(({ rule }) => rule.length));
  return verdicts.flatMap((verdict) => {
    const name = verdict.rule.padEnd(width);
    const { matched, failure, why } = verdict;
    return [
      ...(matched ? [`${paint(terminal, 'green', 'yes ')}  ${name}  ${given(verdict)}`] : []),
      ...(failure ? [`${paint(terminal, 'red', 'fail')}  ${name}  ${failure}`] : []),
      ...(why ? [`${paint(terminal, 'dim', 'no  ')}  ${name}  ${why}`] : []),
    ];
  });
}

const given = (verdict: Verdict): string =>
  verdict.add.length + verdict.remove.length === 0
    ? 'matches, and gives no label'
    : changes(verdict);

interface Changes {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** `+Customer, -Lead`. */
export function changes({ add, remove }: Changes): string {
  const all = [...add.map((name) => `+${label(name)}`), ...remove.map((name) => `-${label(name)}`)];
  return all.length === 0 ? 'nothing' : all.join(', ');
}

/** In quotes where a comma would make it look like two. */
const label = (name: string): string => (name.includes(',') ? `"${name}"` : name);

function labelsLine(terminal: Terminal, tried: Extract<Tried, { kind: 'events' }>): string {
  const labels = `${paint(terminal, 'bold', 'labels'.padEnd(12))}  ${changes(tried)}`;
  const trouble = [
    ...(tried.namesNobody
      ? ['the event names nobody, so it becomes a dead letter no-contact-reference']
      : []),
    ...(tried.verdicts.some(({ failure }) => failure)
      ? ['a rule fails, so there is a dead letter rule-failed']
      : []),
  ];
  return [labels, ...trouble.map((each) => paint(terminal, 'red', each))].join('; ');
}
