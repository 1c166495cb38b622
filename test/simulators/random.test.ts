import { expect, test } from '@jest/globals';
import { between, createRandom } from '../../simulators/random.ts';

const draw = (seed: number, purpose: string, count = 5): number[] => {
  const random = createRandom(seed, purpose);
  return Array.from({ length: count }, random);
};

test('the same seed and purpose give the same numbers; another seed or purpose, others', () => {
  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(2, 'a')).not.toEqual(draw(1, 'a'));
  expect(draw(1, 'b')).not.toEqual(draw(1, 'a'));
});

test('numbers are spread over [0, 1)', () => {
  const tenths = new Map<number, number>();
  for (const number of draw(1, 'a', 10_000)) {
    const tenth = Math.floor(number * 10);
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  }
  expect([...tenths.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const count of tenths.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('a range is met from its low end to below its high end', () => {
  expect(between(() => 0, 60, 250)).toBe(60);
  expect(between(() => 0.5, 60, 250)).toBe(155);
});
