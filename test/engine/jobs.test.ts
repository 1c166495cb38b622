import { expect, test } from '@jest/globals';
import { jobsIn } from '../../engine/jobs.ts';

const NOW = 1_000;
const message = (group: string, visibleAt = 0, isPostponed = false) => ({
  group,
  visibleAt,
  isPostponed,
});

test('what is in hand or next is left; what was put off, and stands behind it, is not', () => {
  const queue = [
    message('in hand', NOW + 120),
    message('in hand'),
    message('put off', NOW + 500, true),
    message('put off'),
    message('put off for longer', NOW + 900, true),
    message('back', NOW, true),
    message('new'),
    message('new'),
  ];

  expect(jobsIn(queue, NOW)).toEqual({ left: 4, nextAt: NOW + 500 });
});

test('an empty queue has nothing to do, and nothing that comes back', () => {
  expect(jobsIn([], NOW)).toEqual({ left: 0 });
});
