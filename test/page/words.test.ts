import { expect, test } from '@jest/globals';
import { createBatch } from '../../page/batch.ts';
import { mergeContacts, mergeMinutes } from '../../page/merge.ts';
import { hrefOf, routeOf } from '../../page/route.ts';
import { countdown, flowInWords, laidOut, many, span } from '../../page/words.ts';

test.each([
  [-5, '0 s'],
  [999, '1 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [245_000, '4 min 5 s'],
  [3_600_000 + 5_000, '1 h'],
  [181 * 86_400_000 + 3 * 3_600_000, '181 d 3 h'],
])('%d ms is %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test('a countdown ends at now', () => {
  expect(countdown(10_000, 4_000)).toBe('in 6 s');
  expect(countdown(10_000, 9_500)).toBe('now');
  expect(countdown(10_000, 20_000)).toBe('now');
});

test('numbers, JSON and outcomes in words', () => {
  expect([many(1, 'call'), many(2_000, 'delivery', 'deliveries')]).toEqual([
    '1 call',
    '2,000 deliveries',
  ]);
  expect(laidOut('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(laidOut('a=1&b')).toBe('a=1&b');
  const flow = {
    id: '1',
    at: 0,
    source: 'stripe',
    type: 'order.paid',
    person: 'ada@example.com',
    contactId: undefined,
    rules: [],
    add: ['VIP'],
    remove: ['Lead'],
    state: 'labelled' as const,
    reason: undefined,
    nextTryAt: undefined,
    tries: 1,
  };
  expect(flowInWords(flow)).toBe(
    'order.paid of stripe for ada@example.com: labelled plus VIP, minus Lead',
  );
  expect(flowInWords({ ...flow, state: 'waiting', reason: 'Wix answered 503' })).toBe(
    'order.paid of stripe for ada@example.com: waits. Wix answered 503',
  );
});

test.each(['ordinary', 'a/b #1', '100%', 'ada@example.com'])('a way to %s and back', (id) => {
  expect(routeOf(hrefOf('contacts', id))).toEqual({ view: 'contacts', id });
});

test('a way that leads nowhere leads to the flow', () => {
  expect(routeOf('')).toEqual({ view: 'flow', id: undefined });
  expect(routeOf('#/nowhere')).toEqual({ view: 'flow', id: undefined });
  expect(routeOf('#/flow/%E0%A4%A')).toEqual({ view: 'flow', id: '%E0%A4%A' });
});

test('what comes in together is taken together, once', () => {
  const later: (() => void)[] = [];
  const taken: unknown[] = [];
  const hold = createBatch<{ a: number; b: string }>(
    (held) => taken.push(held),
    (run) => later.push(run),
  );
  hold('a', 1);
  hold('b', 'x');
  hold('a', 2);
  expect(later).toHaveLength(1);
  later.shift()?.();
  hold('a', 3);
  later.shift()?.();
  expect(taken).toEqual([{ a: [1, 2], b: ['x'] }, { a: [3] }]);
});

test('a contact that is gone is in no list, and the last changed stands first', () => {
  const contact = (id: string, changedAt: number, isGone = false) => ({
    id,
    name: id,
    email: undefined,
    phone: undefined,
    labels: [],
    changedAt,
    added: [],
    removed: [],
    isGone,
  });
  const held = mergeContacts([], [contact('a', 1), contact('b', 2)]);
  const then = mergeContacts(held, [contact('a', 3), contact('b', 4, true), contact('c', 2)]);
  expect(then.map(({ id }) => id)).toEqual(['a', 'c']);
});

test('a minute that is said again takes the place of what was said before', () => {
  const minute = (at: number, received: number) => ({
    minute: at,
    received,
    ignored: 0,
    refused: 0,
    queued: 0,
    labelled: 0,
    retries: 0,
    deadLetters: 0,
    wixCalls: 0,
    wixFailures: 0,
    waiting: 0,
  });
  const merged = mergeMinutes([minute(2, 1), minute(3, 1)], [minute(3, 5), minute(1, 9)]);
  expect(merged.map(({ minute, received }) => [minute, received])).toEqual([
    [1, 9],
    [2, 1],
    [3, 5],
  ]);
});
