import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { steadyClock } from '../../lib/runtime/clock.ts';

/** A steady clock on one that the test sets. */
function open() {
  let time = 0;
  const clock = steadyClock(() => time);
  return (set: number): number => {
    time = set;
    return clock();
  };
}

test('a clock that is right is returned as it is', () => {
  const at = open();
  expect([at(5), at(5), at(1_000), at(1e12)]).toEqual([5, 5, 1_000, 1e12]);
});

test('one that is set back goes on from where it was, however often', () => {
  const at = open();
  expect([at(1_000), at(400), at(500), at(100), at(350)]).toEqual([
    1_000, 1_000, 1_100, 1_100, 1_350,
  ]);
});

test('one that is set right again stays ahead', () => {
  const at = open();
  expect([at(1_000), at(400), at(1_000)]).toEqual([1_000, 1_000, 1_600]);
});

test('one that starts before 1970 does so', () => {
  const at = open();
  expect([at(-50), at(-60), at(-55)]).toEqual([-50, -50, -45]);
});

test('whatever is done to the clock: time never goes back, and passes as fast', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), (steps) => {
      const at = open();
      let time = 0;
      let last = at(0);
      for (const step of steps) {
        time += step;
        const now = at(time);
        expect(now - last).toBe(Math.max(0, step));
        last = now;
      }
    }),
  );
});
