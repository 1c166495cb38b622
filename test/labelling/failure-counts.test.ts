import { expect, test } from '@jest/globals';
import { createFailureCounts } from '../../lib/labelling/failure-counts.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('failures are counted by job and by reason, from the first of them on', () => {
  const failures = createFailureCounts();
  expect(failures.record('a', 'transient', 1_000)).toEqual({ count: 1, since: 1_000 });
  expect(failures.record('a', 'transient', 2_000)).toEqual({ count: 2, since: 1_000 });
  expect(failures.record('b', 'transient', 3_000)).toEqual({ count: 1, since: 3_000 });
  expect(failures.record('a', 'exception', 4_000)).toEqual({ count: 1, since: 4_000 });
  expect(failures.record('a', 'transient', 5_000)).toEqual({ count: 3, since: 1_000 });
});

test('a job that did not fail that way for two hours was held back: its tries begin anew', () => {
  const failures = createFailureCounts();
  failures.record('a', 'transient', DAY);
  expect(failures.record('a', 'transient', DAY + 2 * HOUR - 1)).toEqual({ count: 2, since: DAY });
  const anew = DAY + 4 * HOUR - 1;
  expect(failures.record('a', 'transient', anew)).toEqual({ count: 1, since: anew });
  expect(failures.record('a', 'transient', anew + 1)).toEqual({ count: 2, since: anew });
});

test('20,000 are remembered; the one longest unseen goes first', () => {
  const failures = createFailureCounts();
  failures.record('first', 'transient', 0);
  failures.record('second', 'transient', 0);
  for (let n = 0; n < 19_998; n += 1) failures.record(`${n}`, 'transient', 0);
  failures.record('first', 'transient', 0);
  failures.record('one more', 'transient', 0);
  expect(failures.record('first', 'transient', 0).count).toBe(3);
  expect(failures.record('second', 'transient', 0).count).toBe(1);
});
