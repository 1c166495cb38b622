import { expect, test } from '@jest/globals';
import type { Flow } from '../../page/api.ts';
import { EVERYTHING, filterFlows, mergeFlows, NO_FLOWS, stagesOf } from '../../page/flows.ts';

const flow = (id: string, at: number, rest: Partial<Flow> = {}): Flow => ({
  id,
  at,
  source: 'shopify',
  type: 'order.paid',
  person: 'ada@example.com',
  contactId: undefined,
  rules: [],
  add: [],
  remove: [],
  state: 'labelled',
  reason: undefined,
  nextTryAt: undefined,
  tries: 1,
  ...rest,
});
const idsOf = (list: readonly Flow[]) => list.map(({ id }) => id);

test('the newest stands first, and of one time the last that came', () => {
  const held = mergeFlows(NO_FLOWS, [flow('a', 5), flow('b', 5), flow('c', 9)]);
  expect(idsOf(held.list)).toEqual(['c', 'b', 'a']);
  expect(idsOf(mergeFlows(held, [flow('d', 9), flow('e', 1)]).list)).toEqual([
    'd',
    'c',
    'b',
    'a',
    'e',
  ]);
});

test('what changed stays at its place, and the others are the same objects', () => {
  const held = mergeFlows(NO_FLOWS, [flow('a', 1), flow('b', 2)]);
  const then = mergeFlows(held, [
    flow('a', 1, { state: 'waiting' }),
    flow('a', 1, { state: 'unchanged' }),
  ]);
  expect(then.list.map(({ id, state }) => `${id} ${state}`)).toEqual(['b labelled', 'a unchanged']);
  expect(then.list[0]).toBe(held.list[0]);
  expect(then.byId.get('a')?.state).toBe('unchanged');
});

test('over the bound the oldest that are done go, and those that wait stay', () => {
  const held = mergeFlows(NO_FLOWS, [flow('old', 1, { state: 'waiting' }), flow('done', 2)], 2);
  const then = mergeFlows(held, [flow('new', 3)], 2);
  expect(idsOf(then.list)).toEqual(['new', 'old']);
  expect(then.byId.size).toBe(2);
  const more = [4, 5].map((at) => flow(String(at), at, { state: 'waiting' }));
  expect(idsOf(mergeFlows(then, more, 2).list)).toEqual(['5', '4']);
});

test.each([
  [{ source: 'stripe' }, ['c']],
  [{ state: 'open' as const }, ['b']],
  [{ state: 'ignored' as const }, ['c']],
  [{ text: 'GRACE  vip' }, ['b']],
  [{ text: 'no rule' }, ['c']],
  [{}, ['c', 'b', 'a']],
])('narrowed to %j', (filter, ids) => {
  const { list } = mergeFlows(NO_FLOWS, [
    flow('a', 1),
    flow('b', 2, { state: 'waiting', person: 'grace@example.com', add: ['VIP'] }),
    flow('c', 3, { state: 'ignored', source: 'stripe', reason: 'no rule matches' }),
  ]);
  expect(idsOf(filterFlows(list, { ...EVERYTHING, ...filter }))).toEqual(ids);
});

test('deliveries are counted where they are', () => {
  const states = ['received', 'queued', 'waiting', 'labelled', 'unchanged', 'dead-letter'] as const;
  const list = states.map((state, i) => flow(state, i, { state }));
  expect(stagesOf(list)).toEqual({ received: 6, queued: 3, waiting: 1, done: 2, deadLetters: 1 });
});
