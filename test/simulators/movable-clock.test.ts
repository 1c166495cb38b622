import { expect, jest, test } from '@jest/globals';
import type { Keep } from '../../simulators/journal.ts';
import { createMovableClock } from '../../simulators/movable-clock.ts';

const START = Date.parse('2026-11-28T12:00:00Z');
const DAY = 86_400_000;

function fakeTime(): void {
  jest.useFakeTimers({ now: START });
}

/** Maps that a later clock finds again. */
function memory(): Keep {
  const maps = new Map<string, Map<string, unknown>>();
  return <V>(name: string) => {
    const map = maps.get(name) ?? new Map();
    maps.set(name, map);
    return map as Map<string, V>;
  };
}

test('a clock that was moved goes on from there, and whoever listens hears of it', () => {
  fakeTime();
  const clock = createMovableClock();
  const heard: number[] = [];
  const stop = clock.onMove(() => heard.push(clock.now()));

  clock.moveTo(START + 30 * DAY);
  jest.advanceTimersByTime(1_000);

  expect(clock.now()).toBe(START + 30 * DAY + 1_000);
  expect(clock.aheadMs()).toBe(30 * DAY);
  stop();
  clock.moveTo(START + 31 * DAY);
  expect(heard).toEqual([START + 30 * DAY]);
});

test('it never goes back, nor by what is no time', () => {
  fakeTime();
  const clock = createMovableClock();
  clock.moveTo(START + DAY);

  for (const time of [START + DAY - 1, START, Number.NaN]) {
    expect(() => clock.moveTo(time)).toThrow('It is 2026-11-29T12:00:00.000Z already.');
  }
  expect(clock.now()).toBe(START + DAY);
});

test('what is kept outlives the process: the next clock is as far ahead', () => {
  fakeTime();
  const keep = memory();
  createMovableClock(keep).moveTo(START + DAY);

  jest.advanceTimersByTime(DAY);

  expect(createMovableClock(keep).now()).toBe(START + 2 * DAY);
  expect(createMovableClock().now()).toBe(START + DAY);
});
