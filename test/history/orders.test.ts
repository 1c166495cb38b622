import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import type { HistoryOrder } from '../../lib/history/history.ts';
import { type Change, eventOn, historyOf, onDay } from '../support/facts.ts';

const bought = { total: 100, currency: 'EUR' };
type OrderChange = NonNullable<Change['order']>;
const paid = (day: number, order: OrderChange = bought) => eventOn(day, 'order.paid', { order });
const partly = (day: number, order: OrderChange) =>
  eventOn(day, 'order.partially_refunded', { order });
const refunded = (day: number, order: OrderChange = {}) =>
  eventOn(day, 'order.refunded', { order });
const canceled = (day: number) => eventOn(day, 'order.canceled', { order: {} });
const created = (day: number) => eventOn(day, 'order.created', { order: bought });

const LIVE = { paid: true, refunded: false, canceled: false };
const REFUNDED = { paid: false, refunded: true, canceled: false, total: 0 };

type Decision = readonly [
  what: string,
  events: readonly CustomerEvent[],
  order: Partial<HistoryOrder>,
];

const DECISIONS: readonly Decision[] = [
  ['only placed', [created(1)], { ...LIVE, paid: false, total: 100 }],
  ['paid', [created(1), paid(2)], { ...LIVE, total: 100, at: onDay(1) }],
  ['fulfilled', [paid(1), eventOn(2, 'order.fulfilled', { order: {} })], { fulfilled: true }],
  ['refunded in full', [paid(1), refunded(2)], REFUNDED],
  ['refunded, and nobody says how much', [paid(1, {}), refunded(2)], REFUNDED],
  ['refunded in part', [paid(1), partly(2, { refundedTotal: 30 })], { ...LIVE, total: 70 }],
  [
    'refunded in parts, each with what was paid back until then',
    [paid(1), partly(2, { refundedTotal: 30 }), partly(3, { refundedTotal: 45.5 })],
    { ...LIVE, total: 54.5 },
  ],
  ['refunded in parts that are the whole', [paid(1), partly(2, { refundedTotal: 100 })], REFUNDED],
  ['refunded by more than its total', [paid(1), partly(2, { refundedTotal: 120 })], REFUNDED],
  [
    'refunded in part, and nobody says how much',
    [paid(1, { ...bought, refundedTotal: 0 }), partly(2, {})],
    { ...LIVE, total: undefined, lacks: 'refundedTotal' },
  ],
  [
    'refunded in part by an amount that is said later',
    [paid(1), partly(2, {}), eventOn(3, 'order.fulfilled', { order: { refundedTotal: 10 } })],
    { ...LIVE, total: 90, lacks: undefined },
  ],
  [
    'paid, and nobody says how much',
    [paid(1, {})],
    { paid: true, lacks: 'total', total: undefined },
  ],
  ['refunded in part, of which no purchase is known', [partly(1, {})], { paid: false }],
  [
    'paid back nothing of nothing',
    [paid(1, { total: 0, refundedTotal: 0 })],
    { ...LIVE, total: 0 },
  ],
  ['paid again after a full refund', [paid(1), refunded(2), paid(3)], REFUNDED],
  ['canceled', [paid(1), canceled(2)], { paid: false, canceled: true, total: 100 }],
  ['canceled and then paid', [created(1), canceled(2), paid(3)], LIVE],
  ['paid and canceled at once', [paid(2), canceled(2)], { paid: false, canceled: true }],
  ['heard to be placed after it was canceled', [canceled(2), created(1)], { canceled: true }],
  ['placed later than canceled', [canceled(1), created(2)], { canceled: true, paid: false }],
  [
    'of a test',
    [eventOn(1, 'order.paid', { order: bought, test: true })],
    { ...LIVE, total: 100, test: true },
  ],
  [
    'a renewal',
    [eventOn(1, 'subscription.renewed', { order: bought, subscription: { id: 's' } })],
    { ...LIVE, total: 100 },
  ],
];

describe('an order', () => {
  test.each(DECISIONS)('that was %s', (_what, events, order) => {
    expect(historyOf(events).orders).toMatchObject([order]);
    expect(historyOf(events.toReversed()).orders).toMatchObject([order]);
  });

  test('is none where an event is about a booking, a checkout or a failed payment', () => {
    const types = ['booking.created', 'checkout.abandoned', 'payment.failed', 'custom'] as const;

    const { orders, events } = historyOf(types.map((type) => eventOn(1, type, { order: bought })));

    expect(orders).toEqual([]);
    expect(events.map(({ name }) => name).sort()).toEqual([...types].sort());
  });

  test('has the fields that were said last', () => {
    const first = paid(1, { ...bought, number: '#1', tags: ['a'], channel: 'web' });
    const change = { total: 90, tags: ['b'], discountCodes: ['SPRING'] };
    const last = eventOn(2, 'order.fulfilled', { order: change });

    expect(historyOf([last, first]).orders).toMatchObject([
      { number: '#1', total: 90, currency: 'EUR', tags: ['b'], channel: 'web', at: onDay(1) },
    ]);
  });
});

const desk = { title: 'Desk', sku: 'DESK', productId: '1', quantity: 2, price: 40 };
const lamp = { title: 'Lamp', productId: '2', price: 20 };
const oak = { ...desk, variantId: 'oak' };
const pine = { ...desk, variantId: 'pine' };

describe('the items of an order', () => {
  test.each([
    ['nothing', [desk, lamp], [], [desk, lamp]],
    ['one of two', [desk, lamp], [{ sku: 'DESK', quantity: 1 }], [{ ...desk, quantity: 1 }, lamp]],
    ['all', [desk], [{ productId: '1', quantity: 2 }], []],
    ['more than was bought', [desk], [{ title: 'Desk', quantity: 9 }], []],
    ['without a quantity', [desk, lamp], [{ title: 'Desk' }], [lamp]],
    ['of one without a quantity', [desk, lamp], [{ productId: '2', quantity: 1 }], [desk]],
    ['another variant', [oak, pine], [{ ...pine, quantity: 2 }], [oak]],
    ['another with that title', [desk], [{ title: 'Desk', sku: 'OTHER', quantity: 1 }], [desk]],
    ['from two lines', [desk, desk], [{ sku: 'DESK', quantity: 3 }], [{ ...desk, quantity: 1 }]],
    ['something else', [desk], [{ title: 'Chair', quantity: 1 }], [desk]],
    ['a negative number', [desk], [{ sku: 'DESK', quantity: -1 }], [desk]],
    ['a line of none', [{ ...desk, quantity: 0 }, lamp], [], [lamp]],
  ])('without what was given back: %s', (_what, items, refundedItems, left) => {
    const events = [paid(1, { ...bought, items }), partly(2, { refundedTotal: 1, refundedItems })];

    const { orders, items: all } = historyOf(events);

    expect(orders[0]?.items).toEqual(left);
    expect(all).toEqual(left);
  });

  test.each([
    ['refunded', refunded(2)],
    ['canceled', canceled(2)],
  ])('are none once it is %s', (_what, event) => {
    const { orders, items } = historyOf([paid(1, { ...bought, items: [desk] }), event]);

    expect(orders[0]?.items).toEqual([]);
    expect(items).toEqual([]);
  });

  test('count for the customer once it is paid', () => {
    const placed = eventOn(1, 'order.created', { order: { items: [desk] } });
    const { orders, items } = historyOf([placed]);

    expect(orders[0]?.items).toEqual([desk]);
    expect(items).toEqual([]);
  });
});

test('an amount of -0 is 0 in a fact, as JSON has it', () => {
  const [fact] = factsOf([paid(1, { total: -0, currency: 'EUR' })], onDay(2));
  expect(fact?.state).toStrictEqual(JSON.parse(JSON.stringify(fact?.state)));
});
