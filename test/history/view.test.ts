import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent, EventType } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import type { HistorySubscription } from '../../lib/history/history.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { boundariesOf } from '../../lib/history/view.ts';
import { DAY, eventOn, historyOf, onDay } from '../support/facts.ts';

const club = (day: number, what: string, change: object = {}): CustomerEvent =>
  eventOn(day, `subscription.${what}` as EventType, {
    subscription: { id: 's1', planName: 'Club', ...change },
  });

type Course = readonly [
  events: readonly CustomerEvent[],
  subscription: Partial<HistorySubscription>,
];

const COURSES: Readonly<Record<string, Course>> = {
  started: [[club(1, 'started')], { active: true, since: onDay(1), until: undefined }],
  'given notice': [[club(1, 'started'), club(2, 'will_end')], { active: true, until: undefined }],
  'known by its notice alone': [[club(2, 'will_end')], { active: true }],
  'known by a change alone': [[club(2, 'changed')], { active: true }],
  ended: [[club(1, 'started'), club(9, 'canceled')], { active: false, until: onDay(9) }],
  'given notice and ended at once': [
    [club(9, 'canceled'), club(9, 'will_end')],
    { active: false, until: onDay(9) },
  ],
  'changed after its end': [[club(1, 'canceled'), club(2, 'changed')], { active: false }],
  paused: [[club(1, 'started'), club(2, 'paused')], { active: false, until: undefined }],
  'changed while paused': [[club(2, 'paused'), club(3, 'changed')], { active: false }],
  resumed: [[club(1, 'started'), club(2, 'paused'), club(3, 'resumed')], { active: true }],
  'renewed after its end': [
    [club(1, 'started'), club(2, 'canceled'), club(3, 'renewed')],
    { active: true, since: onDay(1), until: undefined },
  ],
  'renewed before its end, and heard of later': [
    [club(3, 'canceled'), club(2, 'renewed')],
    { active: false, until: onDay(3) },
  ],
  'of another plan': [
    [club(1, 'started', { planId: 'p1' }), club(2, 'changed', { planName: 'Gold' })],
    { active: true, planId: 'p1', planName: 'Gold' },
  ],
  'of a test': [[{ ...club(1, 'started'), test: true }], { active: true, test: true }],
};

describe('a subscription', () => {
  test.each(Object.entries(COURSES))('that is %s', (_what, [events, subscription]) => {
    expect(historyOf(events).subscriptions).toMatchObject([subscription]);
    expect(historyOf(events.toReversed()).subscriptions).toMatchObject([subscription]);
  });

  test('is one of two with another id', () => {
    expect(
      historyOf([club(1, 'started'), club(2, 'started', { id: 's2' })]).subscriptions,
    ).toHaveLength(2);
  });
});

const form = (day: number): CustomerEvent =>
  eventOn(day, 'form.submitted', { form: { id: 'f1', name: 'Ebook', fields: { name: 'Ada' } } });
const opened = (day: number): CustomerEvent => eventOn(day, 'custom', { topic: 'email.opened' });

describe('a history', () => {
  test('has the forms that were filled in, and events by name and source', () => {
    const elsewhere = { ...opened(4), source: 'resend' };
    const history = historyOf([
      form(2),
      opened(3),
      opened(1),
      elsewhere,
      eventOn(5, 'booking.created'),
    ]);

    expect(history).toMatchObject({
      forms: [{ id: 'f1', name: 'Ebook', source: 'custom', at: onDay(2) }],
      events: [
        { name: 'email.opened', source: 'custom', count: 2, first: onDay(1), last: onDay(3) },
        { name: 'email.opened', source: 'resend', count: 1 },
        { name: 'booking.created', count: 1 },
      ],
      first: onDay(1),
      last: onDay(5),
    });
    expect(JSON.stringify(history)).not.toContain('Ada');
  });

  test('is empty where nothing is known', () => {
    expect(historyOf([])).toEqual({
      orders: [],
      items: [],
      subscriptions: [],
      forms: [],
      events: [],
      times: [],
      first: undefined,
      last: undefined,
    });
  });

  test('counts two events of one delivery', () => {
    const types = ['customer.updated', 'consent.withdrawn'] as const;
    const both = types.map((type) => eventOn(1, type, { id: 'one' }));

    expect(historyOf(both).events.map(({ name }) => name)).toEqual([...types]);
  });

  test('holds long ids and texts, and many items, in short', () => {
    const long = (end: string) => `${'é'.repeat(700)}${end}`;
    const items = Array.from({ length: 2_000 }, (_, i) => ({ title: long(String(i)) }));
    const orders = ['a', 'b', 'b'].map((end) =>
      eventOn(1, 'order.paid', {
        order: { id: long(end), items, tags: items.map(({ title }) => title) },
      }),
    );
    const [fact] = factsOf(orders, onDay(2));

    expect(historyOf(orders).orders).toHaveLength(2);
    expect(Buffer.byteLength(fact?.id ?? '')).toBeLessThanOrEqual(400);
    expect(fact?.state).toMatchObject({ items: expect.any(Array), tags: expect.any(Array) });
    expect(Buffer.byteLength(JSON.stringify(fact))).toBeLessThan(200_000);
  });

  test('is never later than the delivery that said it', () => {
    const [fact] = factsOf([eventOn(7, 'order.paid', { order: {} })], onDay(2));

    expect(fact?.at).toBe(onDay(2));
  });

  const order = (day: number, id: string): CustomerEvent =>
    eventOn(day, 'order.paid', { id: `paid ${id}`, order: { id, items: [{ title: id }] } });

  test('within a window has what is younger', () => {
    const events = [
      order(1, 'old'),
      order(10, 'new'),
      form(10),
      club(3, 'started'),
      opened(2),
      opened(9),
    ];
    const part = historyOf(events, { now: onDay(12), withinMs: 9 * DAY });

    expect(part.orders.map(({ id }) => id)).toEqual(['new']);
    expect(part.items).toEqual([{ title: 'new' }]);
    expect(part.forms).toHaveLength(1);
    // Just as old as the window is too old.
    expect(part.subscriptions).toEqual([]);
    expect(part.events).toMatchObject([{ count: 1, first: onDay(9) }]);
    expect([part.first, part.last]).toEqual([onDay(9), onDay(10)]);
  });

  test('as of a time has nothing later', () => {
    const events = [order(1, 'a'), eventOn(5, 'order.refunded', { order: { id: 'a' } }), opened(6)];

    expect(historyOf(events, { asOf: onDay(4) })).toMatchObject({
      orders: [{ paid: true }],
      events: [],
    });
    expect(historyOf(events, { asOf: onDay(5) }).orders).toMatchObject([{ paid: false }]);
  });

  test('leaves out what nothing was heard of for the retention', () => {
    const events = [
      order(1, 'a'),
      order(2, 'b'),
      eventOn(5, 'order.fulfilled', { order: { id: 'b' } }),
    ];

    const kept = (day: number) =>
      historyOf(events, { now: onDay(day), retentionMs: 10 * DAY }).orders.map(({ id }) => id);
    expect([kept(10), kept(11), kept(14), kept(15)]).toEqual([['a', 'b'], ['b'], ['b'], []]);
  });

  test('can change at the times of its facts, and when they leave a window or the retention', () => {
    const kept = keptOf(factsOf([order(1, 'a'), opened(2)], onDay(3)));

    expect(boundariesOf(kept, [10 * DAY, 20 * DAY], 30 * DAY)).toEqual(
      [1, 2, 11, 12, 21, 22, 31, 32].map(onDay),
    );
  });
});
