import { expect, test } from '@jest/globals';
import type { RetryReason } from '../../lib/labelling/retry.ts';
import { createFailureCounts } from '../../lib/labelling/retry.ts';

/** Counts on a clock that each call sets. */
function open() {
  let time = 0;
  const count = createFailureCounts(() => time);
  return (jobId: string, reason: RetryReason, now: number) => {
    time = now;
    return count(jobId, reason);
  };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('failures are counted by job and by reason, from the first of them on', () => {
  const count = open();
  expect(count('a', 'transient', 1_000)).toEqual({ count: 1, since: 1_000 });
  expect(count('a', 'transient', 2_000)).toEqual({ count: 2, since: 1_000 });
  expect(count('b', 'transient', 3_000)).toEqual({ count: 1, since: 3_000 });
  expect(count('a', 'exception', 4_000)).toEqual({ count: 1, since: 4_000 });
  expect(count('a', 'transient', 5_000)).toEqual({ count: 3, since: 1_000 });
});

test('a job that did not fail that way for two hours was held back: its tries begin anew', () => {
  const count = open();
  count('a', 'transient', DAY);
  expect(count('a', 'transient', DAY + 2 * HOUR - 1)).toEqual({ count: 2, since: DAY });
  const anew = DAY + 4 * HOUR - 1;
  expect(count('a', 'transient', anew)).toEqual({ count: 1, since: anew });
  expect(count('a', 'transient', anew + 1)).toEqual({ count: 2, since: anew });
});

test('20,000 are remembered; the one longest unseen goes first', () => {
  const count = open();
  count('first', 'transient', 0);
  count('second', 'transient', 0);
  for (let n = 0; n < 19_998; n += 1) count(`${n}`, 'transient', 0);
  count('first', 'transient', 0);
  count('one more', 'transient', 0);
  expect(count('first', 'transient', 0).count).toBe(3);
  expect(count('second', 'transient', 0).count).toBe(1);
});
