import { describe, expect, test } from '@jest/globals';
import { remarksOn } from '../../../cli/commands/rules/lint.ts';
import { standingCosts } from '../../../cli/commands/rules/standing-cost.ts';
import { loadRules, loadRulesFile } from '../../../lib/rules/authoring/load.ts';

/** The remarks on such a file, as `line:column kind message`. */
const remarks = (yaml: string): string[] =>
  remarksOn(loadRulesFile(yaml, 'rules.yml')).map(
    ({ line, column, kind, message, rule }) =>
      `${line}:${column} ${kind} ${rule === undefined ? '' : `${rule}: `}${message}`,
  );

/** What is proposed in place of such rules, without the words around it. */
const proposed = (yaml: string): string[] =>
  remarks(`rules:\n${yaml}`).flatMap((one) => /\n {2}labels:\n.*/s.exec(one) ?? []);

describe('a rule that would be truer as a standing label', () => {
  test('is a note with the very entry', () => {
    expect(
      remarks(`rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: refunds, on: [order.refunded, order.canceled], remove: [Customer] }`),
    ).toEqual([
      `3:69 note refunds: this takes "Customer" from people with other paid orders, too.
  It would be truer as a standing label (docs/labels.md). Take the name out of this rule
  and "customers", and write:
  labels:
    - label: Customer
      while: history.orders.exists(order, order.paid)`,
    ]);
  });

  test.each([
    [
      'the condition in the words of the history',
      `  - { name: a, on: order.paid, sources: shopify, when: 'event.order.total >= 200.0 || event.order.currency == "EUR"', add: [VIP] }
  - { name: b, on: order.refunded, remove: [VIP] }`,
      'history.orders.exists(order, order.paid && order.source in ["shopify"] && (order.total >= 200.0 || order.currency == "EUR"))',
    ],
    [
      'the items that were not given back',
      `  - { name: a, on: order.paid, when: 'event.order.items.exists(i, i.sku == "COURSE-1")', add: [Course] }
  - { name: b, on: order.partially_refunded, when: 'event.order.refundedItems.exists(i, i.sku == "COURSE-1")', remove: [Course] }`,
      'history.items.exists(i, i.sku == "COURSE-1")',
    ],
    [
      'a subscription that is active',
      `  - { name: a, on: [subscription.started, subscription.renewed], when: '!event.test && event.subscription.planId == "gold"', add: [Gold] }
  - { name: b, on: subscription.canceled, remove: [Gold] }`,
      'history.subscriptions.exists(plan, plan.active && !plan.test && plan.planId == "gold")',
    ],
    [
      'all rules that give it',
      `  - { name: a, on: order.paid, add: [Customer] }
  - { name: c, on: order.paid, when: '"X" in event.order.tags', add: [Customer] }
  - { name: b, on: order.refunded, remove: [Customer] }`,
      'history.orders.exists(order, order.paid) || history.orders.exists(order, order.paid && "X" in order.tags)',
    ],
  ])('says %s', (_, yaml, cel) => {
    const [entry = ''] = proposed(yaml);
    const config = loadRules(`${entry.replace(/^\n/, '').replaceAll(/^ {2}/gm, '')}`, 'rules.yml');

    expect(config.labels).toEqual([expect.objectContaining({ while: cel })]);
  });

  test.each([
    [
      'what reads something that no history has',
      `  - { name: a, on: order.paid, when: 'event.contact.country == "DE"', add: [A] }`,
    ],
    ['what a form gives as well', `  - { name: a, on: [order.paid, form.submitted], add: [A] }`],
    ['what hears a topic', '  - { name: a, on: order.paid, topics: orders/paid, add: [A] }'],
    [
      'what somebody else takes, too',
      `  - { name: a, on: order.paid, add: [A] }\n  - { name: c, on: consent.withdrawn, remove: [A] }`,
    ],
    ['what nobody gives', '  - { name: a, on: order.paid, add: [Other] }'],
  ])('is not said of %s', (_, yaml) => {
    expect(proposed(`${yaml}\n  - { name: b, on: order.refunded, remove: [A] }`)).toEqual([]);
  });
});

describe('a standing label', () => {
  test.each([
    [
      '  - { label: A, while: "history.orders.size() < 0" }',
      ['2:24 warning no history makes this true, so "A" is never on'],
    ],
    [
      '  - { label: A, while: "history.orders.size() >= 0" }',
      ['2:24 warning this is true of everybody, so "A" is on every contact that Earmark hears of'],
    ],
    [
      '  - oneOf:\n      Silver: history.spent("EUR") >= 250.0\n      Gold: history.spent("EUR") >= 1000.0',
      [
        '4:13 warning "Gold" is never on: wherever this holds, "Silver" above does, and the first that holds counts',
      ],
    ],
    [
      '  - oneOf:\n      Gold: history.spent("EUR") >= 250.0\n      Other: history.orders.size() >= 0',
      [],
    ],
    [
      `  - { label: A, while: 'history.within("3000d").orders.size() > 0' }`,
      [
        '2:40 note within("3000d") looks back further than facts are kept: 5 years, unless historyYears of serverless.yml says more',
      ],
    ],
    [
      `  - { label: A, while: history.orders.size() > 0, after: 261w }`,
      [
        '2:58 note the condition has to hold for longer than facts are kept: 5 years, unless historyYears of serverless.yml says more. What makes it true is forgotten before, unless more of it comes',
      ],
    ],
    [`  - { label: A, while: history.orders.size() > 0, after: 260w }`, []],
    [
      `  - each: history.subscriptions.filter(s, s.active).map(s, s.planId)`,
      [
        expect.stringMatching(/^2:60 warning `s\.planId` is the sender's own text/),
        expect.stringMatching(/^2:60 note a label for every `s\.planId`/),
      ],
    ],
    [
      `  - { label: VIP, while: 'history.orders.size() > 1' }
  - oneOf: { Vip: history.orders.size() > 5, None: history.orders.size() == 0 }
rules:
  - { name: a, on: order.paid, add: [Vips] }`,
      [
        '3:14 warning "Vip" and "VIP" further up differ in case, blanks or punctuation alone: to Wix they are two labels',
        expect.stringMatching(
          /^5:38 warning a: "Vips" and "VIP" further up are singular and plural/,
        ),
      ],
    ],
  ])('%s', (yaml, expected) => {
    expect(remarks(`labels:\n${yaml}`)).toEqual(expected);
  });
});

test('what standing labels cost is counted from their windows', () => {
  const { labels = [] } = loadRules(
    `labels:
  - { label: Customer, while: 'history.orders.exists(o, o.paid)' }
  - { label: Lapsed, while: 'history.orders.size() > 0 && history.within("180d").orders.size() == 0' }
  - { label: Ask, while: 'history.within("30d").orders.exists(o, o.paid)', after: 7d }
  - { each: 'history.within("180d").orders.map(o, "Tag " + o.source)', most: 5 }`,
    'rules.yml',
  );

  const { definitions, event } = standingCosts(labels);

  expect(definitions).toEqual([
    { labels: ['Customer'], windows: [], reviews: 0 },
    { labels: ['Lapsed'], windows: ['180d'], reviews: 1 },
    { labels: ['Ask'], windows: ['30d'], afterMs: 7 * 86_400_000, reviews: 3 },
    { labels: [], most: 5, windows: ['180d'], reviews: 1 },
  ]);
  // 7, 30, 37 and 180 days after it, and when it is too old.
  expect(event.reviews).toBe(5);
});
