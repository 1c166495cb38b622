import { expect, test } from '@jest/globals';
import type { KeptFact } from '../../lib/history/fact.ts';
import type { StandingDefinition } from '../../lib/rules/config.ts';
import { explainLabels } from '../../lib/standing/explain.ts';
import { DAY, onDay } from '../support/facts.ts';

const order = (id: string, day: number, total?: number): KeptFact => ({
  kind: 'order',
  source: 'shopify',
  id,
  states: {
    'order.paid': {
      at: onDay(day),
      state: { currency: 'EUR', test: false, ...(total !== undefined && { total }) },
    },
  },
});
const form: KeptFact = {
  kind: 'form',
  source: 'tally',
  id: 'f',
  states: { 'form.submitted': { at: onDay(90), state: { name: 'Ebook', test: false } } },
};

const explain = (
  definitions: readonly StandingDefinition[],
  facts: readonly KeptFact[],
  day = 100,
) =>
  explainLabels(definitions, facts, onDay(day), { retentionMs: 1825 * DAY }).map(
    ({ name, by, state, reason, since, changesAt, facts, eachNeeded }) => ({
      name,
      by,
      state,
      reason,
      since: since === undefined ? undefined : (since - onDay(0)) / DAY,
      changesAt: changesAt === undefined ? undefined : (changesAt - onDay(0)) / DAY,
      facts: facts.map(({ id }) => id),
      eachNeeded,
    }),
  );

const VIP = { label: 'VIP', while: 'history.within("60d").spent("EUR") >= 500.0' };
const CUSTOMER = { label: 'Customer', while: 'history.orders.exists(o, o.paid)' };
const LAPSED = {
  label: 'Lapsed',
  while: 'history.orders.size() > 0 && history.within("30d").orders.size() == 0',
};

test('a label that several facts keep on together needs each of them', () => {
  const facts = [order('old', 1, 900), order('a', 50, 250), order('b', 80, 300), form];
  expect(explain([VIP], facts)).toEqual([
    {
      name: 'VIP',
      by: 'label:VIP',
      state: 'on',
      reason: undefined,
      since: 80,
      changesAt: 110,
      facts: ['a', 'b'],
      eachNeeded: true,
    },
  ]);
});

test('a label that any of several facts keeps on shows all that it reads', () => {
  const facts = [order('a', 50, 250), order('b', 80, 300), form];
  expect(explain([CUSTOMER], facts)).toMatchObject([
    { state: 'on', since: 50, changesAt: 1905, facts: ['a', 'b'], eachNeeded: false },
  ]);
});

test('a label that is off says when time brings it', () => {
  expect(explain([LAPSED], [order('a', 80, 5)])).toMatchObject([
    { state: 'off', since: 80, changesAt: 110, facts: [] },
  ]);
  expect(explain([LAPSED], [order('a', 80, 5)], 120)).toMatchObject([
    { state: 'on', since: 110, changesAt: 1905, facts: ['a'], eachNeeded: true },
  ]);
  expect(explain([{ ...CUSTOMER, afterMs: 30 * DAY }], [order('a', 80, 5)])).toMatchObject([
    { state: 'off', changesAt: 110 },
  ]);
});

test('tiers are explained one by one, and computed names as they are', () => {
  const tiers: StandingDefinition = {
    oneOf: [
      ['Gold', 'history.spent("EUR") >= 1000.0'],
      ['Silver', 'history.spent("EUR") >= 100.0'],
    ],
  };
  const each = { each: 'history.within("20d").forms.map(f, f.name)' };
  expect(explain([tiers, each], [order('a', 80, 500), form])).toMatchObject([
    { name: 'Gold', by: 'label:Gold', state: 'off' },
    { name: 'Silver', by: 'label:Silver', state: 'on', facts: ['a'] },
    { name: 'Ebook', by: 'each:0', state: 'on', since: 90, changesAt: 110, facts: ['f'] },
  ]);
  expect(explain([each], [])).toMatchObject([{ name: undefined, by: 'each:0', state: 'off' }]);
});

test('what cannot be decided says why', () => {
  expect(explain([VIP, CUSTOMER], [order('a', 80)])).toMatchObject([
    {
      state: 'undecided',
      reason: '`history.within("60d").spent("EUR")`: an order of shopify has no total',
    },
    { state: 'on', reason: undefined },
  ]);
});
