import { describe, expect, test } from '@jest/globals';
import type { KeptFact } from '../../lib/history/fact.ts';
import type { StandingDefinition } from '../../lib/rules/config.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import { DAY, onDay } from '../support/facts.ts';

const YEARS = { retentionMs: 1825 * DAY };
const NOW = onDay(100);

function evaluate(
  definitions: readonly StandingDefinition[],
  facts: readonly KeptFact[],
  now = NOW,
) {
  const { wanted, undecided, nextAt } = compileLabels(definitions, YEARS).evaluate(facts, now);
  return { wanted: Object.fromEntries(wanted), undecided, nextAt };
}

const order = (id: string, day: number, state: object = {}, source = 'shopify'): KeptFact => ({
  kind: 'order',
  source,
  id,
  states: {
    'order.paid': { at: onDay(day), state: { total: 100, currency: 'EUR', test: false, ...state } },
  },
});
const plan = (id: string, planName?: string): KeptFact => {
  const state = { test: false, ...(planName !== undefined && { planName }) };
  return {
    kind: 'subscription',
    source: 'stripe',
    id,
    states: { 'subscription.started': { at: onDay(1), state } },
  };
};

const label = (cel: string, more: object = {}): StandingDefinition => ({
  label: 'X',
  while: cel,
  ...more,
});
const SPENT: StandingDefinition = {
  oneOf: [
    ['Gold', 'history.spent("EUR") >= 300.0'],
    ['Silver', 'history.spent("EUR") >= 100.0'],
  ],
};

describe('tiers', () => {
  test('the first that holds is on, and no other', () => {
    expect(evaluate([SPENT], []).wanted).toEqual({});
    expect(evaluate([SPENT], [order('1', 1)]).wanted).toEqual({ Silver: 'label:Silver' });
    expect(evaluate([SPENT], [order('1', 1, { total: 300 })]).wanted).toEqual({
      Gold: 'label:Gold',
    });
  });

  test('with a wait, the lower one stays on until the higher has held so long', () => {
    const waiting = { ...SPENT, afterMs: 7 * DAY };
    const facts = [order('1', 1), order('2', 50, { total: 200 })];
    const on = (day: number) =>
      Object.keys(
        evaluate(
          [waiting],
          facts.filter(({ states }) => (states['order.paid']?.at ?? 0) <= onDay(day)),
          onDay(day),
        ).wanted,
      );
    expect([7, 8, 50, 56, 57].map(on)).toEqual([[], ['Silver'], ['Silver'], ['Silver'], ['Gold']]);
  });

  test('that cannot be decided leave all of them as they are', () => {
    const reason = '`history.spent("EUR")`: an order of thrivecart has no total';
    const { wanted, undecided } = evaluate(
      [SPENT, label('history.orders.size() > 0')],
      [order('1', 1, { total: undefined }, 'thrivecart')],
    );
    expect(wanted).toEqual({ X: 'label:X' });
    expect(undecided).toEqual([
      { by: 'label:Gold', reason },
      { by: 'label:Silver', reason },
    ]);
  });
});

describe('computed names', () => {
  const EACH: StandingDefinition = { each: 'history.subscriptions.map(s, s.planName)', most: 2 };

  test('are names as Wix knows them, each once, and none that another definition has', () => {
    const facts = [plan('1', 'Club '), plan('2', 'Club'), plan('3', 'X'), plan('4', 'Gold')];
    expect(evaluate([label('false && history.orders.size() > 0'), EACH], facts).wanted).toEqual({
      Club: 'each:0',
      Gold: 'each:0',
    });
  });

  test.each([
    [
      'three',
      [plan('1', 'A'), plan('2', 'B'), plan('3', 'C')],
      'gives more than 2 label names. Narrow the expression, or raise its `most`',
    ],
    ['a blank one', [plan('1', '\u200b')], 'gave an empty text, which cannot be a label'],
    [
      'one that is not known',
      [plan('1')],
      '`s.planName`: a subscription of stripe has no planName',
    ],
  ])('%s leave what there is', (_, facts, reason) => {
    expect(evaluate([EACH], facts)).toMatchObject({
      wanted: {},
      undecided: [{ by: 'each:0', reason }],
    });
  });

  test('of two definitions are numbered, and the first has what both give', () => {
    const both = [EACH, { each: 'history.subscriptions.map(s, s.planName + "!") + ["Club"]' }];
    expect(evaluate(both, [plan('1', 'Club')]).wanted).toEqual({
      Club: 'each:0',
      'Club!': 'each:1',
    });
  });
});

describe('why a label is undecided', () => {
  test.each([
    [
      'history.orders.exists(o, o.total > 5.0)',
      { total: undefined },
      '`o.total`: an order of shopify has no total',
    ],
    [
      'history.spent("EUR") > 5.0',
      { currency: undefined },
      '`history.spent("EUR")`: an order of shopify has no currency',
    ],
    [
      'history.items.exists(i, i.price > 5.0)',
      { items: [{ sku: 'A' }] },
      '`i.price`: an item of an order of shopify has no price',
    ],
    [
      'history.within("1d").last > timestamp("2026-01-01T00:00:00Z")',
      {},
      '`history.within("1d").last`: nothing has happened',
    ],
    ['history.orders[3].paid', {}, '`history.orders[3]` is missing from this history'],
    [
      'int(history.orders[0].number) > 5',
      { number: 'ada@example.com' },
      '`int(history.orders[0].number)` cannot be computed for this history (int_conversion_error)',
    ],
  ])('%s', (cel, state, reason) => {
    expect(evaluate([label(cel)], [order('1', 1, state)]).undecided).toEqual([
      { by: 'label:X', reason },
    ]);
  });

  test('a part of an order that was paid back, and nobody said how much', () => {
    const [first] = [order('1', 1)];
    const states = {
      ...first?.states,
      'order.partially_refunded': { at: onDay(2), state: { test: false } },
    };
    const facts = [{ ...order('1', 1), states }];
    const reason = '`history.spent("EUR")`: an order of shopify has no refundedTotal';
    expect(evaluate([label('history.spent("EUR") > 5.0')], facts).undecided).toEqual([
      { by: 'label:X', reason },
    ]);
  });

  test('too many steps: the other labels are decided', () => {
    const facts = Array.from({ length: 2_000 }, (_, i) => order(String(i), i % 90));
    const heavy = 'history.orders.exists(a, history.orders.exists(b, a.id + "x" == b.id))';
    const found = evaluate(
      [label(heavy), { label: 'Y', while: 'history.orders.size() > 0' }],
      facts,
    );
    expect(found.wanted).toEqual({ Y: 'label:Y' });
    expect(found.undecided).toEqual([
      { by: 'label:X', reason: expect.stringMatching(/^takes too many steps/) },
    ]);
  });
});

test('a wait over a time at which nothing can be said is undecided, unless it did not hold since', () => {
  const known = order('1', 1, { total: undefined });
  const later = { at: onDay(5), state: { total: 100, test: false } };
  const facts = [{ ...known, states: { ...known.states, 'order.fulfilled': later } }];
  const spent = (least: number) =>
    label(`history.spent("EUR") >= ${least}.0`, { afterMs: 6 * DAY });
  const reason = '`history.spent("EUR")`: an order of shopify has no total';
  expect(evaluate([spent(100)], facts, onDay(8))).toMatchObject({
    wanted: {},
    undecided: [{ by: 'label:X', reason }],
  });
  expect(evaluate([spent(100)], facts, onDay(11)).wanted).toEqual({ X: 'label:X' });
  expect(evaluate([spent(101)], facts, onDay(8))).toMatchObject({ wanted: {}, undecided: [] });
});

test('what was asked with has() is not what failed', () => {
  const facts = [order('1', 1, { total: undefined }), order('2', 2)];
  const cel = 'history.orders.exists(o, has(o.total) && o.total > 5.0)';
  expect(evaluate([label(cel)], facts)).toMatchObject({ wanted: { X: 'label:X' }, undecided: [] });
});

test('sums of decimals are as exact as money', () => {
  const facts = Array.from({ length: 10 }, (_, i) => order(String(i), i, { total: 50.1 }));
  const wanted = (cel: string) => evaluate([label(cel)], facts).wanted;
  expect(wanted('history.spent("EUR") == 501.0')).toEqual({ X: 'label:X' });
});

test('what is older than the retention is not there', () => {
  const { nextAt } = evaluate([label('history.orders.size() > 0')], [order('1', 0)]);
  expect(nextAt).toBe(onDay(1825));
  expect(
    evaluate([label('history.orders.size() > 0')], [order('1', 0)], onDay(1825)).wanted,
  ).toEqual({});
});

describe('the definitions', () => {
  const each: StandingDefinition = { each: 'history.forms.map(f, f.name)' };

  test('have a hash, the same for the same alone', () => {
    const hashOf = (...all: StandingDefinition[]) => compileLabels(all, YEARS).hash;
    expect(hashOf(SPENT, each)).toMatch(/^[0-9a-f]{12}$/);
    expect(hashOf(SPENT, each)).toBe(hashOf(structuredClone(SPENT), each));
    expect(
      new Set([hashOf(SPENT), hashOf(each), hashOf(SPENT, each), hashOf({ ...each, afterMs: 1 })])
        .size,
    ).toBe(4);
  });

  test('manage the labels that they name, and those that they once computed', () => {
    const { manages, names } = compileLabels([SPENT, each], YEARS);
    expect([...names]).toEqual(['Gold', 'Silver']);
    expect(manages('Gold', 'label:Gold')).toBe(true);
    expect(manages('Gold', 'each:7')).toBe(true);
    expect(manages('Bronze', 'label:Bronze')).toBe(false);
    expect(manages('Ebook', 'each:0')).toBe(true);
    expect(manages('Ebook', 'each:1')).toBe(false);
  });
});
