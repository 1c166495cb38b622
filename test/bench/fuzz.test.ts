import { expect, test } from '@jest/globals';
import { fuzz } from '../../bench/fuzz/run.ts';

test('5,000 hostile requests: none throws or is answered 5xx, no address and nothing but JSON is logged', async () => {
  const seed = Date.now() % 1_000_000_000;
  // To have the same again: npm run fuzz -- --runs 5000 --seed <seed>
  process.stderr.write(`Fuzz seed: ${seed}\n`);

  const { findings, answers } = await fuzz(seed, 5_000);

  expect({ seed, findings: findings.slice(0, 5) }).toEqual({ seed, findings: [] });
  // The requests reach every end there is; otherwise this would show little.
  const outcomes = ['queued', 'dead-letter', 'ignored', 'refused', 'unknown-source'];
  expect([...answers.keys()].map((outcome) => outcome.split(' ')[1])).toEqual(
    expect.arrayContaining(outcomes),
  );
});
