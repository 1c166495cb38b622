import { expect, test } from '@jest/globals';
import { createAttemptsMemory } from '../../lib/labelling/failure-counts.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('failures are counted by job and by reason, from the first of them on', () => {
  const attempts = createAttemptsMemory();
  expect(attempts.note('a', 'passing', 1_000)).toEqual({ count: 1, since: 1_000 });
  expect(attempts.note('a', 'passing', 2_000)).toEqual({ count: 2, since: 1_000 });
  expect(attempts.note('b', 'passing', 3_000)).toEqual({ count: 1, since: 3_000 });
  expect(attempts.note('a', 'exception', 4_000)).toEqual({ count: 1, since: 4_000 });
  expect(attempts.note('a', 'passing', 5_000)).toEqual({ count: 3, since: 1_000 });
});

test('a job that did not fail that way for two hours was held back: its tries begin anew', () => {
  const attempts = createAttemptsMemory();
  attempts.note('a', 'passing', DAY);
  expect(attempts.note('a', 'passing', DAY + 2 * HOUR - 1)).toEqual({ count: 2, since: DAY });
  const anew = DAY + 4 * HOUR - 1;
  expect(attempts.note('a', 'passing', anew)).toEqual({ count: 1, since: anew });
  expect(attempts.note('a', 'passing', anew + 1)).toEqual({ count: 2, since: anew });
});

test('20,000 are remembered; the one longest unseen goes first', () => {
  const attempts = createAttemptsMemory();
  attempts.note('first', 'passing', 0);
  attempts.note('second', 'passing', 0);
  for (let n = 0; n < 19_998; n += 1) attempts.note(`${n}`, 'passing', 0);
  attempts.note('first', 'passing', 0);
  attempts.note('one more', 'passing', 0);
  expect(attempts.note('first', 'passing', 0).count).toBe(3);
  expect(attempts.note('second', 'passing', 0).count).toBe(1);
});
