import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FactState, KeptFact } from '../../lib/history/fact.ts';
import type { StandingDefinition } from '../../lib/rules/config.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import { MOST_BOUNDARIES } from '../../lib/standing/next.ts';
import type { Evaluation } from '../../lib/standing/standing.ts';
import {
  CONDITIONS,
  condition,
  EACH,
  each,
  kept,
  knownAt,
  LAST_MINUTE,
  MINUTE,
  minute,
} from './arbitraries.ts';

const NEVER = { retentionMs: 1e12 };
const afterMs = fc.option(
  fc.constantFrom(5, 12, 30).map((count) => count * MINUTE),
  { nil: undefined },
);
const maybeAfter = (afterMs: number | undefined) => ({ ...(afterMs !== undefined && { afterMs }) });

const labelled = fc.record({ condition, afterMs });
const definition: fc.Arbitrary<StandingDefinition> = fc.oneof(
  labelled.map((one) => ({ label: 'One', while: one.condition, ...maybeAfter(one.afterMs) })),
  fc.record({ first: condition, second: condition, afterMs }).map(({ first, second, afterMs }) => {
    const oneOf = [['Gold', first] as const, ['Silver', second] as const];
    return { oneOf, ...maybeAfter(afterMs) };
  }),
  fc
    .record({ each, most: fc.constantFrom(1, 5), afterMs })
    .map(({ each, most, afterMs }) => ({ each, most, ...maybeAfter(afterMs) })),
);
/** Up to two, so that they have fewer boundaries than are tried. */
const definitions = fc
  .array(definition, { minLength: 1, maxLength: 2 })
  .filter((all) => new Set(all.map((one) => Object.keys(one)[0])).size === all.length);
const now = fc.integer({ min: 0, max: LAST_MINUTE + 40 }).map(minute);

/** What chance may leave out. */
const RECENT = { label: 'One', while: 'history.within("20m").orders.exists(o, o.paid)' } as const;
const ORDER: KeptFact = {
  kind: 'order',
  source: 'shopify',
  id: '1',
  states: { 'order.paid': { at: minute(10), state: { currency: 'EUR', test: false } } },
};

const outcome = ({ wanted, undecided }: Evaluation) => ({
  wanted: Object.fromEntries(wanted),
  undecided,
});

describe('an evaluation', () => {
  test('is the same for the same facts, in whatever order and after whatever else', () => {
    const labels = compileLabels(
      [
        ...CONDITIONS.map((cel, i) => ({ label: `L${i}`, while: cel })),
        ...EACH.map((cel) => ({ each: cel })),
      ],
      NEVER,
    );
    const shuffled = kept.chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc.shuffledSubarray([...facts], { minLength: facts.length }),
        kept,
      ),
    );
    fc.assert(
      fc.property(shuffled, now, ([facts, others, before], time) => {
        const first = labels.evaluate(facts, time);
        labels.evaluate(before, time);
        expect(labels.evaluate(others, time)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  test('stays the same until nextAt, and is another then', () => {
    const retention = fc.constantFrom(50 * MINUTE, NEVER.retentionMs);
    const times = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      maxLength: 8,
    });
    let changes = 0;
    fc.assert(
      fc.property(
        definitions,
        retention,
        kept,
        now,
        times,
        (given, retentionMs, facts, time, parts) => {
          const labels = compileLabels(given, { retentionMs });
          // What is not known yet is no matter of time alone.
          const known = knownAt(facts, time);
          const { nextAt, ...first } = labels.evaluate(known, time);
          const end = nextAt ?? time + 200 * MINUTE;
          const between = parts.map((part) => time + Math.floor(part * (end - time)));
          for (const then of [...between, end - 1]) {
            expect(outcome(labels.evaluate(known, then))).toEqual(outcome({ ...first, nextAt }));
          }
          if (nextAt === undefined) return;
          changes += 1;
          expect(nextAt).toBeGreaterThan(time);
          expect(outcome(labels.evaluate(known, nextAt))).not.toEqual(
            outcome({ ...first, nextAt }),
          );
        },
      ),
      {
        numRuns: 200,
        examples: [[[RECENT], NEVER.retentionMs, [ORDER], minute(15), [0.5]]],
      },
    );
    expect(changes).toBeGreaterThan(0);
  });

  test('looks through a window as a filter by hand does', () => {
    const names = [
      'history.within("20m").orders.map(o, "order " + o.source + " " + o.id)',
      'history.within("20m").subscriptions.map(s, "subscription " + s.source + " " + s.id)',
      'history.within("20m").forms.map(f, "form " + f.name).filter(n, n != "form ")',
      'history.within("20m").events.map(e, "event " + e.source + " " + e.name + " " + string(e.count))',
    ];
    const labels = compileLabels(
      names.map((cel) => ({ each: cel, most: 50 })),
      NEVER,
    );
    fc.assert(
      fc.property(kept, now, (facts, time) => {
        expect([...labels.evaluate(facts, time).wanted.keys()].sort()).toEqual(
          youngerThan(facts, time - 20 * MINUTE),
        );
      }),
    );
  });
});

/** The names that the expressions of the test above should give. */
function youngerThan(facts: readonly KeptFact[], from: number): string[] {
  const names = new Set<string>();
  const counts = new Map<string, number>();
  for (const { kind, source, id, states } of facts) {
    const first = Math.min(...Object.values(states).map(({ at }) => at));
    if (first <= from) continue;
    const name = Object.values(states).map(({ state }) => (state as FactState<'form'>).name)[0];
    if (kind === 'event') {
      const key = `event ${source} ${name}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    } else if (kind === 'form') {
      if (name !== undefined) names.add(`form ${name}`);
    } else names.add(`${kind} ${source} ${id}`);
  }
  return [...names, ...[...counts].map(([key, count]) => `${key} ${count}`)].sort();
}

describe('after', () => {
  /** The definition of `after`, asked each minute of all conditions that know nothing of it. */
  function heldEachMinute(cel: string, after: number, facts: readonly KeptFact[], time: number) {
    const plain = compileLabels([{ label: 'X', while: cel }], NEVER);
    const at = (facts: readonly KeptFact[], time: number) => {
      const { wanted, undecided } = plain.evaluate(facts, time);
      return undecided.length > 0 ? 'undecided' : wanted.has('X');
    };
    const present = at(facts, time);
    if (present !== true) return present;
    const past = Array.from({ length: after / MINUTE }, (_, i) => time - (i + 1) * MINUTE).map(
      (then) => at(knownAt(facts, then), then),
    );
    if (past.includes(false)) return false;
    return past.includes('undecided') ? 'undecided' : true;
  }

  test('is what a look at each minute says', () => {
    const seen = new Map<unknown, number>();
    fc.assert(
      fc.property(condition, fc.constantFrom(1, 7, 25), kept, now, (cel, minutes, facts, time) => {
        const after = minutes * MINUTE;
        const labels = compileLabels([{ label: 'X', while: cel, afterMs: after }], NEVER);
        const { wanted, undecided } = labels.evaluate(facts, time);
        const found = undecided.length > 0 ? 'undecided' : wanted.has('X');
        seen.set(found, (seen.get(found) ?? 0) + 1);
        expect(found).toBe(heldEachMinute(cel, after, facts, time));
      }),
      {
        numRuns: 250,
        examples: [
          [RECENT.while, 1, [ORDER], minute(15)],
          // An order without a total cannot be summed.
          ['history.within("30m").spent("EUR") >= 25.0', 1, [ORDER], minute(15)],
        ],
      },
    );
    expect(seen.get(true)).toBeGreaterThan(0);
    expect(seen.get('undecided')).toBeGreaterThan(0);
  });
});

test('where nothing changes for long, somebody looks again', () => {
  const order = (at: number): KeptFact => ({
    kind: 'order',
    source: 'shopify',
    id: String(at),
    states: { 'order.paid': { at: minute(at), state: { test: false } } },
  });
  const facts = Array.from({ length: 100 }, (_, i) => order(i));
  const condition = 'history.within("200m").orders.size() > 0';
  const labels = compileLabels([{ label: 'X', while: condition }], NEVER);
  let time = minute(100);
  const looks: number[] = [];
  for (;;) {
    const { wanted, nextAt } = labels.evaluate(facts, time);
    if (!wanted.has('X') || nextAt === undefined) break;
    looks.push(nextAt);
    time = nextAt;
  }
  expect(looks).toEqual([minute(200 + MOST_BOUNDARIES), minute(299)]);
});
