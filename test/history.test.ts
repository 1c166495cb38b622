import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '../simulators/wix/simulator.ts';
import { type Happening, type History, live, PEOPLE } from './support/history.ts';

// HISTORY_SEED=… npm test -- history repeats a run; HISTORY_RUNS=… makes it longer.
const seed = Number(process.env.HISTORY_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.HISTORY_RUNS ?? 60);

const settings = { seed, numRuns, interruptAfterTimeLimit: 60_000 };

const LABELS = ['A', 'B', 'C'];
const MINUTE = 60_000;
/** Milliseconds; events closer to each other count in the order they come. */
const MORE_THAN_CLOCKS_DIFFER = 5_001;

const anAnswer: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom<Fault>(
      { status: 500, body: '' },
      { status: 503, body: '<html>' },
      { status: 429, body: '' },
      { status: 429, body: '', headers: { 'retry-after': '20' } },
      { status: 403, body: '' },
      { status: 409, body: '' },
      { drop: true },
      { drop: true, applyBefore: true },
      { status: 200, body: 'not json' },
      { status: 401 },
      { delayMs: 3_000 },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fault>(
      { status: 404, body: '' },
      { status: 400, body: '' },
      { status: 418, body: '' },
      { status: 428, body: '' },
      { status: 501, body: '', applyBefore: true },
    ),
  },
);

/** For each label whether it is given, taken or left alone: never both. */
const changes = fc
  .array(fc.constantFrom('give', 'take', 'leave'), { minLength: 3, maxLength: 3 })
  .filter((each) => each.some((change) => change !== 'leave'))
  .map((each) => ({
    give: LABELS.filter((_, index) => each[index] === 'give'),
    take: LABELS.filter((_, index) => each[index] === 'take'),
  }));

const person = fc.nat({ max: PEOPLE.length - 1 });
const gap = fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 20 * MINUTE }));

/** Events in the order they happen, `delay` and `repeats` saying when each is delivered. */
function happenings(delay: fc.Arbitrary<number>, most = 2, apart = 1): fc.Arbitrary<Happening[]> {
  const one = fc.record({
    person,
    changes,
    gap,
    delay,
    repeats: fc.array(fc.integer({ min: 1_000, max: 60 * MINUTE }), { maxLength: most }),
  });
  return fc.array(one, { minLength: 1, maxLength: 25 }).map((list) => {
    let occurredAt = 0;
    return list.map((each) => {
      occurredAt += each.gap + apart;
      const first = occurredAt + each.delay;
      const deliveredAt = [first, ...each.repeats.map((after) => first + after)];
      return { ...each.changes, person: each.person, occurredAt, deliveredAt };
    });
  });
}

const faults = fc.array(fc.record({ call: fc.integer({ min: 1, max: 120 }), fault: anAnswer }), {
  maxLength: 25,
});

/** In the order they happen: every event's say about one label of one person. */
function sayAbout(history: History, whom: number, label: string) {
  return history.happenings.flatMap(({ person: who, give, take }, index) => {
    if (who !== whom || ![...give, ...take].includes(label)) return [];
    return [{ index, has: give.includes(label) }];
  });
}

/** As livesWell, and nothing had to be reported: no event was late and overtaken. */
async function livesExactly(history: History): Promise<void> {
  const before = excused;
  await livesWell(history);
  expect(excused).toBe(before);
}

let exact = 0;
let excused = 0;

/** Every contact holds what its events call for, or a dead letter says why not. */
async function livesWell(history: History): Promise<void> {
  const end = await live(history);
  expect(end.left).toBe(0);
  for (const [whom, name] of PEOPLE.entries()) {
    const labels = end.labelsOf(whom);
    for (const label of LABELS) {
      const says = sayAbout(history, whom, label);
      const isDead = ({ index }: { index: number }): boolean =>
        end.deadLetters.some(
          ({ reason, job }) =>
            reason !== undefined &&
            job.cause.eventId === end.eventId(index) &&
            [...job.add, ...job.remove].includes(label),
        );
      const lastApplied = says.findLastIndex((say) => !isDead(say));
      // A dead event may have taken effect before its answer said otherwise, when it first came or when
      // its sender repeated it.
      const allowed = new Set(says.filter(isDead).map(({ has }) => has));
      allowed.add(says[lastApplied]?.has ?? false);
      const has = labels.includes(label);
      // A late event that a newer one had overtaken was applied, and the log says so of that event.
      const reported = says.some((say) => say.has === has && end.late.has(end.eventId(say.index)));
      if (reported && !allowed.has(has)) {
        excused += 1;
        continue;
      }
      exact += 1;
      expect(allowed.has(has) || { whom: name, label, has, allowed: [...allowed] }).toBe(true);
    }
  }
}

describe('random histories', () => {
  test('in order, repeated by senders, with crashes of two workers and every kind of answer', async () => {
    const history = fc.record({
      happenings: happenings(fc.constant(500)),
      workers: fc.constantFrom(1, 2),
      faults,
      crashes: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 6 }),
    });
    await fc.assert(fc.asyncProperty(history, livesWell), {
      seed,
      numRuns,
      interruptAfterTimeLimit: 60_000,
    });
  });

  test('in order and once each, with crashes of two workers: exactly', async () => {
    const history = fc.record({
      happenings: happenings(fc.constant(500), 0),
      workers: fc.constant(2),
      faults,
      crashes: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 6 }),
    });
    await fc.assert(fc.asyncProperty(history, livesExactly), settings);
  });

  test('delivered out of order, to one worker that lives: the event that happened last wins', async () => {
    const history = fc.record({
      happenings: happenings(fc.integer({ min: 0, max: 30 * MINUTE }), 2, MORE_THAN_CLOCKS_DIFFER),
      workers: fc.constant(1),
      faults,
      crashes: fc.constant([]),
    });
    await fc.assert(fc.asyncProperty(history, livesExactly), {
      seed,
      numRuns,
      interruptAfterTimeLimit: 60_000,
    });
  });

  test('of somebody who is no contact yet: what was taken stays taken when an older event comes behind', async () => {
    const late = { person: PEOPLE.indexOf('comes late') };
    await livesExactly({
      happenings: [
        { ...late, give: ['A', 'B'], take: [], occurredAt: 5_001, deliveredAt: [10_003] },
        { ...late, give: [], take: ['A'], occurredAt: 10_002, deliveredAt: [10_002] },
      ],
      workers: 1,
      faults: [],
      crashes: [],
    });
  });

  test('what was proved', () => {
    process.stderr.write(
      `history: seed ${seed}, ${numRuns} runs each: ${exact} labels as called for, ` +
        `${excused} where the log reported a late event\n`,
    );
    expect(exact).toBeGreaterThan(excused * 20);
  });
});
