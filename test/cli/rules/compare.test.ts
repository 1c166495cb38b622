import { expect, test } from '@jest/globals';
import { compareRules } from '../../../cli/commands/rules/compare.ts';
import { renderComparison } from '../../../cli/commands/rules/render-compare.ts';
import { compileTrial } from '../../../cli/commands/rules/try.ts';
import type { PastDelivery } from '../../../cli/kit/target.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';

const NOW = Date.parse('2026-11-28T20:00:00Z');
const DAY = 86_400_000;

const trial = (yml: string) => compileTrial(loadRules(yml, 'rules.yml'));
const both = (before: string, after: string) => ({ before: trial(before), after: trial(after) });

/** A delivery of the custom source, so many days ago. */
const past = (id: string, days: number, fields: object): PastDelivery => ({
  id,
  source: 'custom',
  delivery: {
    headers: {},
    body: Buffer.from(JSON.stringify({ event: 'order.paid', email: 'kim@example.com', ...fields })),
    receivedAt: NOW - days * DAY,
  },
});

const BUYERS = 'rules:\n  - { name: buyers, on: order.paid, add: [Customer] }\n';
const BIG = `${BUYERS}  - { name: big, on: order.paid, when: event.order.total >= 100.0, add: [VIP] }\n`;

const PAST = [
  past('small', 3, { order_id: '1', total: 20, currency: 'EUR' }),
  past('big', 2, { order_id: '2', total: 250, currency: 'EUR', email: 'lee@example.com' }),
  past('no total', 1, { order_id: '3' }),
  past('unread', 1, { event: undefined }),
];

test('a delivery differs where other labels come out, and a rule that fails is named with its count', () => {
  const { deliveries, failures, people } = compareRules(both(BUYERS, BIG), PAST, NOW);

  expect(deliveries.map(({ id, differs, after }) => [id, differs, after.add])).toEqual([
    ['small', false, ['Customer']],
    ['big', true, ['Customer', 'VIP']],
    ['no total', false, ['Customer']],
    ['unread', false, []],
  ]);
  expect(deliveries[1]).toMatchObject({
    time: '2026-11-26T20:00:00.000Z',
    source: 'custom',
    types: ['order.paid'],
    who: 'lee@example.com',
    before: { add: ['Customer'], remove: [] },
  });
  expect(failures.before).toEqual([]);
  expect(failures.after).toEqual([
    { rule: 'big', count: 1, reason: expect.stringContaining('total') },
  ]);
  expect(people).toEqual([]);
});

test('rules that only stand in another order come to the same', () => {
  const [buyers = '', big = ''] = BIG.replace('rules:\n', '').split(/(?<=\n)/);
  const { deliveries } = compareRules(both(BIG, `rules:\n${big}${buyers}`), PAST, NOW);
  expect(deliveries.some(({ differs }) => differs)).toBe(false);
});

test('with standing labels it compares what each person has by now, time that passed included', () => {
  const labels = (days: number) =>
    `labels:\n  - { label: Recent, while: 'history.within("${days}d").orders.size() > 0' }\n`;
  const orders = [
    past('old', 5, { order_id: '1', total: 20, currency: 'EUR', email: 'Kim@Example.com' }),
    past('new', 1, { order_id: '2', total: 20, currency: 'EUR', email: 'lee@example.com' }),
    past('nobody', 1, { order_id: '3', email: undefined }),
  ];

  const { people, deliveries } = compareRules(both(labels(30), labels(3)), orders, NOW);

  expect(people).toEqual([{ who: 'Kim@Example.com', before: ['Recent'], after: [] }]);
  expect(deliveries.map(({ differs }) => differs)).toEqual([false, false, false]);
});

test('what differs is shown, and all of it where that is asked for, within the columns', () => {
  const comparison = compareRules(both(BUYERS, BIG), PAST, NOW);
  const files = { before: 'rules.yml', after: 'new.yml' };
  const render = (all: boolean, columns = 80) =>
    renderComparison(comparison, { terminal: { columns }, files, all }).split('\n');

  const lines = render(false);
  expect(lines.slice(0, 3)).toEqual([
    '2026-11-26 20:00:00  custom order.paid  lee@example.com  big',
    '  rules.yml  +Customer',
    '  new.yml    +Customer, +VIP',
  ]);
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}new\.yml {2}"big" {2}1 {2}/));
  expect(lines.at(-1)).toBe('4 deliveries: 3 the same, 1 differs');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(render(true)).toContainEqual(
    expect.stringMatching(/kim@example\.com {2}small {2}\+Customer$/),
  );
});
