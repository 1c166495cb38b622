import { readFile, stat, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openJournal } from '../../../cli/commands/backfill/journal.ts';
import { journalPath as aPath } from '../../support/test-journal.ts';

const STEPS = ['find é', 'bulk 1', 'bulk "2"', 'job\n3', 'alone 😀'];

/** Goes through all steps; says which were done and not only remembered. */
async function goThrough(path: string): Promise<{ done: string[]; results: unknown[] }> {
  const journal = await openJournal(path);
  const done: string[] = [];
  const results: unknown[] = [];
  for (const step of STEPS) {
    const run = async () => {
      done.push(step);
      return { of: step, text: `ü${step}` };
    };
    results.push(await journal.once(step, run));
  }
  await journal.close();
  return { done, results };
}

test('cut anywhere, what stands whole is never done again, and the rest is done', async () => {
  const path = await aPath();
  const whole = await goThrough(path);
  const bytes = await readFile(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);

  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), async (cut) => {
      await writeFile(path, bytes.subarray(0, cut));
      const kept = ends.filter((end) => end <= cut).length;

      const { done, results } = await goThrough(path);

      expect(done).toEqual(STEPS.slice(kept));
      expect(results).toEqual(whole.results);
      expect(await readFile(path)).toEqual(bytes);
    }),
  );
});

test('a step that fails is not noted, and those before it stay', async () => {
  const path = await aPath();
  const journal = await openJournal(path);
  await journal.once('first', async () => 1);

  await expect(journal.once('second', () => Promise.reject(new Error('cut off')))).rejects.toThrow(
    'cut off',
  );
  await journal.close();

  const again = await openJournal(path);
  expect([again.has('fir'), again.has('second')]).toEqual([true, false]);
  await again.close();
});

test('only its owner can read it', async () => {
  const path = await aPath();
  await (await openJournal(path)).close();

  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
