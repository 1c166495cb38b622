import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runTests } from '../../../cli/commands/rules/run-tests.ts';
import { loadTests } from '../../../cli/commands/rules/test-file.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { SHOP } from '../../../samples/shop.ts';
import { START } from '../../support/jobs.ts';

const RULES = loadRules(
  `rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: big, on: order.paid, when: event.order.total >= 200.0, add: [VIP] }
  - { name: tests, on: order.paid, when: event.test, remove: [Customer] }`,
  'rules.yml',
);

/** The problems of such tests, as lines. */
function problems(yaml: string): string[] {
  try {
    loadTests(yaml, 'rules.test.yml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('a file of tests is refused with the place and the remedy', () => {
  const one = (rest: string) => `tests:\n  - { name: a, ${rest} }\n`;
  const story = (given: string, expected: string) =>
    one(`source: custom, given: ${given}, expect: ${expected}`);

  test.each([
    ['', 'rules.test.yml:1:1: the file is empty: it needs a list `tests`'],
    ['tests: []', 'rules.test.yml:1:8: there is no test: write one'],
    ['test: []', 'rules.test.yml:1:1: unknown key `test`. Did you mean `tests`?'],
    ['tests:\n - a: [', /^rules\.test\.yml:2:/],
    [
      one('source: shop, body: {}, expect: nothing'),
      /^rules\.test\.yml:2:24: `shop` is none of shopify, .* Did you mean `shopify`\?$/,
    ],
    [
      one('source: custom, body: {}, expect: { ad: [A] }'),
      'rules.test.yml:2:52: unknown key `ad`. Did you mean `add`?',
    ],
    [
      one('source: custom, body: {}, expects: nothing'),
      'rules.test.yml:2:42: unknown key `expects`. Did you mean `expect`?',
    ],
    [one('source: custom, body: {}'), 'rules.test.yml:2:5: `expect` is missing'],
    [
      one('source: custom, body: {}, expect: {}'),
      'rules.test.yml:2:50: name labels to `add` or to `remove`, or write `expect: nothing`',
    ],
    [
      one('source: custom, body: {}, expect: all'),
      'rules.test.yml:2:50: write `expect: nothing`, or labels to `add` and `remove`',
    ],
    [
      one('source: custom, expect: nothing'),
      'rules.test.yml:2:5: give the payload: as `body`, or the path of its `file`, one of the two',
    ],
    [
      one('source: custom, body: {}, expect: [{ at: 2026-01-05, labels: [A] }]'),
      'rules.test.yml:2:50: a list of times needs events with times: put the payload under `given`',
    ],
    [
      one('body: {}, expect: nothing'),
      /^rules\.test\.yml:2:5: say the `source` of the body: shopify, /,
    ],
    [
      one('source: custom, body: 7, expect: nothing'),
      "rules.test.yml:2:38: must be a mapping (key: value) or a text, and is a number: quote it, '7'",
    ],
    [story('[]', '{ labels: [A] }'), 'rules.test.yml:2:39: there is no event: give one at least'],
    [story('[{ body: {} }]', '{ labels: [A] }'), 'rules.test.yml:2:40: `at` is missing'],
    [
      story('[{ at: 2026-02-30, body: {} }]', '{ labels: [A] }'),
      /^rules\.test\.yml:2:46: `2026-02-30` is no time: write a day \(2026-01-05, .*\+3d; also m, h and w\)$/,
    ],
    [
      story('[{ at: +3 days, body: {} }]', '{ labels: [A] }'),
      /^rules\.test\.yml:2:46: `\+3 days` is no time: /,
    ],
    [
      story('[{ at: +3d, body: {} }]', '{ labels: [A] }'),
      'rules.test.yml:2:46: `+3d` is after nothing: give the first event a day, like 2026-01-05',
    ],
    [
      story('[{ at: 2026-01-05, body: {} }, { at: 2026-01-04, body: {} }]', '{ labels: [A] }'),
      'rules.test.yml:2:76: `2026-01-04` is before the one above: list them in the order of their times',
    ],
    [
      story('[{ at: 2026-01-05 }]', '{ labels: [A] }'),
      'rules.test.yml:2:40: give the payload: as `body`, or the path of its `file`, one of the two',
    ],
    [
      'tests:\n  - { name: a, given: [{ at: 2026-01-05, body: {} }], expect: { labels: [A] } }',
      /^rules\.test\.yml:2:24: say the `source` of the body: shopify, /,
    ],
    [
      story('[{ at: 2026-01-05, body: {} }], body: {}', '{ labels: [A] }'),
      'rules.test.yml:2:71: each event of `given` has its own `body`: put it there',
    ],
    [
      story('[{ at: 2026-01-05, body: {} }]', 'nothing'),
      /^rules\.test\.yml:2:79: after several events write the labels that are there then: \{ labels: \[VIP\] \}, /,
    ],
    [
      story('[{ at: 2026-01-05, body: {} }]', '{ add: [A] }'),
      /^rules\.test\.yml:2:79: after several events write the labels/,
    ],
    [
      story('[{ at: 2026-01-05, body: {} }]', '[{ at: 2026-01-06, label: [A] }]'),
      'rules.test.yml:2:98: unknown key `label`. Did you mean `labels`?',
    ],
    [
      story('[{ at: 2026-01-05, body: {} }]', '[{ at: soon, labels: [A] }]'),
      /^rules\.test\.yml:2:86: `soon` is no time: /,
    ],
    [
      story('[{ at: 2026-01-05, sauce: custom, body: {} }]', '{ labels: [A] }'),
      'rules.test.yml:2:58: unknown key `sauce`. Did you mean `source`?',
    ],
  ])('%j', (yaml, problem) => {
    const found = problems(yaml);

    expect(found).toContainEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });
});

describe('a test', () => {
  /** The result of the one test, in the folder of a user. JSON is YAML, too. */
  async function result(fields: object) {
    const written = JSON.stringify({ tests: [{ name: 'a', ...fields }] });
    const path = join(SHOP, 'rules.test.yml');
    const [only] = await runTests(RULES, loadTests(written, 'rules.test.yml'), path, START);
    return only;
  }
  const paid = (fields: object, expected: unknown) =>
    result({
      source: 'custom',
      body: { event: 'order.paid', email: 'a@example.com', ...fields },
      expect: expected,
    });

  test('passes when the labels are those expected, in whatever order and however written', async () => {
    expect(await paid({ total: 300 }, { add: ['VIP', ' Customer '] })).toMatchObject({
      passed: true,
      line: 1,
      got: { add: ['Customer', 'VIP'], remove: [] },
      problems: [],
    });
    expect(await paid({ total: 9, test: true }, { remove: ['Customer'] })).toMatchObject({
      passed: true,
    });
  });

  test.each([
    [
      { total: 49 },
      { add: ['Customer', 'VIP'] },
      ['+VIP is missing: "big": no, event.order.total >= 200.0 is false: event.order.total is 49'],
    ],
    [{ total: 300 }, { add: ['Customer'] }, ['+VIP was not expected: it is of "big"']],
    [{ total: 49 }, { add: ['Customer', 'Gold'] }, ['+Gold is missing: no rule can add it']],
    [{ total: 49 }, 'nothing', ['+Customer was not expected: it is of "customers"']],
    [
      { total: 49, test: true },
      { add: ['Customer'] },
      [
        '+Customer is missing: "customers" gives it, and a later rule undoes it',
        '-Customer was not expected: it is of "tests"',
      ],
    ],
    [
      { order_id: 7 },
      { add: ['Customer'] },
      ['rule "big" fails: when: `event.order.total` is missing from this event'],
    ],
  ])('with %j that expects %j fails, and says why', async (fields, expected, why) => {
    expect(await paid(fields, expected)).toMatchObject({ passed: false, problems: why });
  });

  test('whose payload nobody can read fails, even if it expects nothing', async () => {
    const found = await result({ source: 'stripe', body: '{', expect: 'nothing' });

    expect(found).toMatchObject({ passed: false });
    expect(found?.problems).toEqual([expect.stringMatching(/^unreadable: the body is not/)]);
  });

  test('that expects nothing of what the source passes over passes, and says so', async () => {
    const found = await result({
      source: 'stripe',
      body: { type: 'plan.created' },
      expect: 'nothing',
    });

    expect(found).toMatchObject({
      passed: true,
      note: 'passed over: Earmark has no event type for this topic',
    });
  });

  test('of an event that names nobody fails', async () => {
    const found = await result({
      source: 'custom',
      body: { event: 'order.paid', total: 9 },
      expect: { add: ['Customer'] },
    });

    expect(found?.problems).toEqual(['the event names nobody: it would become a dead letter']);
  });

  test.each([
    [{ file: 'nowhere.json' }, 'there is no file nowhere.json beside the tests'],
    [{ file: 'rules.yml' }, /^Which source sends it\?/],
    [{ source: 'stripe', topic: 'x', body: {} }, /leave the topic out/],
  ])('with %j fails, and says what is wrong', async (payload, problem) => {
    const found = await result({ ...payload, expect: 'nothing' });

    expect(found?.passed).toBe(false);
    expect(found?.problems[0]).toMatch(problem);
  });
});
