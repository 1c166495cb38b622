import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import type { Rule } from '../../lib/rules/config.ts';
import { rulesEnvironment } from '../../lib/rules/environment.ts';
import { compileRules, type Match, matchRules } from '../../lib/rules/match.ts';
import { type Metered, meter } from '../../lib/rules/metered.ts';
import { createStepCounter, OutOfSteps } from '../../lib/rules/steps.ts';

const bare: CustomerEvent = {
  source: 'custom',
  id: '1',
  type: 'custom',
  topic: 'custom',
  occurredAt: '2026-11-21T10:00:00Z',
  test: false,
  contact: { email: 'ada@example.com' },
  tags: [],
  data: {},
};
const many = <T>(length: number, of: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => of(i));
const withData = (data: CustomerEvent['data']): CustomerEvent => ({ ...bare, data });
const rule = (name: string, given: Omit<Partial<Rule>, 'name'>): Rule => ({
  name,
  on: ['custom'],
  add: { labels: [name] },
  ...given,
});
const run = (rules: readonly Rule[], ...events: CustomerEvent[]): Match =>
  matchRules(compileRules({ missing: 'wait', rules }), events);
const holds = (when: string, event: CustomerEvent) => run([rule('r', { when })], event);

/** Each a body of a mebibyte or less that takes seconds, minutes or for ever where nobody counts. */
const HOSTILE: readonly (readonly [string, string, CustomerEvent])[] = [
  [
    'items over items',
    'event.order.items.exists(i, event.order.items.exists(j, i.sku == j.title))',
    {
      ...bare,
      order: { id: '1', tags: [], items: many(2_000, (i) => ({ title: `T${i}`, sku: `S${i}` })) },
    },
  ],
  [
    'tags over data',
    'event.tags.exists(t, event.data.list.exists(d, t == d))',
    { ...bare, tags: many(4_000, (i) => `t${i}`), data: { list: many(4_000, (i) => `d${i}`) } },
  ],
  [
    'a list in a list in data',
    'event.data.rows.exists(a, event.data.rows.exists(b, a.of.size() + b.of.size() == 9))',
    withData({ rows: many(20_000, (i) => ({ of: [i, i, i] })) }),
  ],
  [
    'errors that exists() passes over',
    'event.data.list.exists(a, event.data.list.exists(b, a.no == b.no || a.no == 1))',
    withData({ list: many(50_000, (i) => i) }),
  ],
  [
    'errors that || passes over, in a loop',
    'event.data.list.all(a, a.no == 1 || true) && false',
    withData({ list: many(100_000, (i) => i) }),
  ],
  [
    'a text in lists',
    'event.tags.exists(t, t in event.data.list)',
    { ...bare, tags: many(5_000, (i) => `t${i}`), data: { list: many(50_000, (i) => `d${i}`) } },
  ],
  [
    'keys of a map',
    'event.data.list.exists(x, event.data.keys.exists(k, k == x))',
    withData({
      list: many(5_000, (i) => i),
      keys: Object.fromEntries(many(20_000, (i) => [`k${i}`, i])),
    }),
  ],
  [
    'lists compared',
    'event.data.list.all(x, event.data.list.map(y, y) == event.data.list.map(y, y)) && false',
    withData({ list: many(9_000, (i) => `x${i}`) }),
  ],
  [
    'one text searched in another',
    'event.data.text.contains(event.data.part)',
    withData({ text: 'a'.repeat(600_000), part: `b${'a'.repeat(300_000)}` }),
  ],
  [
    'a long text searched often',
    'event.data.list.exists(x, event.data.text.lastIndexOf(x) > 0)',
    withData({ text: 'a'.repeat(700_000), list: many(10_000, (i) => `b${i}`) }),
  ],
  [
    'a long text made small often',
    'event.data.list.exists(x, event.data.text.lowerAscii() == "")',
    withData({ text: 'É'.repeat(400_000), list: many(10_000, (i) => i) }),
  ],
  [
    'a text cut and joined often',
    'event.data.list.exists(x, event.data.text.split(",").join("-") == "")',
    withData({ text: 'a,'.repeat(300_000), list: many(10_000, (i) => i) }),
  ],
  [
    'a list joined by a long text',
    'event.data.list.join(event.data.text) == ""',
    withData({ text: 'a'.repeat(600_000), list: many(20_000, () => 'x') }),
  ],
  [
    'a text that doubles',
    // Twelve deep, 4,096 times the text.
    `cel.bind(x0, event.data.text, ${many(12, (i) => `cel.bind(x${i + 1}, x${i} + x${i}, `).join('')}x12.contains("z")${')'.repeat(13)}`,
    withData({ text: 'a'.repeat(900_000) }),
  ],
  [
    'lists of one list',
    'cel.bind(a, [event.data.list, event.data.list], cel.bind(b, [a, a], cel.bind(c, [b, b], cel.bind(d, [c, c], [d, d] == [d, d]))))',
    withData({ list: many(100_000, (i) => i) }),
  ],
  [
    'a duration of digits',
    'duration(event.data.text) > duration("1s")',
    withData({ text: '1'.repeat(900_000) }),
  ],
  [
    'time zones',
    'event.data.list.exists(zone, event.occurredAt.getHours(zone) > 24)',
    withData({ list: many(50_000, () => 'Europe/Berlin') }),
  ],
  [
    'JSON in JSON',
    'event.data.list.exists(x, bytes(event.data.text).json().a == x)',
    withData({ text: `{"a":[${many(50_000, () => '{}')}]}`, list: many(50_000, (i) => i) }),
  ],
  [
    'half a million values',
    'event.data.list.size() == 1',
    withData({ list: many(520_000, () => 1) }),
  ],
  ['maps', 'event.data.list.size() == 1', withData({ list: many(300_000, () => ({})) })],
];

describe('the steps of a delivery', () => {
  test.each(HOSTILE)('end for %s, and the rule says so', (_, when, event) => {
    const { add, failures } = run(
      [rule('runs away', { when }), rule('next', { when: '!event.test' })],
      event,
    );

    expect(failures).toEqual([
      {
        rule: 'runs away',
        reason: expect.stringMatching(
          /^when: takes too many steps for what this sender sent: all rules together have 1,000,000 .*docs\/rules\.md/,
        ),
      },
    ]);
    expect(add).toEqual(['next']);
  });

  test('end for names that are slow to make regular', () => {
    const list = many(500, (i) => `${i}${'\u0301\u0323'.repeat(500)}`);
    const rules = [rule('r', { add: { cel: 'event.data.list' } })];
    const compiled = compileRules({ missing: 'wait', computedLabels: 1_000, rules });

    const { failures } = matchRules(compiled, [withData({ list })]);

    expect(failures).toEqual([
      { rule: 'r', reason: expect.stringMatching(/^add: takes too many steps/) },
    ]);
  });

  test('are there again for the next delivery', () => {
    const [, when = '', event = bare] = HOSTILE[0] ?? [];
    const compiled = compileRules({
      missing: 'wait',
      rules: [rule('r', { when }), rule('s', { when: 'event.test == false' })],
    });

    const [first, second] = [matchRules(compiled, [event]), matchRules(compiled, [event])];

    expect(second).toEqual(first);
    expect(matchRules(compiled, [bare]).failures).toHaveLength(1); // It has no order.
  });

  test('are shared: rules that run away leave enough to the others', () => {
    const [, when = '', event = bare] = HOSTILE[0] ?? [];
    const rules = many(4, (i) => rule(`runs away ${i}`, { when }));

    const { add, failures } = run(
      [...rules, rule('last', { when: 'event.order.items.exists(i, i.sku == "S100")' })],
      event,
      event,
    );

    expect(failures).toHaveLength(4);
    expect(add).toEqual(['last']);
  });

  test.each([
    [
      'all pairs of 200 items',
      'event.order.items.exists(i, event.order.items.exists(j, i.title == j.sku))',
      {
        ...bare,
        order: { id: '1', tags: [], items: many(200, (i) => ({ title: `T${i}`, sku: `S${i}` })) },
      },
    ],
    [
      '2,000 items, by their titles',
      'event.order.items.exists(i, i.title.lowerAscii().contains("gift card"))',
      {
        ...bare,
        order: { id: '1', tags: [], items: many(2_000, (i) => ({ title: `Product number ${i}` })) },
      },
    ],
    [
      'a mebibyte of 45,000 values',
      'event.data.rows.exists(row, row.a == 3 && row.d == "no")',
      withData({
        rows: many(9_000, (i) => ({ a: i % 7, b: 'some text', c: true, d: 'more text' })),
      }),
    ],
    [
      'a long text, read once',
      'event.data.text.lowerAscii().contains("unsubscribe")',
      withData({ text: 'Lorem ipsum '.repeat(80_000) }),
    ],
  ])('are enough for %s', (_, when, event) => {
    expect(holds(when, event).failures).toEqual([]);
  });
});

describe('the price of what cel-js does', () => {
  const LONG = 32_000;
  let spent = 0;
  const environment = rulesEnvironment()
    .registerVariable('text', 'string')
    .registerVariable('other', 'string')
    .registerVariable('octets', 'bytes')
    .registerVariable('texts', 'list<string>')
    .registerVariable('numbers', 'list<double>')
    .registerVariable('any', 'dyn')
    .registerVariable('time', 'google.protobuf.Timestamp');
  const compile = meter(environment, (steps) => {
    spent += steps;
    if (spent > 100_000_000) throw new OutOfSteps();
  });
  const stepsOf = (cel: string, length: number): number => {
    const context = {
      text: 'a'.repeat(length),
      other: 'a'.repeat(length),
      octets: new Uint8Array(length),
      texts: many(length, () => 'a'),
      numbers: many(length, () => 1),
      any: many(length, () => 'a'),
      time: new Date(0),
    };
    const expression: Metered = compile(cel);
    spent = 0;
    try {
      expression(context);
    } catch {
      // What it does not take, it has to have been priced before.
    }
    return spent;
  };

  const VALUES: Record<string, string> = {
    string: 'text',
    bytes: 'octets',
    list: 'texts',
    'list<string>': 'texts',
    'list<double>': 'numbers',
  };
  /** Those that look at no more than a size, or at the first few characters. */
  const SHORT = new Set(['list.size(): int', 'size(list): int', 'dyn(dyn): dyn']);
  const functions = environment
    .getDefinitions()
    .functions.filter(({ signature, receiverType, params }) => {
      const types = [receiverType, ...params.map(({ type }) => type)];
      const isMacro = params.some(({ type }) => type === 'ast');
      return (
        !isMacro &&
        !SHORT.has(signature) &&
        !signature.startsWith('type(') &&
        types.some((type) => VALUES[type ?? ''] !== undefined)
      );
    })
    .map(({ signature, name, receiverType, params }) => {
      const given = params.map(({ type }) => VALUES[type] ?? '1');
      const call = `${name}(${given.join(', ')})`;
      const receiver =
        receiverType === 'google.protobuf.Timestamp' ? 'time' : VALUES[receiverType ?? ''];
      return [signature, receiver === undefined ? call : `${receiver}.${call}`] as const;
    });

  test('is known of every function', () => {
    expect(functions.length).toBeGreaterThan(30);
  });

  test.each(functions)('grows with what it is given: %s', (_, cel) => {
    expect(stepsOf(cel, LONG) - stepsOf(cel, 1)).toBeGreaterThanOrEqual(LONG / 16 - 1);
  });

  test.each([
    'text == other',
    'text != other',
    'text < other',
    'text <= other',
    'text > other',
    'text >= other',
    'text + other',
    'texts + texts',
    'texts == texts.map(x, x)',
    'any == texts',
    'any != [any]',
    'octets + octets',
    '"x" in texts',
    'text in any',
    'texts.exists(x, false)',
    'any.map(x, x)',
    'texts.filter(x, true)',
    'texts.all(x, true)',
    'texts.exists_one(x, true)',
    '{"a": text}[text]',
    'text in {"a": text}',
  ])('grows with what it is given: %s', (cel) => {
    expect(stepsOf(cel, LONG) - stepsOf(cel, 1)).toBeGreaterThanOrEqual(LONG / 16 - 1);
  });

  test('is a step at least for each part of an expression', () => {
    expect(stepsOf('1 + 2 == 3 && true', 0)).toBeGreaterThanOrEqual(7);
  });

  test('is counted by the rule that uses it up alone', () => {
    const counter = createStepCounter(100);

    expect(() => counter.spend(() => counter.take(51))).toThrow(OutOfSteps);
    expect(() => counter.spend(() => counter.take(25))).not.toThrow();
    expect(() => counter.spend(() => counter.take(14))).toThrow(OutOfSteps);
    counter.reset();
    expect(() => counter.spend(() => counter.take(50))).not.toThrow();
  });
});
