import { describe, expect, test } from '@jest/globals';
import { isWanted, type Wanted } from '../../../cli/commands/log/filter.ts';
import {
  FOLLOWED,
  layoutOf,
  openTimes,
  renderCounts,
  renderRow,
} from '../../../cli/commands/log/render.ts';
import { createRowReader, type LogRow, rowsOf } from '../../../cli/commands/log/rows.ts';
import type { FunctionLogLine } from '../../../cli/kit/target.ts';

const CONTACT = '1f3c09b2-2222-4333-8444-555555555555';
const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 20, 0, second)).toISOString();
const NOW = Date.parse(at(59));

const delivery = (second: number, fields: Readonly<Record<string, unknown>>): FunctionLogLine => ({
  function: 'receive',
  time: at(second),
  message: 'delivery',
  source: 'shopify',
  httpStatus: 200,
  ...fields,
});
const paid = (second: number, n: number, fields: Readonly<Record<string, unknown>> = {}) =>
  delivery(second, {
    status: 'queued',
    topic: 'orders/paid',
    types: ['order.paid'],
    eventId: `e-${n}`,
    jobId: `job-${n}`,
    order: `${1000 + n}`,
    group: '3fa91c02d5e1',
    rules: ['customers'],
    add: ['Customer', 'VIP'],
    remove: [],
    ...fields,
  });
const tried = (
  second: number,
  n: number,
  fields: Readonly<Record<string, unknown>>,
): FunctionLogLine => ({
  function: 'label',
  time: at(second),
  message: 'job',
  source: 'shopify',
  topic: 'orders/paid',
  eventId: `e-${n}`,
  jobId: `job-${n}`,
  group: '3fa91c02d5e1',
  receives: 1,
  ...fields,
});
const done = { outcome: 'done', contactId: CONTACT, added: ['Customer'], removed: [] };

/** Every outcome that a delivery can have, with how it is shown in a terminal of 100 columns. */
const OUTCOMES: readonly (readonly [string, readonly FunctionLogLine[], string])[] = [
  ['queued', [paid(1, 1)], 'shopify  order.paid  3fa91c02  queued +Customer +VIP'],
  [
    'done',
    [paid(1, 1), tried(2, 1, { ...done, removed: ['Lead'] })],
    'shopify  order.paid  1f3c09b2  labelled +Customer -Lead',
  ],
  [
    'done',
    [paid(1, 1), tried(2, 1, { ...done, added: [], inPlace: ['Customer', 'VIP'] })],
    'shopify  order.paid  1f3c09b2  as before: Customer, VIP',
  ],
  [
    'done',
    [paid(1, 1), tried(2, 1, { outcome: 'done', reason: 'no-such-contact' })],
    'shopify  order.paid  3fa91c02  nothing done: the site has no such contact',
  ],
  [
    'done',
    [paid(1, 1), tried(2, 1, { outcome: 'done', facts: 2 })],
    'shopify  order.paid  3fa91c02  remembered until there is such a contact',
  ],
  [
    'waiting',
    [paid(1, 1), tried(2, 1, { outcome: 'retry', reason: 'contact-not-found', delaySeconds: 120 })],
    'shopify  order.paid  3fa91c02  waits until 20:02:02: the site has no such contact',
  ],
  [
    'dead-letter',
    [paid(1, 1), tried(2, 1, { outcome: 'dead-letter', reason: 'label-unknown', detail: 'why' })],
    'shopify  order.paid  3fa91c02  dead letter: Wix does not know the label any more: why',
  ],
  [
    'partly-dead-letter',
    [
      paid(1, 1),
      tried(2, 1, { outcome: 'dead-letter', reason: 'labels-quota-reached', contactId: CONTACT }),
      tried(2, 1, done),
    ],
    'shopify  order.paid  1f3c09b2  labelled +Customer; dead letter: the site has no room for another label',
  ],
  [
    'dead-letter',
    [delivery(1, { status: 'dead-letter', reason: 'unreadable: it is no JSON', eventId: 'e' })],
    'shopify  -  -  dead letter: unreadable: it is no JSON',
  ],
  [
    'ignored',
    [paid(1, 1, { status: 'ignored', reason: 'no rule matched', jobId: undefined })],
    'shopify  order.paid  3fa91c02  ignored: no rule matched',
  ],
  [
    'ignored',
    [delivery(1, { status: 'ignored', topic: 'shop/update', reason: 'it is about no customer' })],
    'shopify  shop/update  -  ignored: it is about no customer',
  ],
  [
    'refused',
    [delivery(1, { status: 'refused', httpStatus: 401, reason: 'the signature is missing' })],
    'shopify  -  -  refused: the signature is missing',
  ],
  [
    'unknown-source',
    [delivery(1, { status: 'unknown-source', source: 'unknown', reason: 'there is none' })],
    'unknown  -  -  refused: there is no such source',
  ],
  [
    'too-large',
    [delivery(1, { status: 'too-large', reason: '2 bytes, where 1 is the most' })],
    'shopify  -  -  refused: 2 bytes, where 1 is the most',
  ],
  [
    'unavailable',
    [delivery(1, { status: 'unavailable', reason: 'x' })],
    'shopify  -  -  not taken: x',
  ],
  ['ping', [delivery(1, { status: 'ping' })], 'shopify  -  -  ping'],
  ['duplicate', [paid(1, 1, { status: 'duplicate' })], 'shopify  order.paid  3fa91c02  duplicate'],
];

const options = (columns?: number) => ({
  terminal: columns === undefined ? {} : { columns },
  now: NOW,
  times: openTimes('UTC'),
});
const shown = (rows: readonly LogRow[], columns?: number) =>
  rows.map((row) => renderRow(row, layoutOf(rows, options(columns)), options(columns)));

describe('a delivery', () => {
  test.each(OUTCOMES)('that is %s is one row: %#', (state, lines, expected) => {
    const rows = rowsOf(lines);
    expect(rows).toEqual([expect.objectContaining({ time: at(1), state })]);
    expect(shown(rows)).toEqual([`20:00:01  ${expected}`]);
  });

  test('whose rules failed in part says so beside its labels', () => {
    const failedRules = 'rule-failed: "VIP": no such key';
    const lines = [paid(1, 1, { failedRules }), tried(2, 1, done)];
    expect(shown(rowsOf(lines))[0]).toContain(
      'labelled +Customer; dead letter: rule-failed: "VIP": no such key',
    );
  });

  test('that came again is a row of its own', () => {
    const lines = [paid(1, 1), tried(2, 1, done), paid(3, 1, { status: 'duplicate' })];
    expect(rowsOf(lines).map(({ state, time }) => [time, state])).toEqual([
      [at(1), 'done'],
      [at(3), 'duplicate'],
    ]);
  });

  test('stands where it came in, whatever became of it later, and lines may come in any order', () => {
    const lines = [tried(9, 1, done), paid(3, 2), paid(1, 1), tried(4, 2, done)];
    expect(rowsOf(lines).map(({ jobId }) => jobId)).toEqual(['job-1', 'job-2']);
  });

  test('that several tries worked at has the labels of them all', () => {
    const lines = [
      paid(1, 1),
      tried(2, 1, { outcome: 'retry', reason: 'transient', delaySeconds: 3, added: ['Customer'] }),
      tried(5, 1, { ...done, added: ['VIP'] }),
    ];
    expect(rowsOf(lines)[0]).toMatchObject({ state: 'done', add: ['Customer', 'VIP'] });
  });
});

test('a review is a row, and so is what was queued before', () => {
  const review = tried(1, 7, { ...done, source: 'earmark', topic: 'review.due', review: 'due' });
  expect(shown(rowsOf([review, tried(2, 8, done)]))).toEqual([
    '20:00:01  earmark  review.due   1f3c09b2  labelled +Customer',
    '20:00:02  shopify  orders/paid  1f3c09b2  labelled +Customer',
  ]);
});

test('every row fits 80 columns, is one line, and is whole where there is no terminal', () => {
  const long = 'a very long reason '.repeat(20);
  const lines = OUTCOMES.flatMap(([, some], n) =>
    some.map((line) => ({
      ...line,
      jobId: line.jobId && `job-${n}`,
      eventId: `e-${n}`,
      reason: line.reason && `${line.reason}\n${long}\u4e2d\u6587 \u202e`,
      source: n % 2 ? 'standard-webhooks' : line.source,
      topic: 'a/topic/that/is/longer/than/most',
      add: ['Label \u{1f600} of more than one word'],
    })),
  );
  const rows = rowsOf(lines);

  const [narrow, whole] = [shown(rows, 80), shown(rows)];

  expect(rows).toHaveLength(OUTCOMES.length);
  for (const line of narrow) {
    expect(
      [...line].reduce((sum, one) => sum + (/[\u4e2d\u6587\u{1f600}]/u.test(one) ? 2 : 1), 0),
    ).toBeLessThanOrEqual(80);
    expect(line).not.toContain('\n');
  }
  expect(narrow.some((line) => line.endsWith('…'))).toBe(true);
  expect(whole.join('\n')).toContain(long.trim());
});

test('the date stands where it is not today, in the time zone of who looks', () => {
  const row = rowsOf([paid(1, 1)])[0] as LogRow;
  const inTokyo = { ...options(), times: openTimes('Asia/Tokyo') };
  const nextDay = { ...options(), now: NOW + 86_400_000 };
  expect(renderRow(row, FOLLOWED, inTokyo)).toMatch(/^05:00:01 {2}shopify /);
  expect(renderRow(row, layoutOf([row], nextDay), nextDay)).toMatch(/^11-28 20:00:01 {2}shopify /);
});

test('each step is a row as it comes, with the type of its delivery as long as that is kept', () => {
  const read = createRowReader(2);
  const seen = [
    paid(1, 1),
    tried(2, 1, { outcome: 'retry', reason: 'transient', delaySeconds: 3 }),
    paid(3, 2),
    paid(4, 3),
    tried(5, 1, done),
    tried(6, 3, done),
  ].flatMap((line) => read(line).map(({ state, types, order }) => [state, types[0], order]));
  expect(seen).toEqual([
    ['queued', 'order.paid', '1001'],
    ['waiting', 'order.paid', '1001'],
    ['queued', 'order.paid', '1002'],
    ['queued', 'order.paid', '1003'],
    ['done', undefined, undefined],
    ['done', 'order.paid', '1003'],
  ]);
});

const nobody = { contactIds: [], groups: [] };
test.each<[Wanted, readonly number[]]>([
  [{}, [1, 2, 3]],
  [{ source: 'stripe' }, [2]],
  [{ status: 'done' }, [1]],
  [{ order: '#1001' }, [1]],
  [{ order: '1002' }, [2]],
  [{ order: '#' }, []],
  [{ person: nobody }, []],
  [{ person: { ...nobody, contactIds: [CONTACT] } }, [1]],
  [{ person: { ...nobody, groups: ['000000000000'] } }, [2]],
  [{ source: 'shopify', status: 'queued' }, []],
])('of what is wanted by %j there are %j', (wanted, expected) => {
  const lines = [
    paid(1, 1),
    tried(1, 1, { ...done, contactId: CONTACT.toUpperCase() }),
    paid(2, 2, { source: 'stripe', group: '000000000000' }),
    delivery(3, { status: 'refused', reason: 'x' }),
  ];
  const found = rowsOf(lines).flatMap((row, n) => (isWanted(row, wanted) ? [n + 1] : []));
  expect(found).toEqual(expected);
});

test('rows are counted by what became of them, the most first', () => {
  const lines = [
    ...[1, 2].flatMap((n) => [paid(n, n), tried(n, n, done)]),
    paid(3, 3),
    ...[1, 2, 3].map((n) => delivery(n, { status: 'refused', reason: `${n}` })),
  ];
  expect(renderCounts(rowsOf(lines))).toBe('3 refused, 2 done, 1 queued');
});
