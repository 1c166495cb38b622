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
    jobs: async () => ({ left: jobs }),
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
  const work = {
    next: async (until: number) => dueAt(until)[0] ?? until,
    async left(until: number) {
      const left = { due: dueAt(until).length, jobs };
      jobs = 0;
      return left;
    },
  };
  const options = {
    clock,
    work,
    signal: new AbortController().signal,
    onStep: (part: number) => done.push(part),
    elapsed: () => (elapsed += 60_000),
  };
  return { options, reviewed, done, time: () => time };
}

test('each review is done when it is due, and the time is then what was asked for', async () => {
  const { options, reviewed, done, time } = stage([START + 10 * DAY, START + 20 * DAY]);

  expect(await moveOn(START + 30 * DAY, options)).toEqual({ due: 0, jobs: 0, lateMs: 0 });

  expect(reviewed).toEqual([0, 0]);
  expect(time()).toBe(START + 30 * DAY);
  expect(done).toEqual([33, 66, 100]);
});

test('what a first run of the schedule finds to do is waited for on the way', async () => {
  const due: number[] = [];
  const { options, reviewed } = stage(due);
  let isNew = true;
  const runSchedules = async () => {
    if (isNew) due.push(START + 3 * 60_000);
    isNew = false;
    await options.clock.runSchedules();
  };

  await moveOn(START + DAY, { ...options, clock: { ...options.clock, runSchedules } });

  expect(reviewed).toEqual([0]);
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

const MINUTE = 60_000;
const everyMinute = (length: number) => Array.from({ length }, (_, n) => START + DAY + n * MINUTE);

test('several times within an hour are each stopped at, in a jump of years', async () => {
  const { options, reviewed } = stage(everyMinute(60));

  expect(await moveOn(START + 1_000 * DAY, options)).toMatchObject({ lateMs: 0 });

  expect(reviewed).toEqual(Array.from({ length: 60 }, () => 0));
});

test('after 200 stops the rest of the way has 100, and it is said how late reviews were', async () => {
  const { options, reviewed, done } = stage(everyMinute(1_200), { perRun: 1_200 });

  const { lateMs } = await moveOn(START + DAY + 1_200 * MINUTE, options);

  expect(reviewed).toHaveLength(1_200);
  expect(reviewed.slice(0, 200).every((late) => late === 0)).toBe(true);
  expect(lateMs).toBe(Math.max(...reviewed));
  expect(lateMs).toBeGreaterThan(5 * MINUTE);
  expect(lateMs).toBeLessThanOrEqual(11 * MINUTE);
  expect(done.length).toBeLessThanOrEqual(301);
});

test('reviews that nobody does are given up on, and the time stays where they were due', async () => {
  const { options, time } = stage([START + 10 * DAY], { stuck: true });

  expect(await moveOn(START + 30 * DAY, options)).toEqual({ due: 1, jobs: 0, lateMs: 0 });

  expect(time()).toBe(START + 10 * DAY);
});
