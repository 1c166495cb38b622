import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openSent } from '../../../cli/commands/backfill/send.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { csvFile } from '../../support/csv-file.ts';

const PLAN = digest('a plan');
const IDS = Array.from({ length: 5 }, (_, i) => digest(`job ${i}`));
const aPath = async (): Promise<string> => join(dirname(await csvFile('')), 'sent.txt');

/** Sends what is not noted yet. @returns what it sent */
async function goThrough(path: string): Promise<string[]> {
  const sent = await openSent(path, PLAN, false);
  const todo = IDS.filter((id) => !sent.has(id));
  for (const id of todo) await sent.add([id]);
  return todo;
}

test('cut anywhere, what stands whole is not sent again, and the rest is', async () => {
  const path = await aPath();
  await goThrough(path);
  const bytes = await readFile(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);

  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), async (cut) => {
      await writeFile(path, bytes.subarray(0, cut));
      // The first line is the plan's.
      const kept = Math.max(0, ends.filter((end) => end <= cut).length - 1);

      expect(await goThrough(path)).toEqual(IDS.slice(kept));
      expect(await readFile(path)).toEqual(bytes);
    }),
  );
});

test('another plan, or --restart, begins anew with the first job that it sends', async () => {
  const path = await aPath();
  await goThrough(path);
  const [first = '', second = ''] = IDS;

  const looked = await openSent(path, digest('another'), false);
  const before = await openSent(path, PLAN, false);
  const anew = await openSent(path, PLAN, true);
  await anew.add([second]);
  const after = await openSent(path, PLAN, false);

  expect([looked.has(first), before.has(first), anew.has(first)]).toEqual([false, true, false]);
  expect([after.has(first), after.has(second)]).toEqual([false, true]);
});

test('SQS takes a job anew after each --restart, and once in the run that goes on from there', async () => {
  const path = await aPath();
  const job = { id: IDS[0] ?? '' };
  const idsOf = async (restart: boolean) => {
    const sent = await openSent(path, PLAN, restart);
    await sent.add([IDS[1] ?? '']);
    return sent.deduplicationOf(job);
  };

  const first = await idsOf(false);
  const again = await idsOf(true);
  const goesOn = await idsOf(false);
  const third = await idsOf(true);

  expect(first).toBe(job.id);
  expect(goesOn).toBe(again);
  expect(new Set([first, again, third]).size).toBe(3);
});

test('only its owner can read it', async () => {
  const path = await aPath();
  await goThrough(path);

  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a note that cannot be read is not begun anew', async () => {
  // A folder in its place, for root may read every file.
  await expect(openSent(dirname(await aPath()), PLAN, false)).rejects.toThrow('EISDIR');
});

test('a note that cannot be written ends the run with the name of the file', async () => {
  const path = join(await aPath(), 'no folder', 'sent.txt');

  const sent = await openSent(path, PLAN, false);

  await expect(sent.add(IDS)).rejects.toMatchObject({
    name: 'CliFailure',
    message: expect.stringContaining(`${path} could not be written: ENOENT`),
  });
});
