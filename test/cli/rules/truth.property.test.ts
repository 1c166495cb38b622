import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { follows, truthOf } from '../../../cli/commands/rules/truth.ts';
import type { KeptFact } from '../../../lib/history/fact.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import { START } from '../../support/jobs.ts';

const DAY = 86_400_000;

const number = fc
  .tuple(
    fc.constantFrom('', '.within("10d")', '.within("2w")'),
    fc.constantFrom('.orders.size()', '.orders.filter(o, o.paid).size()', '.spent("EUR")'),
  )
  .map(([window, what]) => `history${window}${what}`);

const comparison = fc
  .tuple(number, fc.constantFrom('<', '<=', '>', '>=', '=='), fc.integer({ min: -1, max: 3 }))
  .map(([what, op, bound]) => {
    const value = what.endsWith('size()') ? `${bound}` : `${bound * 10}.0`;
    return `${what} ${op} ${value}`;
  });

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.constantFrom('true', 'false'),
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
}));

const facts: fc.Arbitrary<readonly KeptFact[]> = fc
  .array(
    fc.record({
      days: fc.integer({ min: 0, max: 20 }),
      total: fc.constantFrom(0, 10, 20),
      type: fc.constantFrom('order.paid', 'order.created'),
    }),
    { maxLength: 4 },
  )
  .map((orders) =>
    orders.map(({ days, total, type }, i) => ({
      kind: 'order',
      source: 'custom',
      id: String(i),
      states: {
        [type]: {
          at: START - days * DAY,
          state: { total, currency: 'EUR', items: [], test: false },
        },
      },
    })),
  );

const holds = (cel: string, history: readonly KeptFact[]): boolean =>
  compileLabels([{ label: 'A', while: cel }], { retentionMs: 1_000 * DAY })
    .evaluate(history, START)
    .wanted.has('A');

test('what is said to be true of everybody, or of nobody, is so', () => {
  fc.assert(
    fc.property(condition, facts, (cel, history) => {
      const truth = truthOf(cel);
      if (truth !== undefined) expect(holds(cel, history)).toBe(truth);
    }),
    { numRuns: 300 },
  );
});

test('what is said to follow holds wherever the other does', () => {
  const chain = fc.array(comparison, { minLength: 1, maxLength: 3 }).map((all) => all.join(' && '));
  fc.assert(
    fc.property(chain, chain, facts, (one, other, history) => {
      if (follows(one, other) && holds(other, history)) expect(holds(one, history)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('it is found', () => {
  test.each([
    ['false', false],
    ['history.orders.size() < 0', false],
    ['history.orders.size() > 0 && history.orders.size() == 0', false],
    ['history.spent("EUR") >= 500.0 && history.spent("EUR") < 100.0', false],
    ['history.orders.size() == 0 && history.within("90d").orders.size() > 0', false],
    [
      'history.within("180d").orders.size() == 0 && 1 <= history.within("90d").orders.size()',
      false,
    ],
    ['history.orders.size() >= 0', true],
    ['history.spent("EUR") >= 0.0 || history.forms.size() > 3', true],
    ['!(history.orders.size() < 0)', true],
    ['history.orders.size() > 0 && history.within("90d").orders.size() == 0', undefined],
    ['history.spent("EUR") >= 500.0 && history.spent("USD") < 100.0', undefined],
    ['history.orders.exists(o, o.paid)', undefined],
  ])('%s: %s', (cel, truth) => {
    expect(truthOf(cel)).toBe(truth);
  });

  test.each([
    ['history.spent("EUR") >= 250.0', 'history.spent("EUR") >= 1000.0', true],
    ['history.spent("EUR") >= 1000.0', 'history.spent("EUR") >= 250.0', false],
    ['history.orders.size() > 0', 'history.within("90d").orders.size() >= 1', true],
    ['history.within("90d").orders.size() > 0', 'history.orders.size() > 0', false],
    [
      'history.orders.exists(o, o.paid)',
      'history.forms.size() > 0 && history.orders.exists(o, o.paid)',
      true,
    ],
    ['history.spent("EUR") >= 250.0', 'history.spent("USD") >= 1000.0', false],
  ])('%s follows from %s: %s', (cel, from, does) => {
    expect(follows(cel, from)).toBe(does);
  });
});
