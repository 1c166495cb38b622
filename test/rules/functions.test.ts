import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../lib/rules/match.ts';
import { paidOrder } from '../support/events.ts';

/** Whether a condition holds for a paid order, or why it fails there. */
function holds(when: string, event: CustomerEvent = paidOrder()): boolean | string {
  const yaml = `rules:\n  - name: r\n    on: order.paid\n    add: [X]\n    when: ${JSON.stringify(when)}`;
  const { add, failures } = matchRules(compileRules(loadRules(yaml, 'rules.yml')), [event]);
  return failures[0]?.reason ?? add.length === 1;
}

const refusal = (when: string): string => {
  try {
    holds(when);
    return 'accepted';
  } catch (error) {
    return (error as Error).message.replace(/^\S+ rule "r": /, '');
  }
};

const withData = (data: CustomerEvent['data']) => paidOrder({ data });
const items = (...given: object[]) => paidOrder({ order: { id: '1', tags: [], items: given } });

describe('get()', () => {
  const event = withData({
    note: 'gift wrap',
    count: 3,
    paid: true,
    nothing: null,
    customer: { state: 'enabled', address: null },
    line_items: [{ vendor: 'Acme', quantity: 2 }, { vendor: null }, 'a text', null],
    'utm.source': 'ads',
  });

  test.each([
    ['a text', 'get(event.data, "note", "") == "gift wrap"'],
    ['a part of a part', 'get(event.data, "customer.state", "") == "enabled"'],
    ['an element of a list', 'get(event.data, "line_items.0.vendor", "") == "Acme"'],
    ['a number', 'get(event.data, "count", 0.0) == 3.0'],
    ['a number by a whole default', 'get(event.data, "count", 0) > 2'],
    ['a bool', 'get(event.data, "paid", false)'],
    ['a list', 'get(event.data, "line_items", []).size() == 4'],
    ['a map', '"state" in get(event.data, "customer", {})'],
    ['a key with a dot', 'get(event.data, "utm.source", "") == "ads"'],
    [
      'what is in a loop',
      'get(event.data, "line_items", []).exists(i, get(i, "quantity", 0.0) > 1)',
    ],
    [
      'the default of a default',
      'get(event.data, "no", get(event.data, "note", "")) == "gift wrap"',
    ],
  ])('finds %s', (_, when) => {
    expect(holds(when, event)).toBe(true);
  });

  test.each([
    ['missing', 'get(event.data, "absent", "none") == "none"'],
    ['missing further in', 'get(event.data, "customer.a.b.c", "none") == "none"'],
    ['null', 'get(event.data, "nothing", "none") == "none"'],
    ['inside null', 'get(event.data, "customer.address.country", "") == ""'],
    ['a number where a text is asked', 'get(event.data, "count", "none") == "none"'],
    ['a text where a number is asked', 'get(event.data, "note", 7.5) == 7.5'],
    ['a map where a list is asked', 'get(event.data, "customer", []) == []'],
    ['a list where a map is asked', 'get(event.data, "line_items", {}).size() == 0'],
    ['past the end of a list', 'get(event.data, "line_items.9.vendor", "") == ""'],
    ['no index', 'get(event.data, "line_items.first.vendor", "") == ""'],
    ['of a JavaScript value', 'get(event.data, "note.length", 0.0) == 0.0'],
    ['a name of JavaScript’s', 'get(event.data, "constructor.name", "") == ""'],
  ])('gives the default for what is %s', (_, when) => {
    expect(holds(when, event)).toBe(true);
  });

  test('reads each element of a list, whatever it is', () => {
    const when =
      'get(event.data, "line_items", []).map(i, get(i, "vendor", "-")) == ["Acme", "-", "-", "-"]';

    expect(holds(when, event)).toBe(true);
  });

  test('reads form fields', () => {
    const form = { fields: { plan: 'gold' } };
    const when =
      'get(event.form.fields, "plan", "") == "gold" && get(event.form.fields, "x", "") == ""';

    expect(holds(when, paidOrder({ form }))).toBe(true);
  });

  test.each([
    ['get(event.data, "x", 0.0) == 3', /^no such overload: double == int. Write the whole number/],
    ['get(event.data, "x", "") > 3.0', /^no such overload: string > double/],
    ['get(event.data, "x", null) == ""', /Write get\(event.data, "a.b", ""\)/],
    ['get(event.data, "x") == ""', /Write get\(event.data, "a.b", ""\)/],
    ['get(event.data, event.topic, "") == ""', /^the path of get\(\) is a text as it stands/],
    ['get(event.data, "a..b", "") == ""', /^the path of get\(\) is a text as it stands/],
    ['get(event.data, "", "") == ""', /^the path of get\(\) is a text as it stands/],
    ['get(event.data, "a", event.data.b) == ""', /^the default of get\(\) says the type/],
    ['get(event, "order.totl", 0.0) > 1', /^get\(\) reads event.data and what is in it/],
    ['event.order.items.exists(i, get(i, "skuu", "") == "")', /`i` is the Item of an event/],
  ])('is refused where it could only mislead: %s', (when, expected) => {
    expect(refusal(when)).toMatch(expected);
  });

  test('never fails, whatever the sender sent', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', '0'), fc.jsonValue());
    const path = fc
      .array(fc.constantFrom('a', 'b', '0', '1', 'length'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('.'));
    const value = fc.constantFrom('""', '0.0', '0', 'false', '[]', '{}');
    fc.assert(
      fc.property(json, path, value, (data, where, fallback) => {
        const cel = `get(event.data, "${where}", ${fallback})`;
        expect(holds(`${cel} == ${cel}`, withData(data as CustomerEvent['data']))).toBe(true);
      }),
    );
  });
});

describe('sum()', () => {
  test.each([
    ['all items', 'event.order.items.map(i, i.price * i.quantity).sum() == 250.0'],
    ['some of them', 'event.order.items.filter(i, i.sku == "MUG-1").map(i, i.price).sum() == 25.0'],
    ['none', 'event.order.items.filter(i, i.sku == "X").map(i, i.price).sum() == 0.0'],
  ])('adds up %s', (_, when) => {
    expect(holds(when)).toBe(true);
  });

  test('fails where an item lacks what is added up', () => {
    const event = items({ title: 'A', price: 1 }, { title: 'B' });

    expect(holds('event.order.items.map(i, i.price).sum() > 0.0', event)).toBe(
      'when: `i.price` is missing from this event',
    );
    expect(
      holds('event.order.items.filter(i, has(i.price)).map(i, i.price).sum() == 1.0', event),
    ).toBe(true);
  });

  test.each([[['1', 2]], [[1, '2']], [[1, null]]])('fails for a list of %j', (numbers) => {
    expect(holds('event.data.numbers.sum() > 0.0', withData({ numbers }))).toMatch(
      /^when: .*sum\(\)/,
    );
  });

  test.each(['event.tags.sum() > 0.0', 'event.order.items.sum() > 0.0'])(
    'is refused for %s',
    (when) => {
      expect(refusal(when)).toMatch(/It takes a list of doubles/);
    },
  );
});
