import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkExpression } from '../../lib/rules/authoring/check-expression.ts';
import { ruleContext, rulesEnvironment } from '../../lib/rules/environment.ts';
import { compileRules, matchRules } from '../../lib/rules/match.ts';
import { meter } from '../../lib/rules/metered.ts';
import { createStepCounter, OutOfSteps } from '../../lib/rules/steps.ts';
import { customerEvent } from '../support/arbitraries.ts';

/** What the expressions go over, in the sizes that senders can choose. */
const sizes = fc.record({
  items: fc.nat(2_000),
  tags: fc.nat(2_000),
  list: fc.nat(20_000),
  rows: fc.nat(2_000),
  text: fc.nat(200_000),
});
type Sizes = typeof sizes extends fc.Arbitrary<infer T> ? T : never;

const event = (size: Sizes) => {
  const many = <T>(length: number, of: (i: number) => T) => Array.from({ length }, (_, i) => of(i));
  return {
    source: 'custom' as const,
    id: '1',
    type: 'custom' as const,
    topic: 'custom',
    occurredAt: '2026-11-21T10:00:00Z',
    test: false,
    contact: {},
    tags: many(size.tags, (i) => `tag ${i}`),
    order: { id: '1', tags: [], items: many(size.items, (i) => ({ title: `Title ${i}` })) },
    data: {
      list: many(size.list, (i) => `x${i}`),
      rows: many(size.rows, (i) => ({ at: i, of: ['a', 'b', 'c'] })),
      text: 'aé'.repeat(size.text / 2),
    },
  };
};

const LISTS = ['event.order.items', 'event.tags', 'event.data.list', 'event.data.rows'];

/**
 * Conditions with loops in loops, in the scope of the loops' variables. Each part that runs in a round goes
 * through `tick`, a function of the test, which counts what really ran.
 */
function conditions(variables: readonly string[], depth: number): fc.Arbitrary<string> {
  const part = fc.constantFrom(
    'true',
    'false',
    'event.data.text.contains("b")',
    'event.data.text.lowerAscii().split("é").size() > 3',
    'event.tags == event.data.list',
    '"nobody" in event.data.list',
    '("x" + event.data.text) == event.data.text',
    'event.data.list.join("-") == ""',
    ...variables.flatMap((name) => [
      `dyn(${name}) == 1`,
      `dyn(${name}).absent == 1`,
      `dyn(${name}) in event.data.rows`,
      `dyn(${name}).of.size() == 9`,
    ]),
  );
  const ticked = part.map((cel) => `tick(${cel})`);
  if (depth === 0) return ticked;
  const name = `v${depth}`;
  const inner = conditions([...variables, name], depth - 1);
  const loop = fc
    .tuple(
      fc.constantFrom(...LISTS),
      fc.constantFrom('exists', 'all', 'exists_one', 'filter'),
      inner,
    )
    .map(([list, method, body]) => {
      const cel = `${list}.${method}(${name}, tick(${body}))`;
      return method === 'filter' ? `(${cel}.size() == 5)` : cel;
    });
  return fc.oneof(
    { arbitrary: loop, weight: 4 },
    { arbitrary: ticked, weight: 1 },
    {
      arbitrary: fc
        .tuple(loop, fc.constantFrom('&&', '||'), ticked)
        .map(([one, operator, other]) => `(${one} ${operator} ${other})`),
      weight: 2,
    },
  );
}

/** A loop in a loop: more rounds than there are steps, where the list is long. */
const LOOPS = 'event.data.list.all(v2, tick(event.data.list.all(v1, tick(tick(true)))))';
const NONE: Sizes = { items: 0, tags: 0, list: 0, rows: 0, text: 0 };
const LONG: Sizes = { ...NONE, list: 20_000 };

test('whatever runs is within the steps, by a count of its own', () => {
  const STEPS = 20_000;
  let ran = 0;
  const counter = createStepCounter(STEPS);
  const compile = meter(
    rulesEnvironment().registerFunction('tick(dyn): dyn', (value: unknown) => {
      ran++;
      return value;
    }),
    counter.take,
  );
  let ended = 0;
  let finished = 0;
  fc.assert(
    fc.property(conditions([], 2), sizes, (cel, size) => {
      const run = compile(cel);
      counter.reset();
      ran = 0;
      try {
        counter.spend(() => run(ruleContext(event(size), counter.take)));
        finished++;
      } catch (error) {
        if (error instanceof OutOfSteps) ended++;
      }
      expect(ran).toBeLessThanOrEqual(STEPS / 2);
    }),
    {
      numRuns: 300,
      examples: [
        [LOOPS, NONE],
        [LOOPS, LONG],
      ],
    },
  );
  expect(Math.min(ended, finished)).toBeGreaterThan(0);
});

test('the grammar is of expressions that rules may have', () => {
  fc.assert(
    fc.property(conditions([], 2), (cel) => {
      expect(checkExpression(cel.replaceAll('tick(', 'dyn('), 'condition')).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test('a rule that ends for want of steps changes nothing, and no other rule', () => {
  const rest = [{ name: 'rest', on: ['custom' as const], add: { labels: ['Rest'] } }];
  let failed = 0;
  fc.assert(
    fc.property(conditions([], 2), sizes, (cel, size) => {
      const when = cel.replaceAll('tick(', 'dyn(');
      const rule = { name: 'r', on: ['custom' as const], when, add: { labels: ['R'] } };
      const compiled = compileRules({ missing: 'wait', rules: [rule, ...rest] });

      const match = matchRules(compiled, [event(size)]);

      failed += match.failures.length;
      expect(match.add).toContain('Rest');
      if (match.failures.length > 0) expect(match.add).toEqual(['Rest']);
      expect(matchRules(compiled, [event(size)])).toEqual(match);
    }),
    { numRuns: 40, examples: [[LOOPS, LONG]] },
  );
  expect(failed).toBeGreaterThan(0);
});

test('events as senders send them take few of the steps', () => {
  let spent = 0;
  const compile = meter(rulesEnvironment(), (steps) => {
    spent += steps;
  });
  const run = compile(
    'event.test || event.tags.exists(t, t == "a") || (has(event.order) && event.order.items.exists(i, i.sku == "A")) || event.data.map(k, k).size() == 7',
  );
  fc.assert(
    fc.property(customerEvent, (given) => {
      spent = 0;
      run(ruleContext(given));
      expect(spent).toBeLessThan(2_000);
    }),
  );
});
