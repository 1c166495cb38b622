import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileTrial, judge } from '../../../cli/commands/rules/try.ts';
import { whyNot } from '../../../cli/commands/rules/why.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { printed } from '../../../terminal/writer.ts';
import { condition, rulesConfig } from '../../rules/arbitraries.ts';
import { FULL_EVENTS } from '../../rules/full-events.ts';
import { customerEvent } from '../../support/arbitraries.ts';
import { paidOrder } from '../../support/events.ts';

const event = paidOrder({
  tags: [],
  order: {
    id: '1001',
    total: 49,
    currency: 'EUR',
    items: [
      { title: 'Mug', sku: 'B2', quantity: 1, price: 2 },
      { title: 'Lamp', sku: 'C3', productId: '77', quantity: 3, price: 600 },
    ],
    tags: ['gift', 'b2b', 'gift', 'net-30', 'eu'],
  },
});

describe('whyNot names the part of a condition that says no, and what it saw', () => {
  test.each([
    ['event.order.total >= 200.0', 'event.order.total >= 200.0 is false: event.order.total is 49'],
    [
      'event.test || event.order.total >= 200.0',
      'event.test is false, and event.order.total >= 200.0 is false: event.order.total is 49',
    ],
    [
      'event.order.total > 1.0 && event.order.currency == "USD" && event.test',
      'event.order.currency == "USD" is false: event.order.currency is "EUR"',
    ],
    [
      'event.order.currency in ["USD", "CAD"]',
      'event.order.currency in ["USD", "CAD"] is false: event.order.currency is "EUR"',
    ],
    ['"vip" in event.tags', '"vip" in event.tags is false: event.tags is empty'],
    [
      '"vip" in event.order.tags',
      '"vip" in event.order.tags is false: event.order.tags is "gift", "b2b", "net-30" and 1 more',
    ],
    ['event.contact.phone != ""', 'event.contact.phone != "" is false: event.contact.phone is ""'],
    ['has(event.subscription)', 'event.subscription is missing'],
    ['!has(event.order.total)', 'event.order.total is there: it is 49'],
    ['!(event.order.total < 100.0)', 'event.order.total < 100.0 is true: event.order.total is 49'],
    [
      '!(event.test || event.order.currency == "EUR")',
      'event.order.currency == "EUR" is true: event.order.currency is "EUR"',
    ],
    [
      'event.order.total > 9.0 ? event.order.currency == "USD" : event.test',
      'event.order.total > 9.0 is true: event.order.total is 49, so event.order.currency == "USD" is false: event.order.currency is "EUR"',
    ],
    [
      'event.order.items[0].title.lowerAscii().contains("lamp")',
      'event.order.items[0].title.lowerAscii().contains("lamp") is false: event.order.items[0].title.lowerAscii() is "mug"',
    ],
    [
      'event.order.items.size() > 2',
      'event.order.items.size() > 2 is false: event.order.items.size() is 2',
    ],
    [
      'event.order.items.exists(i, i.sku == "A1")',
      'event.order.items.exists(i, i.sku == "A1") is false: i.sku is "B2", "C3"',
    ],
    [
      'event.order.items.exists(i, i.sku == "A1" || i.productId == "1")',
      'event.order.items.exists(i, i.sku == "A1" || i.productId == "1") is false: i.sku is "B2", "C3", i.productId is "", "77"',
    ],
    [
      'event.order.items.exists(i, has(i.price) && i.quantity * i.price > 5000.0)',
      'event.order.items.exists(i, has(i.price) && i.quantity * i.price > 5000.0) is false: i.price is 2, 600, i.quantity * i.price is 2, 1800',
    ],
    [
      '!event.order.items.exists(i, i.sku == "C3")',
      'event.order.items.exists(i, i.sku == "C3") is true: for number 2 of 2, i.sku == "C3" is true: i.sku is "C3"',
    ],
    [
      'event.order.items.all(i, i.price > 100.0)',
      'event.order.items.all(i, i.price > 100.0) is false: for number 1 of 2, i.price > 100.0 is false: i.price is 2',
    ],
    [
      '!event.order.items.all(i, i.price > 1.0)',
      'event.order.items.all(i, i.price > 1.0) is true: i.price is 2, 600',
    ],
    [
      'event.order.items.exists_one(i, i.price > 1.0)',
      'event.order.items.exists_one(i, i.price > 1.0) is false: it holds for 2 of 2',
    ],
    [
      'event.tags.exists(t, t == "a")',
      'event.tags.exists(t, t == "a") is false: event.tags is empty',
    ],
    [
      'event.order.tags.exists(t, t.startsWith("x"))',
      'event.order.tags.exists(t, t.startsWith("x")) is false: t is "gift", "b2b", "net-30" and 1 more',
    ],
    ['cel.bind(t, event.order.total, t > 1.0 && t < 2.0)', 't < 2.0 is false: t is 49'],
    [
      'event.occurredAt >= timestamp("2027-01-01T00:00:00Z")',
      'event.occurredAt >= timestamp("2027-01-01T00:00:00Z") is false: event.occurredAt is 2026-11-21T10:00:00.000Z',
    ],
    [
      'event.order.items.exists(i, ["A1", "B1"].exists(x, x == i.sku))',
      'event.order.items.exists(i, ["A1", "B1"].exists(x, x == i.sku)) is false: i.sku is "B2", "C3"',
    ],
    [
      'event.order.items.exists(i, cel.bind(s, i.sku, s == "A1"))',
      'event.order.items.exists(i, cel.bind(s, i.sku, s == "A1")) is false: i.sku is "B2", "C3"',
    ],
    [
      'event.order.items.exists(event, event.sku == "A1")',
      'event.order.items.exists(event, event.sku == "A1") is false',
    ],
    [
      'event.order.tags.exists(t, true && false)',
      'event.order.tags.exists(t, true && false) is false',
    ],
    ['event.test || 1 > 2', 'event.test is false'],
    [
      'event.occurredAt - timestamp("2026-11-21T09:00:00Z") > duration("2h")',
      'event.occurredAt - timestamp("2026-11-21T09:00:00Z") > duration("2h") is false: event.occurredAt - timestamp("2026-11-21T09:00:00Z") is 3600s',
    ],
    [
      'type(event.data.count) == bool',
      'type(event.data.count) == bool is false: type(event.data.count) is Type<double>, bool is Type<bool>',
    ],
    ['"tier" in event.data', '"tier" in event.data is false: event.data is {plan, count, nested}'],
    ['false', 'false is never true'],
    [
      `event.contact.email == "${'x'.repeat(120)}"`,
      `event.contact.email == "${'x'.repeat(75)}… is false: event.contact.email is "ada@example.com"`,
    ],
  ])('%s', (when, why) => {
    expect(whyNot(when, event)).toBe(why);
  });

  test('a long value is cut, and cannot move the cursor', () => {
    const email = `\u001b[2J\u009b${'x'.repeat(100)}`;
    const why = whyNot('event.contact.email == "a"', paidOrder({ contact: { email } }));

    expect(printed(why ?? '')).toMatch(/event\.contact\.email is "\\u001b\[2J\\u009bx{40,60}…"$/);
  });

  test('and says nothing of one that holds, or that cannot be computed', () => {
    expect(whyNot('event.order.total > 1.0', event)).toBeUndefined();
    expect(whyNot('event.subscription.planId == "a"', event)).toBeUndefined();
  });
});

describe('what is said of a rule is what production does', () => {
  const anyEvent = fc.oneof(customerEvent, fc.constantFrom(...FULL_EVENTS));

  test('a reason in one line for each condition that is false, and none for others', () => {
    let reasons = 0;
    fc.assert(
      fc.property(condition, anyEvent, (when, event) => {
        const rule = { name: 'a', topics: [event.topic], when, add: { labels: ['A'] } };
        const match = matchRules(compileRules({ missing: 'wait', rules: [rule] }), [event]);
        const isFalse = match.rules.length + match.failures.length === 0;

        const why = whyNot(when, event);

        expect(why !== undefined).toBe(isFalse);
        if (why === undefined) return;
        reasons++;
        expect(why).not.toMatch(/\n|undefined|\[object/);
      }),
      { numRuns: 1000 },
    );
    expect(reasons).toBeGreaterThan(100);
  });

  test('what it says is true, and enough: whatever else the event holds, the condition is false', () => {
    const FIELDS = ['b0', 'b1', 'b2', 'b3'] as const;
    const STATES = ['true', 'false', 'missing'] as const;
    const field = fc.constantFrom(...FIELDS).map((name) => `event.data.${name}`);
    const { any } = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        field,
        field.map((path) => `has(${path})`),
        tie('any').map((inner) => `!(${inner})`),
        fc
          .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'))
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        fc
          .tuple(tie('any'), tie('any'), tie('any'))
          .map(([condition, yes, no]) => `((${condition}) ? (${yes}) : (${no}))`),
      ),
    }));
    const worlds = FIELDS.reduce<readonly Readonly<Record<string, string>>[]>(
      (all, name) =>
        all.flatMap((context) => STATES.map((state) => ({ ...context, [name]: state }))),
      [{}],
    );
    const eventIn = (context: Readonly<Record<string, string>>) => {
      const there = Object.entries(context).filter(([, state]) => state !== 'missing');
      return paidOrder({ data: Object.fromEntries(there.map(([k, v]) => [k, v === 'true'])) });
    };
    let reasons = 0;

    fc.assert(
      fc.property(any, fc.constantFrom(...worlds), (when, context) => {
        const why = whyNot(when, eventIn(context));
        if (why === undefined) return;
        reasons++;
        const claims = [...why.matchAll(/event\.data\.(b\d) is (?:there: it is )?(\w+)/g)];
        const isSo = (other: typeof context) =>
          claims.every(([, name = '', state]) => other[name] === state);
        expect(claims.length).toBeGreaterThan(0);
        expect(isSo(context)).toBe(true);
        const rule = { name: 'a', on: ['order.paid'] as const, when, add: { labels: ['A'] } };
        const compiled = compileRules({ missing: 'wait', rules: [rule] });
        for (const other of worlds.filter(isSo)) {
          expect(matchRules(compiled, [eventIn(other)])).toMatchObject({ rules: [], failures: [] });
        }
      }),
      { numRuns: 500 },
    );
    expect(reasons).toBeGreaterThan(100);
  });

  test('each rule matched, failed, or has its reason; together they give what is queued', () => {
    const delivery = fc.array(anyEvent, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(rulesConfig, delivery, (config, [first, ...rest]) => {
        if (first === undefined) return;
        const events = [first, ...rest] as const;
        const match = matchRules(compileRules(config), events);

        const { match: judged, verdicts } = judge(compileTrial(config), [...events]);

        expect(judged).toEqual(match);
        expect(verdicts.map(({ rule }) => rule)).toEqual(config.rules.map(({ name }) => name));
        for (const { rule, matched, failure, why } of verdicts) {
          const failed = match.failures.find((one) => one.rule === rule);
          expect(matched).toBe(match.rules.includes(rule));
          expect(failure).toBe(failed?.reason);
          expect(why === undefined).toBe(matched || failed !== undefined);
        }
        const given = verdicts.flatMap(({ add }) => add);
        expect(given).toEqual(expect.arrayContaining(match.add));
      }),
      { numRuns: 300 },
    );
  });
});
