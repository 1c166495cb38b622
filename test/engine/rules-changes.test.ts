import { describe, expect, test } from '@jest/globals';
import { changesBetween, renderChanges } from '../../engine/rules-changes.ts';
import { type ProjectRules, rulesHash } from '../../lib/rules/authoring/decisive.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';

const BASE = `
contacts: { missing: wait }
tables:
  skus: { A1: Desk, B2: Lamp }
  more: { C3: Chair }
labels:
  - label: Regular
    while: history.orders.size() >= 2
  - oneOf: { Gold: 'history.spent("EUR") > 100.0', Silver: 'history.spent("EUR") > 10.0' }
  - each: history.orders.map(o, o.id)
rules:
  - name: customers
    on: order.paid
    when: event.order.total >= 200.0 && event.order.currency == "US D"
    add: [Customer]
  - name: bought
    on: order.paid
    add: { table: skus, keys: 'event.order.items.map(i, i.sku)' }
  - name: titles
    on: order.paid
    add: event.order.items.map(i, "T " + i.title)
`;

const read = (text: string): ProjectRules => ({
  config: loadRules(text, 'rules.yml'),
  ownSources: [],
});
const edited = (from: string, to: string): ProjectRules => {
  expect(BASE).toContain(from);
  return read(BASE.replace(from, to));
};
const base = read(BASE);
const acme = { name: 'acme' } as ProjectRules['ownSources'][number];

/** What decides nothing. */
const SAME: readonly (readonly [string, ProjectRules])[] = [
  ['a comment', read(`# A comment\n${BASE}`)],
  ['blanks of the file', edited('add: [Customer]', 'add:   [ "Customer" ]')],
  [
    'blanks of a condition',
    edited('event.order.total >= 200.0 &&', '>-\n      event.order.total>=200.0   &&'),
  ],
  ['a comment in a condition', edited('"US D"', '"US D" // of the shop')],
  ['blanks of names', edited('map(i, "T " + i.title)', "map( i,'T '+i.title )")],
  ['blanks of keys', edited('items.map(i, i.sku)', 'items.map(i,i.sku)')],
  ['blanks of a standing label', edited('size() >= 2', 'size()>=2')],
  ['blanks of a tier', edited('("EUR") > 100.0', '("EUR")>100.0')],
  ['blanks of each', edited('map(o, o.id)', 'map(o,o.id)')],
  [
    'the order of tables',
    edited(
      '  skus: { A1: Desk, B2: Lamp }\n  more: { C3: Chair }',
      '  more: { C3: Chair }\n  skus: { A1: Desk, B2: Lamp }',
    ),
  ],
];

/** What decides, and how it is said. */
const OTHER: readonly (readonly [ProjectRules, string])[] = [
  [read(`${BASE}  - { name: new, on: order.paid, add: [New] }\n`), 'rule added: "new"'],
  [edited('200.0', '201.0'), 'rule changed: "customers"'],
  [edited('200.0', '200.5'), 'rule changed: "customers"'],
  [edited('"US D"', '"US  D"'), 'rule changed: "customers"'],
  [edited('i.sku)', 'i.title)'), 'rule changed: "bought"'],
  [edited('"T "', '"T"'), 'rule changed: "titles"'],
  [edited('size() >= 2', 'size() >= 3'), 'standing label changed: Regular'],
  [edited('size() >= 2', 'size() >= 2\n    after: 7d'), 'standing label changed: Regular'],
  [edited('100.0', '200.0'), 'standing label changed: Gold, Silver'],
  [edited('o.id', 'o.number'), 'standing label changed: each, number 1'],
  [edited('Lamp', 'Light'), 'table changed: skus'],
  [edited('  more: { C3: Chair }\n', ''), 'table removed: more'],
  [edited('wait', 'create'), 'setting changed: contacts.missing'],
  [{ ...base, ownSources: [acme] }, 'source added: acme'],
];

describe('what decides the same', () => {
  test.each(SAME)('%s', (_, rules) => {
    expect(changesBetween(base, rules)).toEqual([]);
    expect(rulesHash(rules)).toBe(rulesHash(base));
  });
});

describe('what decides something else', () => {
  test.each(OTHER.map(([rules, said]) => [said, rules] as const))('%s', (said, rules) => {
    expect(renderChanges(changesBetween(base, rules))).toEqual([said]);
    expect(rulesHash(rules)).not.toBe(rulesHash(base));
  });

  test('each has a hash of its own', () => {
    const all = [base, ...OTHER.map(([rules]) => rules)].map(rulesHash);
    expect(new Set(all).size).toBe(all.length);
    for (const one of all) expect(one).toMatch(/^[0-9a-f]{12}$/);
  });

  test('a number of another kind', () => {
    const withNumber = (number: string) =>
      read(
        `rules: [{ name: a, on: order.paid, when: event.order.items.size() >= int(${number}), add: [A] }]`,
      );
    expect(rulesHash(withNumber('1'))).not.toBe(rulesHash(withNumber('1.0')));
  });

  test('rules in another order, of which the last wins', () => {
    const rule = (name: string) => `  - { name: ${name}, on: order.paid, add: [${name}] }\n`;
    const [one, other] = [
      `rules:\n${rule('a')}${rule('b')}`,
      `rules:\n${rule('b')}${rule('a')}`,
    ].map(read);
    expect(renderChanges(changesBetween(one as ProjectRules, other as ProjectRules))).toEqual([
      'the rules stand in another order',
    ]);
    expect(rulesHash(one as ProjectRules)).not.toBe(rulesHash(other as ProjectRules));
  });
});

test('of many changes twelve are named, and a long name is cut', () => {
  const changes = Array.from({ length: 40 }, (_, n) => ({
    what: 'rule' as const,
    name: `${n} ${'x'.repeat(200)}`,
    change: 'removed' as const,
  }));

  const lines = renderChanges(changes);

  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe('and 28 more');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  expect(renderChanges(changes.slice(0, 13))).toHaveLength(13);
});
