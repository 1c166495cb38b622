import { expect, test } from '@jest/globals';
import { type Search, searchLogs } from '../../../cli/commands/explain/search.ts';
import { sinceOf, subjectOf } from '../../../cli/commands/explain/subject.ts';
import type { FunctionLogLine, LogQuery } from '../../../cli/kit/target.ts';

const JOB = 'ab12cd34'.padEnd(64, '0');
const CONTACT = '11111111-2222-4333-8444-555555555555';
const line = (fields: Readonly<Record<string, unknown>>): FunctionLogLine => ({
  function: 'label',
  time: '2026-11-22T12:00:00.000Z',
  message: 'job',
  source: 'custom',
  ...fields,
});

/** Logs that hold these lines, as a target's do: what holds any of the texts comes back. */
function logsOf(...lines: readonly FunctionLogLine[]) {
  const queries: LogQuery[] = [];
  const logs = async (query: LogQuery) => {
    queries.push(query);
    return lines.filter((one) => query.anyOf.some((text) => JSON.stringify(one).includes(text)));
  };
  return { logs, queries };
}

const search = (given: string, changes: Partial<Search> = {}): Search => ({
  subject: subjectOf(given),
  person: { contactIds: [], groups: [] },
  since: 0,
  limit: 20,
  signal: new AbortController().signal,
  ...changes,
});

test('an event that one line ties to a person is shown whole', async () => {
  // Arrange
  const target = logsOf(
    line({ message: 'delivery', eventId: 'e-1', jobId: JOB, status: 'queued' }),
    line({ eventId: 'e-1', jobId: JOB, outcome: 'retry' }),
    line({ eventId: 'e-1', jobId: JOB, outcome: 'done', contactId: CONTACT.toUpperCase() }),
    line({ eventId: 'e-2', jobId: 'x'.repeat(64), outcome: 'done', contactId: 'another' }),
  );
  const person = { contactIds: [CONTACT, CONTACT.toUpperCase()], groups: [] };

  // Act
  const { stories, more } = await searchLogs(target, search(CONTACT, { person }));

  // Assess
  expect(stories.map(({ eventId, steps }) => [eventId, steps.length])).toEqual([['e-1', 3]]);
  expect(more).toBe(0);
});

test.each([
  ['an event id', 'order.paid:77', true],
  ['a short event id that is whole', 'e-1', true],
  ['a short part of one', 'paid', false],
  ['a long part of one', 'paid:77-and-more', true],
  ['a job id', JOB, true],
  ['how a job id begins', 'ab12cd34', true],
  ['how a job id ends', '00000000', false],
  ['a group that is only part of a field', 'ffffffffffff', false],
])('%s: %s is found: %s', async (_, given, isFound) => {
  const target = logsOf(
    line({ eventId: given.startsWith('order') ? given : 'order.paid:77-and-more', jobId: JOB }),
    line({
      eventId: given === 'e-1' ? given : 'other',
      jobId: 'x'.repeat(64),
      site: 'ffffffffffff',
    }),
  );

  const { stories } = await searchLogs(target, search(given));

  expect(stories.length > 0).toBe(isFound);
});

test.each([
  ['#1042', ['paid', 'refunded', 'typed']],
  ['# 1042', ['paid', 'refunded', 'typed']],
  ['1042', ['paid', 'refunded', 'typed']],
  ['#104', []],
  ['#10420001', ['longer']],
])('the events of order %s are %j', async (given, expected) => {
  const delivery = { message: 'delivery', status: 'ignored' };
  const target = logsOf(
    line({ ...delivery, eventId: 'paid', order: '1042' }),
    line({ ...delivery, eventId: 'refunded', order: '1042' }),
    line({ ...delivery, eventId: 'typed', order: '#1042' }),
    line({ ...delivery, eventId: 'longer', order: '10420001' }),
    line({ ...delivery, eventId: 'other', topic: 'orders 1042' }),
  );

  const { stories } = await searchLogs(target, search(given));

  expect(stories.map(({ eventId }) => eventId)).toEqual(expected);
});

test('an id is looked for as it stands in JSON', async () => {
  const eventId = String.raw`a "quoted" \ id`;
  const target = logsOf(line({ eventId, outcome: 'done' }));

  const { stories } = await searchLogs(target, search(eventId));

  expect(stories).toHaveLength(1);
});

test('the latest events are shown, in the order in which they came in', async () => {
  const at = (minute: number) => `2026-11-22T12:0${minute}:00.000Z`;
  const group = 'abcabcabcabc';
  const target = logsOf(
    line({ eventId: 'first', group, time: at(1) }),
    line({ eventId: 'first', group, time: at(9) }),
    line({ eventId: 'third', group, time: at(3) }),
    line({ eventId: 'second', group, time: at(2) }),
  );
  const person = { contactIds: [], groups: [group] };

  const { stories, more } = await searchLogs(target, search('a@b.example', { person, limit: 2 }));

  expect(stories.map(({ eventId }) => eventId)).toEqual(['first', 'third']);
  expect(more).toBe(1);
});

test('one look is enough where nothing is found', async () => {
  const { logs, queries } = logsOf();

  expect(await searchLogs({ logs }, search('unknown-id'))).toEqual({
    stories: [],
    more: 0,
    unreadable: [],
  });
  expect(queries).toHaveLength(1);
});

const NOW = Date.UTC(2026, 10, 22, 12);
test.each([
  ['30m', NOW - 30 * 60_000],
  ['2h', NOW - 2 * 3_600_000],
  ['7d', NOW - 7 * 86_400_000],
  ['2w', NOW - 14 * 86_400_000],
  ['2026-11-20', Date.UTC(2026, 10, 20)],
  ['2026-11-20T09:00Z', Date.UTC(2026, 10, 20, 9)],
  ['2026-11-20T09:00+02:00', Date.UTC(2026, 10, 20, 7)],
  ['2026-11-20 09:00:30', Date.UTC(2026, 10, 20, 9, 0, 30)],
])('--since %s', (given, time) => {
  expect(sinceOf(given, NOW)).toBe(time);
});

test.each(['', '7', '7y', '-1d', 'soon', '2026', '2026-13-45'])(
  '--since %j is refused',
  (given) => {
    expect(() => sinceOf(given, NOW)).toThrow('Write how long ago');
  },
);

test('--since cannot be yet to come', () => {
  expect(() => sinceOf('2026-11-23', NOW)).toThrow('is yet to come');
});

test('a subject that was copied with what nobody sees in it is the same', () => {
  expect(subjectOf('\u200bada@example.com\u202c')).toEqual({
    kind: 'email',
    value: 'ada@example.com',
  });
});
