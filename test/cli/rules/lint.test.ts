import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { remarksOn } from '../../../cli/commands/rules/lint.ts';
import { neverMatches } from '../../../cli/commands/rules/never.ts';
import { formsOf, nearness } from '../../../cli/commands/rules/written-names.ts';
import { CODE_SOURCES, EVENT_TYPES } from '../../../lib/events/event.ts';
import { loadRulesFile } from '../../../lib/rules/authoring/load.ts';
import type { Rule } from '../../../lib/rules/config.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { eventsOf } from '../../../samples/samples.ts';
import { condition } from '../../rules/arbitraries.ts';
import { FULL_EVENTS } from '../../rules/full-events.ts';
import { customerEvent } from '../../support/arbitraries.ts';

/** The remarks on such rules, as `line:column kind message`. */
const allRemarks = (yaml: string): string[] =>
  remarksOn(loadRulesFile(`rules:\n${yaml}`, 'rules.yml')).map(
    ({ line, column, kind, message }) => `${line}:${column} ${kind} ${message}`,
  );
/** Without the notes on what is read of event.data: unguarded.test.ts. */
const remarks = (yaml: string): string[] =>
  allRemarks(yaml).filter((remark) => !remark.includes('get(event.data'));
const listening = (rule: string): string[] => remarks(`  - { name: a, add: [A], ${rule} }`);
const adding = (...names: string[]): string[] =>
  remarks(`  - { name: a, on: order.paid, add: ${JSON.stringify(names)} }`);

test('what is read of event.data unasked is a note at its place', () => {
  expect(allRemarks('  - { name: a, on: custom, add: [A], when: event.data.plan == "x" }')).toEqual(
    [
      '2:44 note the rule fails where the sender leaves `event.data.plan` out: write get(event.data, "plan", ""), with the default that you want, or ask with has() first',
    ],
  );
});

test('a part of an order that takes what all of it gave is a note', () => {
  const when = 'event.order.items.exists(i, true)';
  expect(
    remarks(`  - { name: a, on: order.partially_refunded, remove: [A], when: "${when}" }`),
  ).toEqual([expect.stringMatching(/^2:66 note `event\.order\.items` are all items/)]);
});

test.each([
  ['{"A": "Course", "B": "Desk"}[i.sku]', ''],
  ['"Bought " + {"A": "Course", "B": "Desk"}[i.sku]', ''],
  ['i.sku in ["A"] ? {"A": "Course"}[i.sku] : "Other"', 'none'],
  ['{"A": "Bought " + i.title}[i.sku]', 'too many'],
])(
  'a table within an expression can give its own names alone, and fails for other keys: %s',
  (name, other) => {
    const cel = JSON.stringify(`event.order.items.map(i, ${name})`);
    const found = remarks(`  - { name: a, on: order.paid, add: ${cel} }`).map((one) =>
      one.replace(/^\S+ /, ''),
    );

    const fails =
      'note the rule fails where `i.sku` is none of these keys: ask with `in` first, or make it one of the `tables:` (docs/rules.md)';
    expect(found).toEqual([
      ...(other === 'too many'
        ? [expect.stringMatching(/^note a label for every `i.title` there is/)]
        : []),
      ...(other === 'none' ? [] : [fails]),
    ]);
  },
);

describe('names that look like one', () => {
  const how = (a: string, b: string) => nearness(formsOf(a), formsOf(b));

  test.each([
    ['VIP', 'Vip', /case/],
    ['Gold plan', 'Gold-plan', /blanks or punctuation/],
    ['Gold plan', 'GoldPlan', /blanks or punctuation/],
    ['Plan: Gold', 'plan gold', /case/],
    ['Côte d’Azur', "côte d'azur", /case/],
    ['Customer', 'Customers', /plural/],
    ['Categories A', 'category a', /plural/],
    ['Boxes', 'Box', /plural/],
    ['Newsletter', 'Newsleter', /one letter/],
    ['Customer', 'Custommer', /one letter/],
    ['Customer', 'Cuztomer', /one letter/],
    ['Wholesale buyer', 'Wohlesale buyer', /one letter/],
  ])('%s and %s', (a, b, why) => {
    expect(how(a, b)).toMatch(why);
    expect(how(b, a)).toBe(how(a, b));
  });

  test.each([
    ['Tier 1', 'Tier 2'],
    ['Tier 11', 'Tier 1 1'],
    ['Size 1.5', 'Size 15'],
    ['Bronze', 'Bronze 2'],
    ['C++', 'C#'],
    ['Former', 'Farmer'],
    ['Subscriber', 'Subscribed'],
    ['Plan A', 'Plan B'],
    ['Class', 'Clas'],
    ['Customer', 'Former customer'],
    ['Attended 2026', 'Attended 2027'],
    ['VIP', 'VIP'],
  ])('%s and %s are two on purpose, or one', (a, b) => {
    expect(how(a, b)).toBeUndefined();
  });

  test('are reported once, where the second one stands', () => {
    expect(
      remarks(`  - { name: a, on: order.paid, add: [VIP, Customer] }
  - { name: b, on: form.submitted, remove: [Vip] }
  - { name: c, on: form.submitted, remove: [Vip, VIP] }`),
    ).toEqual([
      '3:45 warning "Vip" and "VIP" further up differ in case, blanks or punctuation alone: to Wix they are two labels',
    ]);
  });
});

describe('names that become others', () => {
  test('by what nobody sees, or by their length', () => {
    expect(adding('Gold  plan')).toEqual([
      '2:38 warning the label will be called "Gold plan": blanks and invisible characters are normalised',
    ]);
    expect(adding('x'.repeat(181))).toEqual([
      `2:38 warning the name has 181 characters, and Wix takes 180: it is cut to "…${'x'.repeat(19)}…"`,
    ]);
    expect(adding('x'.repeat(180), 'Ends in …')).toEqual([]);
  });

  test.each([
    ['event.order.items.map(i, "Bought " + i.title)', 'note', '`i.title`'],
    ['"Plan " + event.subscription.planName', 'note', '`event.subscription.planName`'],
    ['event.tags.filter(t, t.startsWith("crm:"))', 'note', '`event.tags`'],
    ['event.tags.map(t, t in ["Gold"], t)', 'note', '`event.tags`'],
    [`"${'x'.repeat(181)}" + event.topic`, 'warning', 'each name has over 180 characters'],
  ])('computed: %s', (cel, kind, part) => {
    const [remark, ...others] = remarks(`  - { name: a, on: custom, add: '${cel}' }`);

    expect(others).toEqual([]);
    expect(remark).toContain(` ${kind} `);
    expect(remark).toContain(part);
  });

  test.each([
    ['event.tags', '`event.tags`'],
    ['event.order.items.map(i, i.title)', '`i.title`'],
    ['event.order.items.map(i, i.title + " buyer")', '`i.title + " buyer"`'],
    ['["A", event.topic]', '`event.topic`'],
    ['event.test ? "Test" : event.order.currency', '`event.order.currency`'],
    ['["A"] + event.tags', '`event.tags`'],
    ['event.tags.filter(t, t.startsWith("crm:") || t.size() > 3)', '`event.tags`'],
    ['event.tags.filter(t, t.startsWith(" "))', '`event.tags`'],
    ['event.tags.filter(t, t != "VIP")', '`event.tags`'],
    ['cel.bind(plan, event.data.plan, string(plan))', '`string(plan)`'],
    ['event.data.names.split(",")', '`event.data.names.split(",")`'],
    ['" " + event.data.plan', '`" " + event.data.plan`'],
  ])('that the sender chooses, computed: %s', (cel, part) => {
    for (const verb of ['add', 'remove']) {
      const found = remarks(`  - { name: a, on: custom, ${verb}: '${cel}' }`);

      expect(found.filter((one) => one.includes(' warning '))).toEqual([
        expect.stringContaining(`warning ${part} is the sender's own text`),
      ]);
    }
  });

  test.each([
    'event.order.items.map(i, "Bought " + i.title)',
    'event.order.items.filter(i, i.sku != "").map(i, "SKU " + i.sku)',
    'event.tags.filter(t, t in ["Gold", "Silver"])',
    'event.tags.filter(t, t == "Gold" || t.startsWith("crm:"))',
    'event.tags.map(t, t in ["Gold"], t)',
    'event.tags.filter(t, t in ["Gold"]).map(t, t)',
    '["Gold", "Silver"].filter(t, t in event.tags)',
    '["Gold"] + event.tags.map(t, "Tag " + t)',
    'event.source',
    'event.source + ": " + event.topic',
    'event.test ? "Test" : "From " + event.topic',
    'cel.bind(plan, event.data.plan, "Plan " + plan)',
    '("Plan " + event.data.plan).trim()',
  ])('that the rule begins or knows, computed: %s', (cel) => {
    const found = remarks(`  - name: a\n    on: custom\n    add: '${cel}'`);

    expect(found.filter((one) => one.includes(' warning '))).toEqual([]);
  });

  test('that the condition of the rule knows, computed', () => {
    const given = (when: string) =>
      remarks(`  - name: a\n    on: custom\n    when: '${when}'\n    add: event.data.plan`).filter(
        (one) => one.includes(' warning '),
      );

    expect(given('event.data.plan in ["Gold", "Silver"] && !event.test')).toEqual([]);
    expect(given('event.data.plan == "Gold" || event.data.plan == "Silver"')).toEqual([]);
    expect(given('event.data.plan in ["Gold"] || event.test')).toHaveLength(1);
    expect(given('event.data.plan != ""')).toHaveLength(1);
  });

  test.each([
    '"Paid in " + event.order.currency',
    'event.test ? "Test" : "Live"',
    '["From " + event.source, "B"]',
  ])('computed, of few values: %s', (cel) => {
    expect(remarks(`  - name: a\n    on: custom\n    add: '${cel}'`)).toEqual([]);
  });
});

describe('rules that can use up their steps', () => {
  const inLoops = (when: string) =>
    remarks(`  - name: a\n    on: order.paid\n    add: [A]\n    when: |\n      ${when}`);

  test.each([
    [
      'event.order.items.exists(i, event.order.items.exists(j, i.sku == j.title))',
      35,
      'event.order.items',
      'event.order.items',
    ],
    ['event.tags.all(t, event.data.list.exists(d, d == t))', 25, 'event.data.list', 'event.tags'],
    ['event.order.items.exists(i, i.sku in event.tags)', 44, 'event.tags', 'event.order.items'],
    [
      'event.order.items.exists(i, event.data.note.contains(i.sku))',
      35,
      'event.data.note',
      'event.order.items',
    ],
    [
      'event.tags.filter(t, event.form.fields["note"].lowerAscii() == t).size() > 0',
      28,
      'event.form.fields["note"]',
      'event.tags',
    ],
    [
      'cel.bind(list, event.data.list, event.order.items.exists(i, i.sku in list))',
      76,
      'event.data.list',
      'event.order.items',
    ],
    [
      'event.data.rows.exists(r, r.tags.exists(t, t in event.order.tags))',
      55,
      'event.order.tags',
      'r.tags',
    ],
  ])('%s', (when, column, whole, over) => {
    expect(inLoops(when)).toEqual([
      `6:${column} warning goes over all of \`${whole}\` for each of \`${over}\`: where a sender sends much of both, that takes more steps than a rule has, and the rule fails (docs/rules.md, "Steps")`,
    ]);
  });

  test.each([
    'event.order.items.exists(i, i.title.lowerAscii().contains("gift card"))',
    'event.data.orders.exists(o, o.items.exists(i, i.sku == "A"))',
    'event.order.items.exists(i, i.sku in ["A", "B", "C"])',
    'event.order.items.exists(i, i.sku == event.data.sku)',
    '["A", "B"].exists(sku, event.order.items.exists(i, i.sku == sku))',
    '"wholesale" in event.order.tags',
    'event.order.items.exists(i, event.contact.email.endsWith(i.sku))',
  ])('and some that cannot: %s', (when) => {
    expect(inLoops(when)).toEqual([]);
  });
});

describe('the documentation', () => {
  const pages = ['README.md', 'docs/rules.md'].map((page) => [
    page,
    readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8'),
  ]);
  const examples = pages.flatMap(([page = '', text = '']) =>
    [...text.matchAll(/^```yaml\n(.*?)^```/gms)]
      .filter(([, yaml = '']) => /^rules:/m.test(yaml))
      .map(([, yaml = ''], i) => [page, i + 1, yaml] as const),
  );

  test.each(examples)('%s, example %i: is what rules check --strict takes', (page, _, yaml) => {
    const warnings = remarksOn(loadRulesFile(yaml, page)).filter(({ kind }) => kind === 'warning');

    expect(warnings).toEqual([]);
    expect(examples.length).toBeGreaterThan(8);
  });
});

describe('rules that never match', () => {
  test.each([
    [
      'on: form.submitted, sources: shopify',
      '2:30 warning no form.submitted comes from shopify, so the rule never matches',
    ],
    [
      'on: [order.paid, form.submitted], sources: shopify',
      '2:30 warning no form.submitted comes from shopify',
    ],
    [
      'on: form.submitted, sources: [wix, stripe]',
      '2:55 warning no form.submitted comes from stripe: leave that source out',
    ],
    [
      `on: order.paid, sources: shopify, when: 'event.test && event.source == "stripe"'`,
      '2:81 warning `event.source == "stripe"` is false for every event that the rule listens to (order.paid from shopify), so the rule never matches',
    ],
    [
      `on: order.paid, when: 'event.type == "order.refunded"'`,
      '2:49 warning `event.type == "order.refunded"` is false for every event that the rule listens to (order.paid), so the rule never matches',
    ],
    [
      'on: order.paid, sources: [tally, stripe]',
      '2:51 warning no order.paid comes from tally: leave that source out',
    ],
    [
      `on: form.submitted, when: 'event.source in ["shopify", "stripe"]'`,
      '2:53 warning `event.source in ["shopify", "stripe"]` is false for every event that the rule listens to (form.submitted), so the rule never matches',
    ],
    [
      `on: order.paid, when: 'event.source.startsWith("spotify")'`,
      '2:49 warning `event.source.startsWith("spotify")` is false for every event, so the rule never matches',
    ],
    [
      `on: order.paid, when: '!has(event.source)'`,
      '2:49 warning `!has(event.source)` is false for every event, so the rule never matches',
    ],
    [
      `on: order.paid, when: 'event.type == "order.payed" || 1 > 2'`,
      '2:49 warning `event.type == "order.payed" || 1 > 2` is false for every event, so the rule never matches',
    ],
  ])('%s', (rule, warning) => {
    expect(listening(rule)).toEqual([warning]);
  });

  test.each([
    'on: order.paid, when: "false"',
    `on: [order.paid, order.refunded], when: 'event.type == "order.refunded"'`,
    `on: order.paid, when: 'event.source == "stripe" || event.test'`,
    `on: order.paid, when: 'event.source != "stripe" && event.topic == "orders/paid"'`,
    `on: order.paid, when: 'event.test && !event.test'`,
    `on: order.paid, when: 'event.data.source == "stripe"'`,
    'on: custom',
    `on: form.submitted, sources: [wix, tally], when: 'event.source == "tally"'`,
    `on: form.submitted, when: 'event.source.startsWith("tal")'`,
  ])('nothing is said where it is not certain: %s', (rule) => {
    expect(listening(rule)).toEqual([]);
  });

  test('a rule of which it is said never matches, whatever comes', () => {
    const source = fc
      .constantFrom(...CODE_SOURCES, 'spotify')
      .map((name) => `event.source == "${name}"`);
    const type = fc.constantFrom(...EVENT_TYPES).map((name) => `event.type != "${name}"`);
    const clause = fc.oneof(source, type, condition);
    const when = fc
      .array(fc.tuple(clause, fc.boolean()), { minLength: 1, maxLength: 3 })
      .chain((clauses) =>
        fc
          .constantFrom(' && ', ' || ')
          .map((op) => clauses.map(([one, not]) => (not ? `!(${one})` : `(${one})`)).join(op)),
      );
    const rules = fc.record(
      {
        on: fc.subarray([...EVENT_TYPES], { minLength: 1, maxLength: 4 }),
        sources: fc.subarray([...CODE_SOURCES], { minLength: 1, maxLength: 3 }),
        when,
      },
      { requiredKeys: ['on'] },
    );
    const possible = customerEvent.filter(({ source, type }) => eventsOf(source).includes(type));
    const events = fc.array(possible, { minLength: 3, maxLength: 3 });
    let never = 0;
    fc.assert(
      fc.property(rules, events, (body, some) => {
        const rule: Rule = { name: 'a', add: { labels: ['A'] }, ...body };
        if (!neverMatches(rule).some(({ message }) => message.endsWith('never matches'))) return;
        never++;
        const compiled = compileRules({ missing: 'wait', rules: [rule] });

        const matched = [...FULL_EVENTS, ...some].filter(
          (event) => matchRules(compiled, [event]).rules.length > 0,
        );

        expect(matched).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(never).toBeGreaterThan(50);
  });
});

test('a label that a later rule always takes off again', () => {
  expect(
    remarks(`  - { name: a, on: order.paid, sources: shopify, add: [Customer, VIP] }
  - { name: b, on: [order.paid, custom], remove: [Customer] }
  - { name: c, on: order.paid, when: event.test, remove: [VIP] }
  - { name: d, on: custom, remove: [VIP] }
  - { name: e, on: [order.fulfilled, custom], add: [New, Old] }
  - { name: f, on: custom, remove: [New] }
  - { name: g, on: [order.fulfilled, custom], sources: custom, remove: [Old] }`),
  ).toEqual([
    '2:56 warning "Customer" never comes of this rule: "b", further down, takes it off every time',
  ]);
});

test.each([['docs/rules.md'], ['README.md']])('the examples of %s give no warning', (page) => {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);
  const rules = examples.filter((yaml) => /^rules:/m.test(yaml));

  const warnings = rules
    .flatMap((yaml) => remarksOn(loadRulesFile(yaml, page)))
    .filter(({ kind }) => kind === 'warning');

  expect(rules.length).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
});
