import { expect, test } from '@jest/globals';
import { compileTrial, judge } from '../../../cli/commands/rules/try.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { paidOrder } from '../../support/events.ts';

/** What is said of the one rule. */
function verdictOf(rule: string, ...[first = paidOrder(), ...rest]: readonly CustomerEvent[]) {
  const config = loadRules(`rules: [{ name: a, add: [A], ${rule} }]`, 'rules.yml');
  const { verdicts } = judge(compileTrial(config), [first, ...rest]);
  return verdicts[0];
}

test.each([
  ['on: order.refunded', 'listens to order.refunded, and this is order.paid'],
  [
    'on: [order.refunded, custom, order.created]',
    'listens to order.refunded, custom or order.created, and this is order.paid',
  ],
  ['on: order.paid, sources: stripe', 'listens to stripe alone, and this is from shopify'],
  [
    'on: custom, sources: [stripe, wix]',
    'listens to stripe or wix alone, and this is from shopify',
  ],
  ['on: order.paid, when: event.test', 'event.test is false'],
  [
    'on: order.paid, sources: shopify, when: "\'vip\' in (event.tags)"',
    `'vip' in (event.tags) is false: event.tags is "wholesale"`,
  ],
])('%s does not match', (rule, why) => {
  expect(verdictOf(rule)).toEqual({ rule: 'a', matched: false, add: [], remove: [], why });
});

test('of several events it is the one that the rule listens to, or all of them', () => {
  const placed = paidOrder({ type: 'order.created' });

  expect(verdictOf('on: order.paid, when: event.test', placed, paidOrder())?.why).toBe(
    'event.test is false',
  );
  expect(verdictOf('on: custom', placed, paidOrder())?.why).toBe(
    'listens to custom, and this is order.created and order.paid',
  );
  expect(
    verdictOf(
      'on: [order.paid, order.created], when: event.topic == event.type',
      placed,
      paidOrder(),
    )?.why,
  ).toBe(
    'event.topic == event.type is false: event.topic is "orders/paid", event.type is "order.created"; ' +
      'event.topic == event.type is false: event.topic is "orders/paid", event.type is "order.paid"',
  );
});

test('a rule that fails says it as the dead letter does, also where it matched another event', () => {
  const bare = paidOrder({ type: 'order.created' });
  const { order: _order, ...without } = bare;
  const rule = 'on: [order.paid, order.created], when: event.order.total > 1.0';

  expect(verdictOf(rule, without)).toEqual({
    rule: 'a',
    matched: false,
    add: [],
    remove: [],
    failure: 'when: `event.order` is missing from this event',
  });
  expect(verdictOf(rule, without, paidOrder())).toMatchObject({
    matched: true,
    add: ['A'],
    failure: 'when: `event.order` is missing from this event',
  });
});
