import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { MAX_NAMES } from '../../lib/rules/config.ts';
import { compileRules, type Match, matchRules } from '../../lib/rules/match.ts';
import { woocommerce } from '../../lib/sources/woocommerce/woocommerce.ts';
import { deliver, wooOrder } from '../sources/fixtures.ts';
import { paidOrder } from '../support/events.ts';
import { readOurs } from '../support/read-ours.ts';

/** Matches events against rules given as the items of the list in rules.yml. */
function match(rules: string, ...events: CustomerEvent[]): Match {
  const indented = rules.replace(/^/gm, '  ');
  return matchRules(compileRules(loadRules(`rules:\n${indented}`, 'rules.yml')), events);
}

/** Matches one rule `r` on a paid order, given its `when`. */
function holds(when: string, event = paidOrder()): boolean | string {
  const yaml = `- name: r\n  on: order.paid\n  add: [X]\n  when: ${JSON.stringify(when)}`;
  const { add, failures } = match(yaml, event);
  return failures[0]?.reason ?? add.length === 1;
}

/** The labels that one rule computes on a paid order, or why it failed. */
function computed(add: string, event = paidOrder()): string[] | string {
  const yaml = `- name: r\n  on: order.paid\n  add: ${JSON.stringify(add)}`;
  const result = match(yaml, event);
  return result.failures[0]?.reason ?? result.add;
}

const order = (change: object) => paidOrder({ order: { id: '1', items: [], tags: [], ...change } });

describe('which rules concern an event', () => {
  const rules = `
- name: paid
  on: order.paid
  add: [Paid]
- name: paid or placed
  on: [order.paid, order.created]
  add: [Buyer]
- name: shopify alone
  on: order.paid
  sources: shopify
  add: [Shopify]
- name: other shops
  on: order.paid
  sources: [stripe, woocommerce]
  add: [Elsewhere]`;

  test('by event type and source', () => {
    expect(match(rules, paidOrder())).toEqual({
      missing: 'wait',
      heard: true,
      rules: ['paid', 'paid or placed', 'shopify alone'],
      add: ['Paid', 'Buyer', 'Shopify'],
      remove: [],
      reversible: [],
      failures: [],
    });
    expect(match(rules, paidOrder({ source: 'stripe' })).add).toEqual([
      'Paid',
      'Buyer',
      'Elsewhere',
    ]);
    expect(match(rules, paidOrder({ type: 'order.created' })).add).toEqual(['Buyer']);
    expect(match(rules, paidOrder({ type: 'customer.created' })).rules).toEqual([]);
  });

  test('a rule that concerns no event is not even evaluated', () => {
    const result = match(
      '- name: r\n  on: form.submitted\n  when: event.form.name == "x"\n  add: [X]',
      paidOrder(),
    );

    expect(result.failures).toEqual([]);
  });
});

describe('conditions', () => {
  test.each<[string, boolean]>([
    ['event.order.total >= 200.0 && event.order.currency == "USD"', true],
    ['event.order.total > 250', false],
    ['event.order.items.exists(i, i.sku == "MUG-1")', true],
    ['event.order.items.exists(i, i.sku == "LAMP-1")', false],
    ['event.order.items[0].title == "Mug"', true],
    ['event.order.items.exists(i, i.quantity * i.price >= 200.0)', true],
    ['"wholesale" in event.tags && "gift" in event.order.tags', true],
    ['!event.test', true],
    ['event.source == "shopify" && event.topic.startsWith("orders/")', true],
    ['event.occurredAt >= timestamp("2026-11-21T00:00:00Z")', true],
    ['event.contact.email.endsWith("@example.com")', true],
    ['event.contact.phone == ""', true],
    ['event.order.number == ""', true],
    ['event.order.items.exists(i, i.productId == "")', true],
    ['has(event.subscription)', false],
    ['has(event.order) && has(event.order.total)', true],
    ['event.data.plan == "gold"', true],
    ['event.data.count == 3', true],
    ['has(event.data.plan) && !has(event.data.absent)', true],
    ['event.data.nested.constructor == "Acme Builders"', true],
    ['"plan" in event.data', true],
  ])('%s: %s', (when, expected) => {
    expect(holds(when)).toBe(expected);
  });

  test('a text given as undefined is as absent as one left out', () => {
    const event = paidOrder({ contact: { email: 'ada@example.com', phone: undefined } });

    expect(holds('event.contact.phone == "" && event.contact.email != ""', event)).toBe(true);
  });

  test('a form’s fields are read by key', () => {
    const event = paidOrder({ form: { fields: { 'your-plan': 'gold', constructor: 'Acme' } } });

    expect(holds('event.form.fields["your-plan"] == "gold"', event)).toBe(true);
    expect(holds('event.form.fields.constructor == "Acme"', event)).toBe(true);
    expect(holds('event.form.name == "" && event.form.id == ""', event)).toBe(true);
  });
});

describe('what a silent sender does to a condition', () => {
  test.each<[string, CustomerEvent, string]>([
    ['event.order.total >= 200', order({}), 'event.order.total'],
    ['event.order.currency == "USD"', order({}), 'event.order.currency'],
    ['event.order.items[0].title == "x"', order({ items: [{}] }), 'event.order.items[0].title'],
    ['event.order.items.all(i, i.price > 1.0)', order({ items: [{}] }), 'i.price'],
    ['event.order.items.all(i, i.quantity > 1.0)', order({ items: [{}] }), 'i.quantity'],
    ['event.order.items[3].sku == "x"', order({}), 'event.order.items[3]'],
    ['event.subscription.planId == "x"', paidOrder(), 'event.subscription'],
    [
      'event.subscription.planName == "x"',
      paidOrder({ subscription: { id: '1' } }),
      'event.subscription.planName',
    ],
    ['event.form.name == "x"', paidOrder(), 'event.form'],
    ['event.data.absent == "x"', paidOrder(), 'event.data.absent'],
  ])('%s fails and names what is missing', (when, event, part) => {
    expect(holds(when, event)).toBe(`when: \`${part}\` is missing from this event`);
  });

  test('a table of the rule’s own is not said to be missing from the event', () => {
    expect(holds('{"EUR": true}[event.order.currency]', order({ currency: 'USD' }))).toBe(
      'when: `{"EUR": true}[event.order.currency]` has no such key',
    );
  });

  test('has() of a field of an order that is not there fails, and step by step does not', () => {
    const orderless = paidOrder({ order: undefined });

    expect(holds('has(event.order.total)', orderless)).toBe(
      'when: `event.order` is missing from this event',
    );
    expect(holds('has(event.order) && has(event.order.total)', orderless)).toBe(false);
  });

  test('has() asks first', () => {
    expect(holds('has(event.order.total) && event.order.total > 1', order({}))).toBe(false);
  });
});

describe('computed labels', () => {
  test.each<[string, string[]]>([
    ['event.order.items.map(i, "Bought " + i.title)', ['Bought Mug', 'Bought Lamp']],
    ['event.order.items.filter(i, i.price > 100.0).map(i, i.title)', ['Lamp']],
    ['"Plan " + event.data.plan', ['Plan gold']],
    ['event.data.plan', ['gold']],
    ['event.tags', ['wholesale']],
    ['event.order.items.map(i, "  A \t B ")', ['A B']],
    ['event.order.total > 1000.0 ? ["Whale"] : []', []],
  ])('%s', (add, expected) => {
    expect(computed(add)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['event.data.count', 'add: gave double, needs a string or a list of strings'],
    ['event.data.nested', 'add: gave map, needs a string or a list of strings'],
    ['[dyn(1)]', 'add: gave a list holding int, needs a string or a list of strings'],
    ['event.contact.lastName', 'add: gave an empty text, which cannot be a label'],
    ['event.order.items.map(i, " ")', 'add: gave an empty text, which cannot be a label'],
  ])('%s fails: %s', (add, reason) => {
    expect(computed(add)).toBe(reason);
  });

  test('a condition that is no bool fails', () => {
    expect(holds('event.data.plan')).toBe('when: gave string, needs bool');
  });
});

describe('reasons', () => {
  const secret = 'ada.secret@example.com';
  const event = paidOrder({
    data: { secret, key: 'k', list: [1], count: 3, deep: deeplyNested(20_000) },
  });

  test.each([
    'bool(event.data.secret)',
    'event.data[event.data.secret] == 1',
    'duration(event.data.secret) > duration("1s")',
    'event.occurredAt.getHours(event.data.secret) > 1',
    'bytes(event.data.secret).json().x == 1',
    'timestamp(event.data.secret) > event.occurredAt',
    'int(event.data.secret) > 1',
    'event.data.secret > 1',
    'event.data.secret + 1 == 2',
    '-event.data.secret == 1',
    'event.data.secret ? true : false',
    'event.data.secret && true',
    'event.data.secret.map(x, x) == []',
    'event.data.secret.x.y == 1',
    'event.data.list["x"] == 1',
    'event.data.count.startsWith("x")',
    '9223372036854775807 + int(event.data.count) > 1',
    'event.data.deep == event.data.deep',
  ])('%s fails without a word of the event', (when) => {
    const reason = holds(when, event);

    expect(reason).toMatch(/^when: `/);
    expect(reason).not.toContain('secret@');
    expect(reason).not.toContain('ada.');
  });

  test('say which types did not fit', () => {
    expect(holds('event.data.count + 1 == 4')).toBe(
      'when: `event.data.count + 1`: no such overload: dyn<double> + int',
    );
  });
});

describe('order', () => {
  const add = '- name: a\n  on: order.paid\n  add: [X]';
  const remove = '- name: b\n  on: order.paid\n  remove: [X]';

  test('for a label both added and removed the later rule wins', () => {
    expect(match(`${add}\n${remove}`, paidOrder())).toMatchObject({ add: [], remove: ['X'] });
    expect(match(`${remove}\n${add}`, paidOrder())).toMatchObject({ add: ['X'], remove: [] });
  });

  test('the order of rules counts, not the order of the delivery’s events', () => {
    const rules =
      '- name: a\n  on: order.paid\n  add: [X]\n- name: b\n  on: order.created\n  remove: [X]';
    const created = paidOrder({ type: 'order.created' });

    expect(match(rules, created, paidOrder()).remove).toEqual(['X']);
    expect(match(rules, paidOrder(), created).remove).toEqual(['X']);
  });

  describe('of the several events that WooCommerce’s one delivery is', () => {
    const rules = ['order.created', 'order.paid', 'order.fulfilled', 'order.partially_refunded'];
    const reading = readOurs(
      woocommerce,
      deliver(
        { ...wooOrder, status: 'completed', refunds: [{ id: 1 }] },
        { 'x-wc-webhook-topic': 'order.created' },
      ),
    );
    const events = reading.kind === 'events' ? [...reading.events] : [];
    const pairs = rules.flatMap((adds) =>
      rules.filter((removes) => removes !== adds).map((removes) => [adds, removes] as const),
    );

    test('there are four', () => {
      expect(events.map(({ type }) => type)).toEqual(rules);
    });

    test.each(pairs)('on %s add, on %s remove: the later rule wins', (adds, removes) => {
      const add = `- name: a\n  on: ${adds}\n  add: [X]`;
      const remove = `- name: b\n  on: ${removes}\n  remove: [X]`;

      for (const delivered of [events, events.toReversed()]) {
        expect(match(`${add}\n${remove}`, ...delivered)).toMatchObject({ add: [], remove: ['X'] });
        expect(match(`${remove}\n${add}`, ...delivered)).toMatchObject({ add: ['X'], remove: [] });
      }
    });

    test.each(pairs)('on %s and on %s, one rule that adds and one that removes', (one, other) => {
      const add = `- name: a\n  on: [${one}, ${other}]\n  add: [X]`;
      const remove = `- name: b\n  on: [${other}, ${one}]\n  remove: [X]`;

      expect(match(`${add}\n${remove}`, ...events)).toMatchObject({ add: [], remove: ['X'] });
      expect(match(`${remove}\n${add}`, ...events)).toMatchObject({ add: ['X'], remove: [] });
    });
  });

  test('within a rule remove comes first: a customer moves to one of several labels', () => {
    const tiers =
      '- name: tier\n  on: order.paid\n  remove: [Bronze, Silver, Gold]\n  add: \'event.order.total > 100.0 ? "Gold" : "Silver"\'';

    expect(match(tiers, paidOrder())).toMatchObject({
      add: ['Gold'],
      remove: ['Bronze', 'Silver'],
    });
  });

  test('events of one delivery add up, each label and rule once', () => {
    const rules =
      '- name: a\n  on: [order.created, order.paid]\n  add: [X]\n- name: b\n  on: order.paid\n  add: [X, Y]';

    expect(match(rules, paidOrder({ type: 'order.created' }), paidOrder())).toMatchObject({
      rules: ['a', 'b'],
      add: ['X', 'Y'],
    });
  });
});

describe('reversible names', () => {
  const paid = '- name: paid\n  on: order.paid\n  add: [Customer, VIP]\n  remove: [Lead, Cold]';
  const reversible = (others: string) => match(`${paid}\n${others}`, paidOrder()).reversible;

  test('are those that another rule may undo, whatever it listens to and asks', () => {
    const others = `
- name: refunds
  on: order.refunded
  sources: stripe
  when: event.test
  remove: [" Customer ", Other]
- name: newcomers
  on: form.submitted
  add: [Cold]`;

    expect(reversible(others)).toEqual(['Customer', 'Cold']);
  });

  test('are none where the others do the same or something else', () => {
    expect(reversible('- name: b\n  on: custom\n  add: [VIP, New]\n  remove: [Lead, vip]')).toEqual(
      [],
    );
  });

  test.each([
    ['remove', ['Customer', 'VIP']],
    ['add', ['Lead', 'Cold']],
  ])('are all where an expression may %s any', (verb, names) => {
    expect(reversible(`- name: b\n  on: custom\n  ${verb}: event.tags`)).toEqual(names);
  });
});

describe('a rule that fails', () => {
  test('changes nothing itself and stops no other', () => {
    const rules = `
- name: before
  on: order.paid
  add: [Before]
- name: broken
  on: order.paid
  remove: [Before]
  add: event.data.absent
- name: after
  on: order.paid
  add: [After]`;

    expect(match(rules, paidOrder())).toEqual({
      missing: 'wait',
      heard: true,
      rules: ['before', 'after'],
      add: ['Before', 'After'],
      remove: [],
      reversible: ['Before'],
      failures: [{ rule: 'broken', reason: 'add: `event.data.absent` is missing from this event' }],
    });
  });

  test('on one event may hold on another; equal failures are reported once', () => {
    const rules = '- name: r\n  on: order.paid\n  add: event.data.plan';
    const empty = paidOrder({ data: {} });

    const result = match(rules, empty, empty, paidOrder());

    expect(result).toMatchObject({ rules: ['r'], add: ['gold'] });
    expect(result.failures).toHaveLength(1);
  });

  test(`fails rather than bring a job over ${MAX_NAMES} names`, () => {
    const names = Array.from({ length: MAX_NAMES }, (_, i) => `Product ${i}`);
    const all = `- name: all\n  on: order.paid\n  add: ${JSON.stringify(names)}`;
    const one = '- name: one\n  on: order.paid\n  add: [One]';

    const fits = match(all, paidOrder());
    const over = match(`${one}\n${all}`, paidOrder());

    expect(fits.add).toHaveLength(MAX_NAMES);
    expect(over).toMatchObject({
      add: ['One'],
      failures: [
        { rule: 'all', reason: `would bring the event to more than ${MAX_NAMES} label names` },
      ],
    });
  });
});

describe('names that expressions give', () => {
  const bought =
    '- { name: bought, on: order.paid, add: \'event.order.items.map(i, "Bought " + i.title)\' }';
  const after = '- { name: after, on: order.paid, add: [After, "Bought 0"] }';
  const items = (count: number, of = count) =>
    order({ items: Array.from({ length: count }, (_, i) => ({ title: String(i % of) })) });
  const limited = (most: number, event: CustomerEvent, rules = bought) =>
    matchRules(
      compileRules(
        loadRules(
          `limits: { computedLabels: ${most} }\nrules:\n  ${rules.replaceAll('\n', '\n  ')}`,
          'rules.yml',
        ),
      ),
      [event],
    );
  const reason = (most: number) =>
    `would bring the event to more than ${most} label names that expressions give. Narrow the expression, or raise limits.computedLabels in rules.yml`;

  test('are 20 an event at most, fixed ones not counted; the rule that gives more fails', () => {
    expect(match(`${bought}\n${after}`, items(20))).toMatchObject({
      failures: [],
      rules: ['bought', 'after'],
    });
    expect(match(`${bought}\n${after}`, items(21))).toMatchObject({
      add: ['After', 'Bought 0'],
      failures: [{ rule: 'bought', reason: reason(20) }],
    });
  });

  test('are refused as too many before they use up the steps', () => {
    const titles = Array.from({ length: 2_000 }, (_, i) => ({ title: `${i}${'é'.repeat(800)}` }));

    expect(match(bought, order({ items: titles })).failures).toEqual([
      { rule: 'bought', reason: reason(20) },
    ]);
  });

  test('are as many as rules.yml says', () => {
    expect(limited(30, items(30)).add).toHaveLength(30);
    expect(limited(30, items(31)).failures).toEqual([{ rule: 'bought', reason: reason(30) }]);
    expect(limited(1, items(2)).add).toEqual([]);
  });

  test('count once each, however many rules and items give them', () => {
    const again = bought.replace('bought', 'again');

    expect(limited(3, items(300, 3), `${bought}\n${again}`)).toMatchObject({
      add: ['Bought 0', 'Bought 1', 'Bought 2'],
      failures: [],
    });
  });

  test('count over all rules, and those taken off too', () => {
    const skus =
      '- { name: skus, on: order.paid, remove: \'event.order.items.map(i, "Wants " + i.title)\' }';

    expect(limited(4, items(2), `${bought}\n${skus}`).failures).toEqual([]);
    expect(limited(3, items(2), `${bought}\n${skus}`)).toMatchObject({
      add: ['Bought 0', 'Bought 1'],
      remove: [],
      failures: [{ rule: 'skus', reason: reason(3) }],
    });
  });

  test('count for each event of a delivery: whether events come together changes no label', () => {
    const refunded = { ...items(2), type: 'order.partially_refunded' as const };
    const returned =
      '- { name: returned, on: order.partially_refunded, add: \'event.order.items.map(i, "Returned " + i.title)\' }';
    const rules = loadRules(
      `limits: { computedLabels: 2 }\nrules:\n  ${bought}\n  ${returned}`,
      'rules.yml',
    );

    const { add, failures } = matchRules(compileRules(rules), [items(2), refunded]);

    expect(failures).toEqual([]);
    expect(add).toEqual(['Bought 0', 'Bought 1', 'Returned 0', 'Returned 1']);
  });
});

test('contacts.missing comes through', () => {
  const config = loadRules(
    'contacts: { missing: create }\nrules:\n  - { name: r, on: custom, add: [X] }',
    'rules.yml',
  );

  expect(matchRules(compileRules(config), []).missing).toBe('create');
});

function deeplyNested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
