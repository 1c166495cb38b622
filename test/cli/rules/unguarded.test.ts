import { describe, expect, test } from '@jest/globals';
import { compileTrial, tryPayload } from '../../../cli/commands/rules/try.ts';
import { unguardedReads } from '../../../cli/commands/rules/unguarded.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { deliver } from '../../sources/fixtures.ts';

const noted = (cel: string, when?: string) =>
  unguardedReads(cel, when).map(({ offset, message }) => [
    offset,
    /get\(event\.data, "([^"]*)"/.exec(message)?.[1],
  ]);

describe('what is read of event.data', () => {
  test.each([
    ['event.data.note == "x"', [[0, 'note']]],
    ['event.test && event.data.a.b == "x"', [[14, 'a.b']]],
    ['event.data["a"].b.contains("x")', [[0, 'a.b']]],
    ['event.data.items[0].sku == "x"', [[0, 'items.0.sku']]],
    ['event.data.items.exists(i, i.sku == "x")', [[0, 'items']]],
    ['has(event.data.a.b) && event.data.a.b == "x"', [[4, 'a']]],
    ['has(event.data.a) || event.data.a == "x"', [[21, 'a']]],
    ['!has(event.data.a) && event.data.a == "x"', [[22, 'a']]],
    ['has(event.data.a) ? event.test : event.data.a == "x"', [[33, 'a']]],
  ])('is noted where nothing asks for it: %s', (cel, expected) => {
    expect(noted(cel)).toEqual(expected);
  });

  test.each([
    'has(event.data.note) && event.data.note == "x"',
    'event.data.note == "x" && has(event.data.note)',
    'event.test && (has(event.data.a) && event.data.a == 1.0)',
    'has(event.data.a) && has(event.data.a.b) && event.data.a.b == "x"',
    '"note" in event.data && event.data["note"] == "x"',
    '!has(event.data.a) || event.data.a == "x"',
    'has(event.data.a) ? event.data.a == "x" : false',
    'get(event.data, "a.b", "") == "x"',
    'event.data.size() > 1',
    'event.form.fields["a"] == "x"',
  ])('is not noted where it is asked for: %s', (cel) => {
    expect(noted(cel)).toEqual([]);
  });

  test('is asked for by the condition of the rule', () => {
    expect(noted('"Plan " + event.data.plan', 'has(event.data.plan)')).toEqual([]);
    expect(noted('"Plan " + event.data.plan', 'event.test')).toEqual([[10, 'plan']]);
  });
});

test('a topic that a rule spells otherwise is reported', () => {
  const config = loadRules(
    'rules: [{ name: drafts, topics: Draft_Orders/Create, add: [A] }]',
    'rules.yml',
  );
  const headers = { 'x-shopify-topic': 'draft_orders/create' };
  const body = { id: 1, email: 'ada@example.com', invoice_url: 'https://shop.example/1' };

  const tried = tryPayload(compileTrial(config), {
    source: 'shopify',
    delivery: deliver(body, headers),
    notes: [],
  });

  expect(tried).toMatchObject({
    kind: 'ignored',
    reason: expect.stringMatching(
      /; the rule "drafts" names Draft_Orders\/Create, another spelling of it$/,
    ),
  });
});
