import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FileError, loadRules } from '../../lib/rules/authoring/load.ts';
import { STANDING_RULES } from '../../samples/standing.ts';

/** The problems of a file, as `line:column: message` lines. */
function problems(text: string): string[] {
  try {
    loadRules(text, 'rules.yml', (name) =>
      name === 'skus.csv' ? 'value,label\nA,Desk' : undefined,
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
  return [];
}

/** A file whose one entry begins on line 2, at column 5. */
const entry = (...lines: string[]) =>
  ['labels:', ...lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)].join('\n');

const PAID = 'history.orders.exists(o, o.paid)';

describe('an entry’s shape', () => {
  test.each([
    ['a mapping', 'labels: { VIP: x }', '1:9: must be a list, and is a mapping (key: value)'],
    ['left blank', 'labels:', '1:8: must be a list, and is empty'],
    ['empty', 'labels: []', '1:9: the list is empty: describe a label, or leave the key out'],
    ['a name', entry('VIP'), '2:5: must be a mapping (key: value), and is a text'],
    ['nothing', 'labels:\n  - {}', '2:5: give it `label` and `while`, or `oneOf`, or `each`'],
    ['no condition', entry('label: VIP'), '2:5: `while` is missing: the condition of the label'],
    [
      'no label',
      entry(`while: ${PAID}`),
      '2:5: give it `label` and `while`, or `oneOf`, or `each`',
    ],
    [
      'a slip in a key',
      entry('label: VIP', `whle: ${PAID}`),
      '3:5: unknown key `whle`. Did you mean `while`?',
    ],
    [
      'a key of a rule',
      entry('label: VIP', `while: ${PAID}`, 'on: order.paid'),
      '4:5: unknown key `on`. The keys are label, while, oneOf, each, most, after',
    ],
    [
      'two heads',
      entry('label: VIP', `while: ${PAID}`, 'each: history.forms.map(f, f.name)'),
      '4:5: `label` and `each` in one entry: make two of it',
    ],
    [
      'while beside oneOf',
      entry('oneOf:', `  A: ${PAID}`, `  B: ${PAID}`, `while: ${PAID}`),
      '5:5: `while` belongs to `label`, and this has `oneOf`',
    ],
    [
      'most beside label',
      entry('label: VIP', `while: ${PAID}`, 'most: 3'),
      '4:5: `most` belongs to `each`, and this has `label`',
    ],
    [
      'no number for most',
      entry('each: history.forms.map(f, f.name)', 'most: 0'),
      '3:11: must be a whole number from 1 to 1000',
    ],
    ['one tier', entry('oneOf:', `  A: ${PAID}`), '3:7: needs two labels or more'],
    [
      'tiers in a list',
      entry('oneOf: [A, B]'),
      '2:12: must be a mapping (key: value), and is a list',
    ],
    [
      'a tier left blank',
      entry('oneOf:', `  A: ${PAID}`, '  B:'),
      '4:9: must be a text, and is empty',
    ],
    [
      'a tier without a name',
      entry('oneOf:', `  A: ${PAID}`, `  " ": ${PAID}`),
      '4:7: a label needs a name: this one is blank',
    ],
    [
      'a number for a tier',
      entry('oneOf:', `  A: ${PAID}`, `  2024: ${PAID}`),
      '4:7: a whole number loses its place among the tiers: put a word to it',
    ],
    [
      'a tier that YAML reads otherwise',
      entry('oneOf:', `  A: ${PAID}`, `  1.50: ${PAID}`),
      "4:7: YAML reads the label 1.50 as 1.5: quote it, '1.50'",
    ],
    [
      'a blank label',
      entry('label: " "', `while: ${PAID}`),
      '2:12: a label needs a name: this one is blank',
    ],
    [
      'a label that is a number',
      entry('label: 2024', `while: ${PAID}`),
      "2:12: must be a text, and is a number: quote it, '2024'",
    ],
    ['a blank condition', entry('label: VIP', 'while: " "'), '3:12: the expression is empty'],
    [
      'wrong indentation',
      'labels:\n  - label: VIP\n  while: x',
      '3:1: this line is indented less than those above it: begin it where they begin',
    ],
    ...['7', '7 days', '-7d', '0d', '1y', '', 'P7D', '7D', '1.5h'].map(
      (after): [string, string, string] => [
        `after: ${after}`,
        entry('label: VIP', `while: ${PAID}`, `after: ${after}`),
        `4:12: must be a time such as 30m, 12h, 7d or 2w`,
      ],
    ),
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });
});

describe('a name', () => {
  test.each([
    [
      'twice',
      `${entry('label: VIP', `while: ${PAID}`)}\n  - label: "VIP "\n    while: ${PAID}`,
      '4:12: "VIP" has a condition on line 2 already: a label has one',
    ],
    [
      'as a tier too',
      `${entry('label: VIP', `while: ${PAID}`)}\n  - oneOf:\n      Gold: ${PAID}\n      VIP: ${PAID}`,
      '6:7: "VIP" has a condition on line 2 already: a label has one',
    ],
    [
      'twice among the tiers',
      entry('oneOf:', `  Gold: ${PAID}`, `  " Gold": ${PAID}`),
      '4:7: "Gold" has a condition on line 3 already: a label has one',
    ],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  const too =
    'its condition alone puts a standing label on and takes it off. Take it out of one of them';
  test.each([
    ['adds', 'add: [Other, " VIP "]', 'rule "r" (line 5)'],
    ['removes', 'remove: [VIP]', 'rule "r" (line 5)'],
    [
      'may add by a table',
      'add: { table: levels, keys: event.tags }',
      'rule "r", by its table levels (line 5)',
    ],
  ])('that a rule %s too', (_, does, place) => {
    const text = `${entry('label: VIP', `while: ${PAID}`)}
rules:
  - name: r
    on: order.paid
    ${does}
tables: { levels: { one: [New, VIP] } }`;
    expect(problems(text)).toEqual([`2:12: "VIP" is a label of ${place} too: ${too}`]);
  });

  test('that a rule may add by a file, or a tier', () => {
    const text = `${entry('oneOf:', `  Chair: ${PAID}`, `  Desk: ${PAID}`)}
rules:
  - { name: r, on: order.paid, add: { table: skus, keys: event.tags } }
tables: { skus: skus.csv }`;
    expect(problems(text)).toEqual([
      `4:7: "Desk" is a label of rule "r", by its table skus (line 6) too: ${too}`,
    ]);
  });

  test('may be one that an expression of a rule can give', () => {
    const text = `${entry('label: VIP', `while: ${PAID}`)}
rules:
  - { name: r, on: order.paid, add: event.tags }`;
    expect(problems(text)).toEqual([]);
  });
});

describe('a condition', () => {
  test.each([
    [
      'event.order.total > 5.0',
      12,
      'Unknown variable: event. A standing label sees `history` alone',
    ],
    ['orders.exists(o, o.paid)', 12, 'Unknown variable: orders. Did you mean `history.orders`?'],
    ['histry.orders.size() > 0', 12, 'Unknown variable: histry. Did you mean `history`?'],
    ['history.order.size() > 0', 20, 'unknown field `order`. Did you mean `orders`?'],
    [
      'history.twitter.size() > 0',
      20,
      'unknown field `twitter`. They are orders, items, subscriptions, forms, events, first, last',
    ],
    ['history.orders.exists(o, o.payed)', 39, 'unknown field `payed`. Did you mean `paid`?'],
    ['history.orders.exists(o, has(o.totl))', 43, 'unknown field `totl`. Did you mean `total`?'],
    ['history.orders', 12, 'must be true or false (a bool), and gives list<HistoryOrder>'],
    ['true', 12, "must be a text, and is true or false: quote it, 'true'"],
    ['"1 == 1"', 13, 'is the same for everybody: it reads nothing of `history`'],
    [
      'history.within(365).orders.size() > 0',
      12,
      'found no matching overload for \'History.within(int)\'. Write history.within("365d"), with a time in m, h, d or w',
    ],
    [
      'history.within().orders.size() > 0',
      12,
      'found no matching overload for \'History.within()\'. Write history.within("365d"), with a time in m, h, d or w',
    ],
    ...(
      [
        ['"365"', ''],
        ['"-7d"', ''],
        ['"0d"', ''],
        ['"3s"', ''],
        ['"36" + "5d"', ''],
        ['"1y"', '. A year is "365d", a month "30d"'],
        ['"6 months"', '. A year is "365d", a month "30d"'],
      ] as const
    ).map(([window, hint]): [string, number, string] => [
      `history.within(${window}).orders.size() > 0`,
      27,
      `within() takes a time as it stands, such as "30m", "12h", "7d" or "2w"${hint}`,
    ]),
    [
      'history.spent() > 5.0',
      12,
      'found no matching overload for \'History.spent()\'. Write history.spent("EUR"), with the currency',
    ],
    [
      'history.orders.exists(o, o.at > timestamp("2026-01-01"))',
      54,
      '`2026-01-01` is no time: write timestamp("2026-01-01T00:00:00Z")',
    ],
    ['history.spent("eur") > 5.0', 26, 'a currency is written in capitals: write "EUR"'],
    [
      'history.spent("Euro") > 5.0',
      26,
      'spent() takes a currency as it stands, in three capital letters: history.spent("EUR")',
    ],
    [
      'history.orders.exists(o, history.spent(o.currency) > 5.0)',
      51,
      'spent() takes a currency as it stands, in three capital letters: history.spent("EUR")',
    ],
    [
      'history.spent("EUR") == 500',
      12,
      'no such overload: double == int. Write the whole number with a point: 100.0 instead of 100',
    ],
    [
      'history.orders.size() == 2.0',
      12,
      'no such overload: int == double. Write both with a point or both without: size() and count are whole numbers',
    ],
    [
      'history.orders.exists(o, o.at > "2026-01-01")',
      37,
      'no such overload: google.protobuf.Timestamp > string. Write a time as timestamp("2026-01-31T00:00:00Z")',
    ],
    ['history.orders.exists(o, o.total > "5")', 37, 'no such overload: double > string'],
    ['history.items.exists(i, has(i.sku))', 36, '`i.sku` is never absent: write i.sku != ""'],
    [
      'history.items.exists(i, i.title.matches("a+"))',
      36,
      'matches() is refused: a regular expression can take minutes on a text that a customer chose. Use contains(), startsWith(), endsWith() or ==',
    ],
    [
      'history.orders.exists(a, history.orders.exists(b, history.orders.exists(c, a.id == c.id)))',
      62,
      'more than 2 loops (map, filter, exists …) inside each other are refused: they are too slow on a long history',
    ],
    [
      'get(history, "a.b", "") == "x"',
      12,
      "found no matching overload for 'get(History, string, string)'. It reads event.data, and a history has none",
    ],
    [
      'now() > history.last',
      12,
      "found no matching overload for 'now()'. There is no such function: docs/labels.md lists them",
    ],
    [
      'history.paid()',
      12,
      "found no matching overload for 'History.paid()'. There is no such function: docs/labels.md lists them",
    ],
    [
      'has(history)',
      16,
      'has() invalid argument. Write has(history.last), or a loop as history.orders.exists(o, o.paid)',
    ],
    [
      `${'history.orders.size() > 0 || '.repeat(400)}true`,
      12,
      'Exceeded maxAstNodes (1000). The expression is too long: make it shorter',
    ],
    [
      'history.last?.x == 1',
      25,
      'unexpected `.`. There is no optional chaining and no default by ??: ask with has(), as in has(a.b) && a.b == "x"',
    ],
  ])('while: %s', (condition, column, message) => {
    expect(problems(entry('label: X', `while: ${condition}`))).toEqual([`3:${column}: ${message}`]);
  });

  test('of a tier is wrong where it stands', () => {
    const text = entry('oneOf:', `  Gold: ${PAID}`, '  Silver: history.spent("EUR") > 5');
    expect(problems(text)).toEqual([]);
    expect(problems(text.replace('Silver: ', 'Silver: histry && '))).toEqual([
      '4:15: Unknown variable: histry. Did you mean `history`?',
    ]);
  });

  test.each([
    [
      'Customer',
      'Unknown variable: Customer. A fixed label is an entry of its own, with `label` and `while`',
    ],
    ['history.orders', 'must give a text or a list of texts, and gives list<HistoryOrder>'],
    [PAID, 'must give a text or a list of texts, and gives bool'],
    ['\'"VIP"\'', 'is the same for everybody: it reads nothing of `history`'],
  ])('each: %s', (each, message) => {
    const column = each.startsWith("'") ? 12 : 11;
    expect(problems(entry(`each: ${each}`))).toEqual([`2:${column}: ${message}`]);
  });

  test('of a rule sees no history', () => {
    const text = `rules:\n  - { name: r, on: custom, add: [X], when: "${PAID}" }`;
    expect(problems(text)).toEqual([
      '2:45: Unknown variable: history. Rules see `event` alone: put it under `labels:`',
    ]);
  });

  test.each([
    'history.within("30m").events.exists(e, e.name == "app.opened" && e.count >= 3)',
    'history.within("365d").within("2w").spent("EUR") > 5.0',
    'cel.bind(year, history.within("365d"), year.spent("EUR") + year.spent("USD") > 5.0)',
    'history.items.exists(i, i.sku != "" && has(i.price) && i.price > 5.0)',
    'history.items.map(i, i.quantity).sum() >= 3.0',
    'has(history.last) && history.last - history.first > duration("720h")',
    'history.orders.exists(o, o.at.getMonth() == 11 && o.source == "shopify")',
    'history.subscriptions.exists(s, !s.active && has(s.until))',
    'history.events.exists(e, e.count == 2)',
    'history.orders.exists(o, o.discountCodes.exists(c, c == "SPRING"))',
  ])('while: %s is right', (condition) => {
    expect(problems(entry('label: X', `while: ${condition}`))).toEqual([]);
  });
});

test('every problem of the file is reported, in its order', () => {
  const text = `labels:
  - label: A
    while: event.test
    after: soon
  - each: history.x
rules:
  - name: r
    on: nothing`;
  expect(problems(text).map((line) => line.split(' ')[0])).toEqual([
    '3:12:',
    '4:12:',
    '5:19:',
    '8:9:',
  ]);
});

describe('a file with labels', () => {
  test('needs no rules', () => {
    const labels = entry('label: VIP', `while: ${PAID}`);
    for (const rules of ['', '\nrules:', '\nrules: []']) {
      expect(loadRules(labels + rules, 'rules.yml')).toEqual({
        missing: 'wait',
        computedLabels: 20,
        rules: [],
        labels: [{ label: 'VIP', while: PAID }],
      });
    }
  });

  test('becomes plain data, with names as Wix knows them and times in milliseconds', () => {
    const text = `limits: { computedLabels: 7 }
labels:
  - { label: "  Big \\t spender ", while: "${PAID}", after: 2w }
  - oneOf:
      "Gold  card": ${PAID}
      Silver: ${PAID}
    after: 30m
  - each: history.forms.map(f, f.name)
  - { each: "history.forms.map(f, f.id)", most: 3, after: 12h }`;
    const { labels } = loadRules(text, 'rules.yml');
    expect(labels).toEqual([
      { label: 'Big spender', while: PAID, afterMs: 1_209_600_000 },
      {
        oneOf: [
          ['Gold card', PAID],
          ['Silver', PAID],
        ],
        afterMs: 1_800_000,
      },
      { each: 'history.forms.map(f, f.name)', most: 7 },
      { each: 'history.forms.map(f, f.id)', most: 3, afterMs: 43_200_000 },
    ]);
    expect(JSON.parse(JSON.stringify(labels))).toEqual(labels);
  });

  test('is the sample', () => {
    const { labels } = loadRules(readFileSync(STANDING_RULES, 'utf8'), 'rules.yml');
    expect(labels).toHaveLength(10);
  });

  test('is the only one that has the key', () => {
    const text = 'rules:\n  - { name: r, on: custom, add: [X] }';
    expect(Object.keys(loadRules(text, 'rules.yml'))).toEqual([
      'missing',
      'computedLabels',
      'rules',
    ]);
  });
});
