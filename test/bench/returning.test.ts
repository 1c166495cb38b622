import { expect, test } from '@jest/globals';
import { measureReturning } from '../../bench/throughput/returning.ts';

test('who comes again costs no call, by whichever process', async () => {
  const rows = await measureReturning({ seed: 1, events: 120 });
  const earmark = Object.fromEntries(rows.map((row) => [row.name, row.earmark]));
  expect(earmark).toMatchObject({
    'standing labels: changes that changed nothing': 0,
    'standing labels, again at a fresh process: calls': 0,
  });
  expect(rows[0]?.earmark).toBeGreaterThan(0);
});
