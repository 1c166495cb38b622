import { expect, test } from '@jest/globals';
import { FIELDS as EVENT } from '../../lib/rules/environment.ts';
import { FIELDS as HISTORY } from '../../lib/standing/fields.ts';
import { suggestionsAt } from '../../page/completion.ts';

const VOCABULARY = {
  keys: [{ name: 'when', about: 'The condition.' }],
  eventTypes: ['order.paid', 'form.submitted'],
  sources: ['shopify', 'stripe'],
};
const at = (before: string) => suggestionsAt(before, VOCABULARY);
const wordsAt = (before: string) => at(before)?.list.map(({ word }) => word) ?? [];
const fieldsAt = (before: string) =>
  (at(before)?.list ?? []).filter(({ kind }) => kind === 'field').map(({ word }) => word);

test.each([
  ['    when: event.', Object.keys(EVENT.Event)],
  ['    when: event.order.', Object.keys(EVENT.Order)],
  ['    when: event.order.items.exists(i, i.', Object.keys(EVENT.Item)],
  ['    while: history.within("365d").', Object.keys(HISTORY.History)],
  ['    while: history.orders.filter(o, o.paid).exists(p, p.', Object.keys(HISTORY.HistoryOrder)],
  ['    when: event.order.total > 1.0 && event.contact.em', Object.keys(EVENT.Contact)],
])('after %s come the fields that a rule is checked by', (before, fields) => {
  expect(fieldsAt(before)).toEqual(fields);
});

test('after a list or a text come its functions, each once', () => {
  const list = wordsAt('    when: event.order.items.');
  expect(list).toEqual(expect.arrayContaining(['exists', 'filter', 'map', 'size']));
  expect(list).not.toContain('startsWith');
  expect(new Set(list).size).toBe(list.length);
  expect(wordsAt('    when: event.contact.email.')).toContain('endsWith');
  expect(wordsAt('    while: history.')).toEqual(expect.arrayContaining(['within', 'spent']));
});

test('keys, event types and sources where they stand', () => {
  expect(wordsAt('  wh')).toEqual(['when']);
  expect(wordsAt('    on: ')).toEqual(VOCABULARY.eventTypes);
  expect(wordsAt('    sources: sh')).toEqual(VOCABULARY.sources);
  expect(wordsAt('    when: e')).toContain('event');
  expect(wordsAt('    while: h')).toContain('history');
  expect(at('')).toBeUndefined();
});

test('the whole of an event type is replaced, and of a path its last step', () => {
  expect(at('    on: order.pa')?.from).toBe('    on: '.length);
  expect(at('    when: event.or')?.from).toBe('    when: event.'.length);
});
