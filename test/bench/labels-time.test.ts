import { randomInt } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { timeRows } from '../../bench/labels/report.ts';
import { runTime } from '../../bench/labels/time.ts';

/** The short form of `npm run bench:labels -- --only time`, with another seed each time. */
test.each([
  ['of another seed each time', randomInt(2 ** 31)],
  ['one of which ends seconds before the schedule stands still', 2_128_833_263],
])('labels end within ten minutes after their time, and none before: %s', async (_, seed) => {
  const result = await runTime({ seed, labels: 150, days: 150 });
  const failed = result.rows.filter(({ passed }) => !passed);
  expect(failed.length === 0 ? '' : JSON.stringify([result.seed, timeRows(result)])).toBe('');
  expect(result.rows.reduce((sum, { labels }) => sum + labels, 0)).toBe(150);
});
