import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../lib/events/event.ts';
import { FileError, loadRules } from '../../lib/rules/authoring/load.ts';
import { inWords } from '../../lib/sources/in-words.ts';
import { sourceNames } from '../../lib/sources/index.ts';

/** The problems of a file, as `line:column: message` lines. */
function problems(text: string): string[] {
  try {
    loadRules(text, 'rules.yml');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
  return [];
}

/** A file whose one rule, on lines 2 and 3, goes on with these lines from line 4 on. */
function rule(...lines: string[]): string {
  return ['rules:', '  - name: r', '    on: order.paid', ...lines.map((l) => `    ${l}`)].join(
    '\n',
  );
}

const bracketed =
  'a list holds names as they stand, and this is an expression: take the list brackets away, or quote the whole list with them';
const chaining =
  'There is no optional chaining and no default by ??: ask with has(), as in has(a.b) && a.b == "x", or give one: get(event.data, "a.b", "")';
const deeper = 'the line below is indented more than this one: begin both at the same column';
const shallower = 'this line is indented less than those above it: begin it where they begin';
const quoting = 'Put the whole value in quotes, or below a `|`';

describe('the file', () => {
  test.each([
    ['empty', '', '1:1: the file is empty: it needs a list `rules`'],
    ['comments alone', '# nothing', '1:1: the file is empty: it needs a list `rules`'],
    ['a list', '- a', '1:1: must be a mapping (key: value), and is a list: put it under `rules:`'],
    ['no rules', 'rules: []', '1:8: there is no rule: give it at least one'],
    ['rules left blank', 'rules:', '1:7: must be a list, and is empty'],
    ['a tab', 'rules:\n\t- a', '2:1: Tabs are not allowed as indentation'],
    [
      'two documents',
      'a: b\n---\nc: d',
      '2:1: a second document begins here (---): the file is one',
    ],
    [
      'an alias of nothing',
      'rules: *x',
      '1:8: Unresolved alias (the anchor must be set before the alias): x',
    ],
    [
      'of another encoding',
      Buffer.from(rule('add: [K\xe4ufer]'), 'latin1').toString('utf8'),
      '4:12: this is not UTF-8: save the file with that encoding',
    ],
    ['a line too far to the right', rule('when: event.test', ' add: [X]'), `4:11: ${deeper}`],
    ['a line too far to the left', `${rule()}\n   add: [X]`, `4:1: ${shallower}`],
    ['a line at the dash', `${rule()}\n  add: [X]`, `4:1: ${shallower}`],
    [
      'an expression in a list',
      rule('add: ["Bought " + event.order.id]'),
      `4:21: Missing , or : between flow sequence items. ${quoting}`,
    ],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('a syntax error is reported without those that follow from it', () => {
    expect(problems(`rules:\n  - name: r\n    on: [custom\n    add: [X]`)).toEqual([
      '4:5: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  test('a misspelt key is reported at the key', () => {
    expect(problems('rule: []')).toEqual([
      '1:1: `rules` is missing',
      '1:1: unknown key `rule`. Did you mean `rules`?',
    ]);
  });

  test('an unknown policy for missing contacts', () => {
    expect(problems(`contacts:\n  missing: maybe\n${rule('add: [X]')}`)).toEqual([
      '2:12: `maybe` is none of wait, create, ignore',
    ]);
  });
});

describe('a rule’s shape', () => {
  test.each([
    [
      'nothing to do',
      ['when: event.test'],
      '2:5: the rule does nothing: give it `add`, `remove` or both',
    ],
    [
      'a misspelt key',
      ['whn: event.test', 'add: [X]'],
      '4:5: unknown key `whn`. Did you mean `when`?',
    ],
    [
      'a key of nobody',
      ['priority: 1', 'add: [X]'],
      '4:5: unknown key `priority`. The keys are name, on, topics, sources, when, add, remove',
    ],
    ['a key twice', ['add: [X]', 'add: [Y]'], '5:5: Map keys must be unique'],
    [
      'a label that YAML reads as a number',
      ['add: [X, 2024]'],
      "4:14: must be a text, and is a number: quote it, '2024'",
    ],
    [
      'a label that YAML reads as true',
      ['add: [true]'],
      "4:11: must be a text, and is true or false: quote it, 'true'",
    ],
    [
      'a label with a colon',
      ['add: [Bought: Mug]'],
      '4:11: must be a text, and is a mapping (key: value): quote a text that holds ": "',
    ],
    ['a blank label', ['remove: [X, " "]'], '4:17: a label needs a name: this one is blank'],
    ['no labels', ['add: []'], '4:10: the list is empty: name a label, or leave the key out'],
    [
      'labels left blank',
      ['add:'],
      '4:9: must be a list or a text or a mapping (key: value), and is empty',
    ],
    [
      'a number for labels',
      ['add: 5'],
      "4:10: must be a list or a text or a mapping (key: value), and is a number: quote it, '5'",
    ],
    ['a blank expression', ['add: " "'], '4:10: the expression is empty'],
    [
      'a condition that YAML reads as true',
      ['when: true', 'add: [X]'],
      "4:11: must be a text, and is true or false: quote it, 'true'",
    ],
    [
      'an unknown source',
      ['sources: [shopfy]', 'add: [X]'],
      `4:15: \`shopfy\` is none of ${inWords(sourceNames())}. Did you mean \`shopify\`?`,
    ],
    [
      'no source',
      ['sources: []', 'add: [X]'],
      '4:14: the list is empty: name one, or leave the key out',
    ],
    [
      'one label both ways',
      ['add: [X]', 'remove: [Y, " X "]'],
      '5:17: the rule both adds and removes "X"',
    ],
    ['an expression for a name', ['add: [event.order.currency]'], `4:11: ${bracketed}`],
    ['a field by its key for a name', [`add: ['event["topic"]']`], `4:11: ${bracketed}`],
    [
      'an expression that begins with a text for a name',
      ['remove:', `  - X`, `  - '"Bought " + event.order.id'`],
      `6:9: ${bracketed}`,
    ],
    [
      'a label of things nobody can see',
      ['add: ["\\u200b\\u00ad"]'],
      '4:11: a label needs a name: this one is blank',
    ],
  ])('%s', (_, lines, expected) => {
    expect(problems(rule(...lines))).toEqual([expected]);
  });

  test('an unknown event type, alone and in a list', () => {
    const file = (on: string) => `rules:\n  - name: r\n    on: ${on}\n    add: [X]`;
    const known = EVENT_TYPES.join(', ');

    expect(problems(file('order.payed'))).toEqual([
      `3:9: \`order.payed\` is none of what can stand there. Did you mean \`order.paid\`? There are ${known}`,
    ]);
    expect(problems(file('[order.paid, paid]'))).toEqual([
      `3:22: \`paid\` is none of what can stand there. Did you mean \`order.paid\`? There are ${known}`,
    ]);
    expect(problems(file('[custom, something.else]'))).toEqual([
      `3:18: \`something.else\` is none of ${known}`,
    ]);
  });

  test.each([
    ['no name', 'rules:\n  - on: custom\n    add: [X]', '2:5: `name` is missing'],
    [
      'no event type',
      'rules:\n  - name: r\n    add: [X]',
      '2:5: the rule listens to nothing: give it `on`, `topics` or both',
    ],
    [
      'a name of two lines',
      'rules:\n  - name: "a\\nb"\n    on: custom\n    add: [X]',
      '2:11: must be one line of 1 to 100 characters, no blanks at the ends',
    ],
    [
      'a rule that is none',
      'rules:\n  - just text',
      '2:5: must be a mapping (key: value), and is a text',
    ],
    [
      'a name twice',
      `${rule('add: [X]')}\n  - name: r\n    on: custom\n    add: [Y]`,
      '5:11: the name is taken by rule 1 of the file: each needs its own',
    ],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });
});

describe('an expression', () => {
  test.each([
    ['event.ordr.total > 1.0', 17, 'unknown field `ordr`. Did you mean `order`?'],
    [
      'event.order.items.exists(i, i.titel == "x")',
      41,
      'unknown field `titel`. Did you mean `title`?',
    ],
    [
      'event.contact.twitter == "x"',
      25,
      'unknown field `twitter`. They are email, phone, firstName, lastName, contactId, memberId, country, language, acceptsMarketing',
    ],
    ['has(event.ordr)', 21, 'unknown field `ordr`. Did you mean `order`?'],
    ['event.order.items.exists(i, has(i.skuu))', 45, 'unknown field `skuu`. Did you mean `sku`?'],
    [
      'has(event.order.totl) && event.ordr.total > 1',
      42,
      'unknown field `ordr`. Did you mean `order`?',
    ],
    ['order.total > 1.0', 11, 'Unknown variable: order. Did you mean `event.order`?'],
    ['evnt.test', 11, 'Unknown variable: evnt. Did you mean `event`?'],
    ['customer.vip', 11, 'Unknown variable: customer. Expressions see `event` alone'],
    [
      'event.order.total == 100',
      11,
      'no such overload: double == int. Write the whole number with a point: 100.0 instead of 100',
    ],
    [
      'event.order.total in [250]',
      11,
      'no such overload: double in list<int>. Write the whole numbers with a point: [250.0] instead of [250]',
    ],
    ['event.order.?total > 1', 23, `unexpected \`?\`. ${chaining}`],
    ['event.order?.total > 1', 23, `unexpected \`.\`. ${chaining}`],
    ['event.data[?"x"] == 1', 22, `unexpected \`?\`. ${chaining}`],
    ['event.contact.phone ?? "x" == "x"', 32, `unexpected \`?\`. ${chaining}`],
    ['event.test && )', 25, 'unexpected `)`'],
    ['event.order.total > event.order.number', 11, 'no such overload: double > string'],
    ['event.order.total', 11, 'must be true or false (a bool), and gives double'],
    [
      'event.test and event.order.total > 1',
      22,
      'unexpected `and`. CEL writes && for and, || for or, ! for not',
    ],
    ['event.order.total = 100.0', 29, 'unexpected `=`. Equality is written =='],
    [
      'event.order.items.exists(i => i.sku == "A")',
      38,
      'unexpected `=`. There are no arrow functions. Write has(event.order), or a loop as event.order.items.exists(item, item.sku == "A1")',
    ],
    ['event.topic == “x”', 26, 'unexpected `“`. Quotes are straight: "…"'],
    [
      'event.order.items.length > 2',
      29,
      "List index must be int, got 'string'. The length of a text, list or map is .size()",
    ],
    [
      'event.topic.length > 2',
      23,
      "Cannot index type 'string'. The length of a text, list or map is .size()",
    ],
    [
      'event.tags.includes("x")',
      11,
      'found no matching overload for \'list.includes(string)\'. For a text it is .contains("x"), for a list "x" in list',
    ],
    [
      'event.topic.toLowerCase() == "x"',
      11,
      "found no matching overload for 'string.toLowerCase()'. It is .lowerAscii()",
    ],
    ['event.order.total >=', 31, 'the expression ends too early'],
    [
      'event.topic.startWith("x")',
      11,
      "found no matching overload for 'string.startWith(string)'. Did you mean `startsWith`?",
    ],
    [
      'event.topic.lower() == "x"',
      11,
      "found no matching overload for 'string.lower()'. Did you mean `lowerAscii`?",
    ],
    [
      'event.topic.startsWith(1)',
      11,
      "found no matching overload for 'string.startsWith(int)'. It takes other types",
    ],
    [
      'now() > event.occurredAt',
      11,
      "found no matching overload for 'now()'. There is no such function: docs/rules.md lists them",
    ],
    [
      'event.topic == "a #1"',
      26,
      'Unterminated string. Where the quote is there, YAML took it or a # for its own: put the expression below a `|`',
    ],
    [
      'has(event)',
      15,
      'has() invalid argument. Write has(event.order), or a loop as event.order.items.exists(item, item.sku == "A1")',
    ],
    [
      'event.contact.email.matches("(a+)+$")',
      11,
      'matches() is refused: a regular expression can take minutes on a text that a customer chose. Use contains(), startsWith(), endsWith() or ==',
    ],
    ['event.test || optional.none().hasValue()', 25, 'unknown variable `optional`: ask with has()'],
    [
      'event.tags.map(t, t.matches("x")).size() > 0',
      29,
      'matches() is refused: a regular expression can take minutes on a text that a customer chose. Use contains(), startsWith(), endsWith() or ==',
    ],
    [
      'event.tags.exists(a, event.tags.exists(b, event.tags.exists(c, a == c)))',
      53,
      'more than 2 loops (map, filter, exists …) inside each other are refused: they are too slow on a large order',
    ],
    [
      `${'event.test || '.repeat(400)}event.test`,
      11,
      'Exceeded maxAstNodes (1000). The expression is too long: make two rules of it',
    ],
  ])('when: %s', (when, column, message) => {
    expect(problems(rule(`when: ${when}`, 'add: [X]'))).toEqual([`4:${column}: ${message}`]);
  });

  test.each([
    ['has(event.contact.phone)', 11, 'event.contact.phone'],
    ['event.test || has(event.form.name)', 25, 'event.form.name'],
    ['has(event.order) && has((event.order.number))', 31, 'event.order.number'],
    ['event.order.items.exists(i, has(i.sku))', 39, 'i.sku'],
    ['cel.bind(c, event.contact, !has(c.email))', 39, 'c.email'],
  ])('when: %s would always ask in vain', (when, column, field) => {
    expect(problems(rule(`when: ${when}`, 'add: [X]'))).toEqual([
      `4:${column}: \`${field}\` is never absent: write ${field} != ""`,
    ]);
  });

  test.each([
    ['Customer', 10, 'Unknown variable: Customer. A fixed label is written as a list: [Customer]'],
    [
      'Repeat customer',
      17,
      'unexpected `customer`. A fixed label is written as a list: [Repeat customer]',
    ],
    ['event.order.items', 10, 'must give a text or a list of texts, and gives list<Item>'],
    ['event.test', 10, 'must give a text or a list of texts, and gives bool'],
    ['event.order.id + 1', 10, 'no such overload: string + int. Make a text of it with string(…)'],
  ])('add: %s', (add, column, message) => {
    expect(problems(rule(`add: ${add}`))).toEqual([`4:${column}: ${message}`]);
  });

  test.each([
    [
      'a ! in front',
      '!event.test',
      `4:11: YAML takes a value that begins with ! for a tag. ${quoting}`,
    ],
    ['a quote in front', '"VIP" in event.tags', `4:17: Unexpected scalar at node end. ${quoting}`],
    [
      'a colon and a blank',
      'event.topic == "a: b"',
      `4:11: Nested mappings are not allowed in compact mappings. ${quoting}`,
    ],
    [
      'a % in front',
      '%x',
      `4:11: Plain value cannot start with directive indicator character %. ${quoting}`,
    ],
  ])('that YAML takes for something else: %s', (_, when, expected) => {
    expect(problems(rule(`when: ${when}`, 'add: [X]'))).toEqual([expected]);
  });

  test.each([
    ['plain', ['when: event.tst'], '4:17'],
    ['plain over two lines', ['when: event.test ||', '  event.tst'], '5:13'],
    ['single quotes', ["when: 'event.tst'"], '4:18'],
    ['double quotes', ['when: "event.tst"'], '4:18'],
    ['double quotes over two lines', ['when: "event.test ||', '  event.tst"'], '5:13'],
    ['literal block', ['when: |', '  event.test ||', '  event.tst'], '6:13'],
    [
      'literal block, indented further',
      ['when: |-', '    event.test', '', '      || event.tst'],
      '7:20',
    ],
    ['folded block', ['when: >', '  event.test ||', '  event.tst'], '6:13'],
    ['folded block with a comment', ['when: >- # why', '  event.test ||', '  event.tst'], '6:13'],
    ['escapes: where the value starts', ['when: "event.topic == \\"x\\" || event.tst"'], '4:11'],
    [
      'doubled quotes: where the value starts',
      ["when: 'event.topic == ''x'' || event.tst'"],
      '4:11',
    ],
    ['an anchor', ['when: &w event.tst'], '4:20'],
    ['text beyond ASCII before it', ['when: \'"é😀" == event.tst\''], '4:27'],
  ])('is found in any YAML style: %s', (_, lines, position) => {
    const message = 'unknown field `tst`. Did you mean `test`?';

    expect(problems(rule(...lines, 'add: [X]'))).toEqual([`${position}: ${message}`]);
    expect(problems(rule(...lines, 'add: [X]').replaceAll('\n', '\r\n'))).toEqual([
      `${position}: ${message}`,
    ]);
  });
});

test('an expression that is an alias is wrong where it stands', () => {
  const text = `${rule('when: &w event.tst', 'add: [X]')}
  - name: s
    on: custom
    when: *w
    add: [Y]`;

  const wrong = '4:20: unknown field `tst`. Did you mean `test`?';
  expect(problems(text)).toEqual([wrong, wrong]);
});

describe('FileError', () => {
  const text = `contacts: { missing: later }
rules:
  - name: first "quoted"
    on: order.payed
    when: event.ordr.total > 1
    add: Customer
  - name: second
    on: [custom]
    remove: [ok, 5]
    colour: red
  - on: custom
    add: event.tst`;

  test('reports every problem of the file, in its order, a line each', () => {
    expect.assertions(2);
    try {
      loadRules(text, 'config/rules.yml');
    } catch (error) {
      const lines = (error as FileError).message.split('\n');
      expect(lines.map((line) => line.split(' is none of')[0])).toEqual([
        'config/rules.yml:1:22: `later`',
        'config/rules.yml:4:9: rule "first \\"quoted\\"": `order.payed`',
        'config/rules.yml:5:17: rule "first \\"quoted\\"": unknown field `ordr`. Did you mean `order`?',
        'config/rules.yml:6:10: rule "first \\"quoted\\"": Unknown variable: Customer. A fixed label is written as a list: [Customer]',
        'config/rules.yml:9:18: rule "second": must be a text, and is a number: quote it, \'5\'',
        'config/rules.yml:10:5: rule "second": unknown key `colour`. The keys are name, on, topics, sources, when, add, remove',
        'config/rules.yml:11:5: `name` is missing',
        'config/rules.yml:12:16: unknown field `tst`. Did you mean `test`?',
      ]);
      expect((error as FileError).problems[1]).toMatchObject({
        file: 'config/rules.yml',
        line: 4,
        column: 9,
        rule: 'first "quoted"',
      });
    }
  });
});

describe('limits', () => {
  const limited = (limits: string) => `limits: ${limits}\n${rule('add: [X]')}`;

  test('may be other than they are', () => {
    expect(loadRules(limited('{ computedLabels: 50 }'), 'rules.yml').computedLabels).toBe(50);
    expect(loadRules(limited('{}'), 'rules.yml').computedLabels).toBe(20);
  });

  test.each([
    ['{ computedLabels: 0 }', '1:27: must be a whole number from 1 to 1000'],
    ['{ computedLabels: 2.5 }', '1:27: must be a whole number from 1 to 1000'],
    ['{ computedLabels: 1001 }', '1:27: must be a whole number from 1 to 1000'],
    ['{ computedLabels: many }', '1:27: must be a number, and is a text'],
    ['{ computedLabel: 5 }', '1:11: unknown key `computedLabel`. Did you mean `computedLabels`?'],
    ['5', '1:9: must be a mapping (key: value), and is a number'],
  ])('%s is refused', (limits, expected) => {
    expect(problems(limited(limits))).toEqual([expected]);
  });
});

describe('a file that is right', () => {
  test('becomes plain data: words as lists, label names normalised', () => {
    const config = loadRules(
      `contacts: { missing: ignore }
rules:
  - name: everything
    on: order.paid
    sources: [shopify, stripe]
    when: |
      event.order.total > 1.0
    add: ["  Big \\t spender ", Cafe\u0301]
    remove: event.tags
  - name: least
    on: [custom, form.submitted]
    add: "[event.topic]"
`,
      'rules.yml',
    );

    expect(config).toEqual({
      missing: 'ignore',
      computedLabels: 20,
      rules: [
        {
          name: 'everything',
          on: ['order.paid'],
          sources: ['shopify', 'stripe'],
          when: 'event.order.total > 1.0\n',
          add: { labels: ['Big spender', 'Caf\u00e9'] },
          remove: { cel: 'event.tags' },
        },
        { name: 'least', on: ['custom', 'form.submitted'], add: { cel: '[event.topic]' } },
      ],
    });
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  test('may use anchors, and no merge keys', () => {
    const config = loadRules(
      `${rule('add: &labels [X]')}\n  - name: s\n    on: custom\n    remove: *labels`,
      'rules.yml',
    );

    expect(config.rules[1]?.remove).toEqual({ labels: ['X'] });
    expect(
      problems(`rules:
  - &first { name: r, on: custom, add: [X] }
  - <<: *first
    name: s
    on: custom
    add: [Y]`),
    ).toEqual(['3:5: YAML merge keys (<<) are not supported: write the keys out']);
  });

  test.each([
    'event.tags.exists(a, event.order.items.exists(i, i.title == a))',
    'event.order.items.filter(i, i.price > 1.0).map(i, i.title).exists(t, t == "x")',
    'has(event.order) && has(event.order.total) && has(event.data.anything.at.all)',
    'event.data.items.exists(i, has(i.sku)) || has(event.data.phone) || has(event.form.fields.name)',
    'event.order.items.exists(i, has(i.title) && i.sku != "")',
    'event.data.whatever',
    'cel.bind(spent, event.order.total, spent > 100.0 && spent < 200.0)',
  ])('when: %s', (when) => {
    expect(problems(rule(`when: ${when}`, 'add: [X]'))).toEqual([]);
  });
});
