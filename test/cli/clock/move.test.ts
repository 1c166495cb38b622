import { expect, test } from '@jest/globals';
import type { EngineClock } from '../../../cli/commands/clock/control.ts';
import { moveOn } from '../../../cli/commands/clock/move.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-28T12:00:00Z');

/** Contacts that are due at times, and are reviewed by two runs: one queues, and by the next look it is done. */
function stage(due: number[], { perRun = 30, stuck = false } = {}) {
  let time = START;
  let jobs = 0;
  const reviewed: number[] = [];
  const done: number[] = [];
  let elapsed = 0;
  const dueAt = (until: number) => due.filter((at) => at <= until).sort((a, b) => a - b);
  const clock: EngineClock = {
    now: async () => time,
    moveTo: async (to) => {
      expect(to).toBeGreaterThanOrEqual(time);
      time = to;
    },
    async runSchedules() {
      if (stuck) return;
      for (const at of dueAt(time).slice(0, perRun)) {
        due.splice(due.indexOf(at), 1);
        reviewed.push(time - at);
        jobs += 1;
      }
    },
  };
  const reviews = {
    nextDue: async (until: number) => dueAt(until)[0],
    async left(until: number) {
      const left = { due: dueAt(until).length, jobs };
      jobs = 0;
      return left;
    },
  };
  const options = {
    clock,
    reviews,
    signal: new AbortController().signal,
    onStep: (part: number) => done.push(part),
    elapsed: () => (elapsed += 60_000),
  };
  return { options, reviewed, done, time: () => time };
}

test('each review is done when it is due, and the time is then what was asked for', async () => {
  const { options, reviewed, done, time } = stage([START + 10 * DAY, START + 20 * DAY]);

  expect(await moveOn(START + 30 * DAY, options)).toEqual({ due: 0, jobs: 0 });

  expect(reviewed).toEqual([0, 0]);
  expect(time()).toBe(START + 30 * DAY);
  expect(done).toEqual([33, 66, 100]);
});

test('what is due later stays', async () => {
  const { options, reviewed } = stage([START + 31 * DAY]);

  await moveOn(START + 30 * DAY, options);

  expect(reviewed).toEqual([]);
});

test('many that are due at once are done in several runs', async () => {
  const { options, reviewed } = stage(
    Array.from({ length: 7 }, () => START + DAY),
    { perRun: 3 },
  );

  await moveOn(START + 2 * DAY, options);

  expect(reviewed).toHaveLength(7);
});

test('a crowd is done in 200 steps, each at most a two hundredth late', async () => {
  const crowd = Array.from({ length: 1_000 }, (_, n) => START + n * 60_000);
  const { options, reviewed, done } = stage(crowd, { perRun: 1_000 });

  await moveOn(START + 1_000 * 60_000, options);

  expect(reviewed).toHaveLength(1_000);
  expect(Math.max(...reviewed)).toBeLessThanOrEqual(5 * 60_000);
  expect(done.length).toBeLessThanOrEqual(201);
});

test('reviews that nobody does are given up on, and the time stays where they were due', async () => {
  const { options, time } = stage([START + 10 * DAY], { stuck: true });

  expect(await moveOn(START + 30 * DAY, options)).toEqual({ due: 1, jobs: 0 });

  expect(time()).toBe(START + 10 * DAY);
});
