import { access, appendFile, mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type FolderOptions, openFolder, writeCsv } from '../../../cli/commands/backfill/folder.ts';

const NOW = Date.UTC(2026, 10, 22);
const HOUR_MS = 3_600_000;

async function aProject() {
  const project = await mkdtemp(join(tmpdir(), 'earmark-folder-'));
  const open = (change: Partial<FolderOptions> = {}) =>
    openFolder({
      project,
      file: 'orders.csv',
      site: 'site',
      inputs: { orders: 'o', rules: 'r', reading: 'c' },
      restart: false,
      now: NOW,
      ...change,
    });
  /** Opens it, and notes a step. */
  const noted = async (step: string, result: unknown = 1) => {
    const folder = await open();
    await appendFile(folder.journal, `${JSON.stringify([step, result])}\n`);
  };
  const journal = async (change: Partial<FolderOptions> = {}) =>
    readFile((await open(change)).journal, 'utf8').catch(() => '');
  return { open, noted, journal };
}

const inputs = (change: object) => ({
  inputs: { orders: 'o', rules: 'r', reading: 'c', ...change },
});

test('what was noted is there the next time, for the same file and site', async () => {
  const { noted, journal } = await aProject();
  await noted('find x');

  expect(await journal({ now: NOW + HOUR_MS })).toContain('find x');
  expect(await journal({ site: 'other' })).toBe('');
  expect(await journal({ file: 'other.csv' })).toBe('');
});

test('look-ups are good for an hour, but what was changed stays noted for ever', async () => {
  const looked = await aProject();
  await looked.noted('find x');
  const changed = await aProject();
  await changed.noted('bulk x');

  expect(await looked.journal({ now: NOW + HOUR_MS + 1 })).toBe('');
  expect(await changed.journal({ now: NOW + 100 * HOUR_MS })).toContain('bulk x');
});

test.each([
  [{ orders: 'new' }, 'the file of orders changed'],
  [{ rules: 'new' }, 'rules.yml changed'],
  [{ orders: 'new', rules: 'new' }, 'the file of orders and rules.yml changed'],
  [{ reading: 'new' }, 'the way to read it changed'],
])('%j since it was begun: an error, and --restart begins anew', async (change, words) => {
  const { noted, open, journal } = await aProject();
  await noted('alone x');

  await expect(open(inputs(change))).rejects.toThrow(words);
  expect(await journal({ ...inputs(change), restart: true })).toBe('');
});

test('a change after a dry run alone, or after the end, begins anew', async () => {
  const looked = await aProject();
  await looked.noted('find x');
  const finished = await aProject();
  await finished.noted('bulk x');
  await finished.noted('finished', NOW);

  expect(await looked.journal(inputs({ orders: 'new' }))).toBe('');
  expect((await finished.open()).finishedAt).toBe(NOW);
  expect((await finished.open(inputs({ orders: 'new' }))).finishedAt).toBeUndefined();
});

test('a table without rows is no file; one with rows is only its owner’s', async () => {
  const { open } = await aProject();
  const folder = await open();

  const none = await writeCsv(folder, 'none.csv', [['a', 'b']]);
  const some = await writeCsv(folder, 'some.csv', [
    ['a', 'b'],
    [1, 'say "hi", Ada'],
  ]);

  expect(none).toBeUndefined();
  await expect(access(join(folder.path, 'none.csv'))).rejects.toThrow('ENOENT');
  expect(await readFile(some ?? '', 'utf8')).toBe('"a","b"\n"1","say ""hi"", Ada"\n');
  expect((await stat(some ?? '')).mode & 0o777).toBe(0o600);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
});
