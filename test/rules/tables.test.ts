import { describe, expect, test } from '@jest/globals';
import { FileError, loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../lib/rules/match.ts';
import { paidOrder } from '../support/events.ts';

const RULE = `
rules:
  - name: r
    on: order.paid
    add: { table: skus, keys: "event.order.items.map(i, i.sku)" }`;

const load = (yaml: string, files: Readonly<Record<string, string>> = {}) =>
  loadRules(yaml, 'shop/rules.yml', (name) => files[name]);

function problems(yaml: string, files: Readonly<Record<string, string>> = {}): string[] {
  try {
    load(yaml, files);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message.split('\n');
  }
  return [];
}

const skus = (...given: string[]) =>
  paidOrder({ order: { id: '1', tags: [], items: given.map((sku) => ({ sku })) } });
const IN_CSV = `tables: { skus: skus.csv }${RULE}`;

describe('a table', () => {
  test('gives the labels of the values that it has, and nothing for the others', () => {
    const rules = load(`tables: { skus: { A1: [Course, VIP], B2: Course, C3: Mug } }${RULE}`);

    const { add, failures } = matchRules(compileRules(rules), [skus('B2', 'A1', 'X9', '')]);

    expect({ add, failures }).toEqual({ add: ['Course', 'VIP'], failures: [] });
    expect(matchRules(compileRules(rules), [skus('x')])).toMatchObject({ rules: ['r'], add: [] });
  });

  test('takes labels away', () => {
    const rules = load(`tables: { skus: { A1: Course } }${RULE.replace('add', 'remove')}`);

    expect(matchRules(compileRules(rules), [skus('A1')]).remove).toEqual(['Course']);
  });

  test('is asked by one text, letter by letter', () => {
    const yaml = `tables: { by: { DE: Germany, de: Low } }
rules: [{ name: r, on: order.paid, add: { table: by, keys: event.contact.country } }]`;
    const rules = compileRules(load(yaml));
    const from = (country: string) => paidOrder({ contact: { country } });

    expect(matchRules(rules, [from('DE')]).add).toEqual(['Germany']);
    expect(matchRules(rules, [from('DE ')]).add).toEqual([]);
    expect(matchRules(rules, [from('constructor')]).add).toEqual([]);
  });

  test('does not count in limits.computedLabels, and its names are known beforehand', () => {
    const rows = Array.from({ length: 60 }, (_, i) => `S${i}: L${i}`).join(', ');
    const rules = load(`limits: { computedLabels: 1 }\ntables: { skus: { ${rows} } }${RULE}
  - name: off
    on: order.refunded
    remove: [L7]`);
    const compiled = compileRules(rules);

    const match = matchRules(compiled, [skus(...Array.from({ length: 60 }, (_, i) => `S${i}`))]);

    expect(match.add).toHaveLength(60);
    expect(match.reversible).toEqual(['L7']);
    expect(compiled.reach.add('L59')).toBe(true);
    expect(compiled.reach.add('L60')).toBe(false);
  });

  test('fails the rule for keys that are no texts', () => {
    const yaml = `tables: { t: { a: A } }
rules: [{ name: r, on: order.paid, add: { table: t, keys: event.data.count } }]`;

    expect(matchRules(compileRules(load(yaml)), [paidOrder()]).failures).toEqual([
      { rule: 'r', reason: 'add: gave double, needs a string or a list of strings' },
    ]);
  });

  const beside = 'must be the name of a .csv file beside rules.yml, or in a folder there';
  test.each([
    [
      `tables: { sku: { A: B } }${RULE}`,
      '5:19: rule "r": there is no table `skus` under `tables`. Did you mean `sku`?',
    ],
    [RULE.slice(1), '4:19: rule "r": there is no table `skus` under `tables`'],
    [IN_CSV, '1:17: there is no file skus.csv beside shop/rules.yml'],
    [`tables: { skus: ../skus.csv }${RULE}`, `1:17: ${beside}`],
    [`tables: { skus: /etc/skus.csv }${RULE}`, `1:17: ${beside}`],
    [
      `tables: { skus: { 007: Bond } }${RULE}`,
      "1:19: YAML reads the value 007 as 7: quote it, '007'",
    ],
    [
      `tables: { skus: { A1: 2024 } }${RULE}`,
      "1:23: must be a list or a text, and is a number: quote it, '2024'",
    ],
    [`tables: { skus: { " ": X } }${RULE}`, '1:19: the value is blank'],
    [
      `tables: { skus: { A: X } }${RULE.replace('i.sku', 'i.skuu')}`,
      '5:59: rule "r": unknown field `skuu`. Did you mean `sku`?',
    ],
    [
      `tables: { skus: { A: X } }${RULE.replace('keys', 'kyes')}`,
      '5:10: rule "r": `keys` is missing',
    ],
  ])('is refused: %s', (yaml, expected) => {
    expect(problems(yaml)[0]).toBe(`shop/rules.yml:${expected}`);
  });
});

describe('a table in a CSV file', () => {
  test.each([
    ['commas', 'value,label\nMUG-1,Mugs\n'],
    ['semicolons', 'value;label\nMUG-1;Mugs'],
    ['tabs, a byte order mark and CRLF', '\ufeffValue\tLabel\r\nMUG-1\tMugs\r\n'],
    ['quotes and blanks', '"value", "label"\n"MUG-1", Mugs \n\n'],
  ])('is read with %s', (_, text) => {
    expect(load(IN_CSV, { 'skus.csv': text }).tables).toEqual({ skus: [['MUG-1', ['Mugs']]] });
  });

  test('holds what a quoted cell holds, and several labels of a value', () => {
    const text = 'value,label\n"a, ""b""",One\n"a, ""b""",Two\n__proto__,Three\n';

    expect(load(IN_CSV, { 'skus.csv': text }).tables?.skus).toEqual([
      ['a, "b"', ['One', 'Two']],
      ['__proto__', ['Three']],
    ]);
  });

  test.each([
    ['', '1:1: the first line must be: value,label'],
    ['MUG-1,Mugs', '1:1: the first line must be: value,label'],
    ['value,label\nA,B,C', '2:1: a row has two cells, and this one has 3'],
    ['value,label\n\n"A\nB",X\n,Y', '5:1: the value is blank'],
    ['value,label\n"A,1",', '2:7: the label is blank'],
    [
      'value,label\nA,B\n"C',
      '3:1: this is no CSV: Quote Not Closed: the parsing is finished with an opening quote at line 3',
    ],
    ['value,label\nM\ufffdller,X', '1:1: the file is not UTF-8: save it as CSV UTF-8'],
    [
      `value,label\n${'A,B\n'.repeat(20_001)}`,
      '1:1: a table takes 20000 rows, and this file has 20001',
    ],
    ['x'.repeat(5_000_000), '1:1: the file has 5000000 characters, and 4194304 can be read'],
  ])('is refused with its own place, case %#', (text, expected) => {
    expect(problems(IN_CSV, { 'skus.csv': text })[0]).toBe(`shop/skus.csv:${expected}`);
  });
});
