import { describe, expect, test } from '@jest/globals';
import { renderTest } from '../../../cli/commands/rules/render-test.ts';
import { runTests } from '../../../cli/commands/rules/run-tests.ts';
import { loadTests } from '../../../cli/commands/rules/test-file.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { START } from '../../support/jobs.ts';

const RULES = loadRules(
  `labels:
  - { label: Customer, while: 'history.orders.exists(o, o.paid)' }
  - { label: Lapsed, while: 'history.orders.size() > 0 && history.within("180d").orders.size() == 0' }
  - oneOf:
      Gold: history.spent("EUR") >= 1000.0
      Silver: history.spent("EUR") >= 100.0
  - { label: Ask, while: 'history.orders.exists(o, o.fulfilled)', after: 7d }
  - each: history.subscriptions.map(s, "Plan " + s.planName)
rules:
  - { name: autumn, on: order.paid, when: '"AUTUMN" in event.order.discountCodes', add: [Autumn] }
  - { name: no autumn, on: order.refunded, remove: [Autumn] }
  - { name: currency, on: form.submitted, when: 'event.order.total > 0.0', add: [Odd] }`,
  'rules.yml',
);

/** The result of one test, given as JSON, which is YAML too. */
async function result(fields: object) {
  const written = JSON.stringify({ tests: [{ name: 'a', source: 'custom', ...fields }] });
  const [only] = await runTests(
    RULES,
    loadTests(written, 'rules.test.yml'),
    '/rules.test.yml',
    START,
  );
  if (only === undefined) throw new Error('there is no test');
  return only;
}

const order = (id: string, event = 'order.paid', more: object = {}) => ({
  event,
  order_id: id,
  email: 'kim@example.com',
  total: 20,
  currency: 'EUR',
  ...more,
});

const TWO_OF_WHICH_ONE_GOES = [
  { at: '2026-01-05', body: order('1', 'order.paid', { discount_code: 'AUTUMN' }) },
  { at: '+1d', body: order('2') },
  { at: '+1h', body: order('1', 'order.refunded') },
];

describe('a test with a history', () => {
  test('follows labels of both kinds through events and time', async () => {
    const expected = [
      { at: '2026-01-05', labels: ['Autumn', 'Customer'] },
      { at: '+1d', labels: ['Customer', 'Autumn'] },
      { at: '+1h', labels: ['Customer'] },
      { at: '2026-07-04T23:59:59Z', labels: ['Customer'] },
      { at: '2026-07-05', labels: ['Customer', 'Lapsed'] },
    ];
    const found = await result({ given: TWO_OF_WHICH_ONE_GOES, expect: expected });

    expect(found).toMatchObject({ passed: true, problems: [] });
    expect(found.moments.at(-1)).toEqual({
      at: '2026-07-05T00:00:00.000Z',
      expected: ['Customer', 'Lapsed'],
      got: ['Customer', 'Lapsed'],
    });
  });

  test('counts the first time of `expect` from the last event, and takes labels alone', async () => {
    const later = { at: '+180d', labels: ['Customer', 'Lapsed'] };

    expect(await result({ given: TWO_OF_WHICH_ONE_GOES, expect: [later] })).toMatchObject({
      passed: true,
    });
    expect(
      await result({ given: TWO_OF_WHICH_ONE_GOES, expect: { labels: ['Customer'] } }),
    ).toMatchObject({ passed: true });
  });

  test('looks when the events of that time have come in', async () => {
    const given = [
      { at: '2026-01-05', body: order('1') },
      { at: '2026-01-05', body: order('1', 'order.refunded') },
    ];

    expect(await result({ given, expect: [{ at: '2026-01-05', labels: [] }] })).toMatchObject({
      passed: true,
    });
  });

  test('takes events in the order of their arrival, and facts by their own times', async () => {
    const at = (day: string) => ({ occurred_at: `${day}T10:00:00Z` });
    const given = [
      { at: '2026-01-08', body: order('1', 'order.refunded', at('2026-01-07')) },
      { at: '2026-01-09', body: order('1', 'order.paid', at('2026-01-05')) },
    ];

    expect(await result({ given, expect: { labels: [] } })).toMatchObject({ passed: true });
  });

  test.each([
    [
      'a standing label that is missing',
      [
        { at: '2026-01-05', body: order('1') },
        { at: '+1d', body: order('1', 'order.refunded') },
      ],
      { labels: ['Customer'] },
      [
        '2026-01-06: Customer is missing: history.orders.exists(o, o.paid) is false: o.paid is false',
        '2026-01-06: known then: order 1 of custom (20.00 EUR, paid 2026-01-05, refunded 2026-01-06)',
      ],
    ],
    [
      'one that is too many',
      [{ at: '2026-01-05', body: order('1') }],
      { labels: [] },
      [
        '2026-01-05: Customer was not expected: history.orders.exists(o, o.paid) is true: for number 1 of 1, o.paid is true',
        '2026-01-05: known then: order 1 of custom (20.00 EUR, paid 2026-01-05)',
      ],
    ],
    [
      'a tier under another',
      [{ at: '2026-01-05', body: order('1', 'order.paid', { total: 2000 }) }],
      { labels: ['Customer', 'Gold', 'Silver'] },
      [
        '2026-01-05: Silver is missing: "Gold" comes first: history.spent("EUR") >= 1000.0 is true: history.spent("EUR") is 2000',
        '2026-01-05: known then: order 1 of custom (2000.00 EUR, paid 2026-01-05)',
      ],
    ],
    [
      'one that waits',
      [{ at: '2026-01-05', body: order('1', 'order.fulfilled') }],
      [{ at: '2026-01-11', labels: ['Ask'] }],
      [
        '2026-01-11: Ask is missing: history.orders.exists(o, o.fulfilled) is true: for number 1 of 1, o.fulfilled is true; it has to hold for 7 d, until 2026-01-12',
        '2026-01-11: known then: order 1 of custom (20.00 EUR, fulfilled 2026-01-05)',
      ],
    ],
    [
      'one that cannot be decided',
      [{ at: '2026-01-05', body: order('1', 'order.paid', { total: undefined }) }],
      { labels: ['Customer', 'Silver'] },
      [
        '2026-01-05: Silver is missing: it stays as it was: `history.spent("EUR")`: an order of custom has no total',
        '2026-01-05: known then: order 1 of custom (paid 2026-01-05)',
      ],
    ],
    [
      'one that an expression may give',
      [
        {
          at: '2026-01-05',
          body: {
            event: 'subscription.started',
            subscription_id: 's',
            plan: 'Gold',
            email: 'kim@example.com',
          },
        },
      ],
      { labels: ['Plan Silver'] },
      [
        '2026-01-05: Plan Silver is missing: `each` gives "Plan Gold"',
        '2026-01-05: Plan Gold was not expected: `each` gives "Plan Gold"',
        '2026-01-05: known then: subscription s of custom (plan "Gold", started 2026-01-05)',
      ],
    ],
    [
      'a label that a rule took off',
      TWO_OF_WHICH_ONE_GOES,
      { labels: ['Autumn', 'Customer'] },
      [
        '2026-01-06 01:00:00 UTC: Autumn is missing: rule "no autumn" took it off at 2026-01-06 01:00:00 UTC',
        expect.stringMatching(
          /^2026-01-06 01:00:00 UTC: known then: order 1 of custom \(20\.00 EUR, paid .*\); order 2 of custom \(/,
        ),
      ],
    ],
  ])('that expects %s says why', async (_, given, expected, problems) => {
    const found = await result({ given, expect: expected });

    expect(found).toMatchObject({ passed: false, problems });
  });

  test.each([
    [
      { body: order('1', 'order.paid', { email: undefined, discount_code: 'AUTUMN' }) },
      /^event 1: the event names nobody/,
    ],
    [
      { body: { event: 'order.paid', total: 'much', email: 'kim@example.com' } },
      /^event 1: unreadable: /,
    ],
    [{ file: 'nowhere.json' }, /^event 1: there is no file nowhere\.json beside the tests$/],
    [
      { body: { event: 'form.submitted', form_name: 'x', email: 'kim@example.com' } },
      /^event 1: rule "currency" fails: /,
    ],
  ])('of an event that goes wrong fails: %j', async (event, problem) => {
    const { passed, problems } = await result({
      given: [{ at: '2026-01-05', ...event }],
      expect: { labels: [] },
    });

    expect(passed).toBe(false);
    expect(problems[0]).toMatch(problem);
  });

  test('that fails is shown with each time that differs', async () => {
    const found = await result({
      given: TWO_OF_WHICH_ONE_GOES,
      expect: [
        { at: '2026-01-05', labels: ['Autumn', 'Customer'] },
        { at: '2026-01-06T02:00:00Z', labels: ['Gold'] },
      ],
    });

    expect(renderTest({}, 'rules.test.yml', found).slice(0, 3)).toEqual([
      'FAIL  a (rules.test.yml:1)',
      '      2026-01-06 02:00:00 UTC  expected  Gold',
      '                               got       Customer',
    ]);
  });
});

describe('a test of one payload', () => {
  test('can expect the labels of somebody without a history, beside what rules do', async () => {
    const body = order('1', 'order.paid', { discount_code: 'AUTUMN', total: 150 });
    const labels = ['Autumn', 'Customer', 'Silver'];

    expect(await result({ body, expect: { add: ['Autumn'], labels } })).toMatchObject({
      passed: true,
    });
    expect(await result({ body, expect: { labels } })).toMatchObject({ passed: true });
    expect(await result({ body, expect: { labels: ['Customer'] } })).toMatchObject({
      passed: false,
      problems: [
        'Autumn was not expected: rule "autumn" put it on at 2026-11-21 12:00:00 UTC',
        expect.stringMatching(
          /^Silver was not expected: history\.spent\("EUR"\) >= 100\.0 is true/,
        ),
        expect.stringMatching(/^known then: order 1 of custom \(150\.00 EUR, paid /),
      ],
    });
  });

  test('that is passed over leaves no label', async () => {
    const { passed, note } = await result({
      source: 'stripe',
      body: { type: 'plan.created' },
      expect: { labels: [] },
    });

    expect({ passed, note }).toMatchObject({
      passed: true,
      note: expect.stringMatching(/^passed over/),
    });
  });
});
