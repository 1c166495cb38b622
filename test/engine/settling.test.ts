import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createSettling } from '../../engine/settling.ts';
import { createLook, watchFiles } from '../../engine/watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'earmark-settling-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The times at which files were taken, of looks each 100 ms: a version, with `gone` where the file is not there. */
function takenAt(...looks: readonly (number | 'gone')[]): readonly number[] {
  const isSaved = createSettling(0);
  let version = 0;
  return looks.flatMap((look, at) => {
    const isGone = look === 'gone';
    if (isGone) version += looks[at - 1] === 'gone' ? 0 : 1;
    else version = look * 10;
    return isSaved({ version, isGone }, at * 100) ? [at * 100] : [];
  });
}

describe('saved files are taken', () => {
  test('when they have been as they are for 300 ms, once', () => {
    expect(takenAt(0, 0, 1, 1, 1, 1, 1, 1)).toEqual([500]);
  });

  test('never, while nobody saves', () => {
    expect(takenAt(0, 0, 0, 0, 0, 0)).toEqual([]);
  });

  test('once after several saves in a second', () => {
    expect(takenAt(1, 2, 2, 3, 3, 4, 4, 4, 4, 4)).toEqual([800]);
  });

  test('each time, where saves are apart', () => {
    expect(takenAt(1, 1, 1, 1, 2, 2, 2, 2)).toEqual([300, 700]);
  });

  test('not while the file is gone, or empty, for a moment', () => {
    expect(takenAt(...Array(15).fill('gone'), 2, 2, 2, 2)).toEqual([1800]);
  });

  test('when it stays away for two seconds', () => {
    expect(takenAt(...Array(30).fill('gone'))).toEqual([2000]);
  });
});

describe('a look', () => {
  const file = join(folder, 'rules.yml');
  const table = join(folder, 'skus.csv');

  test('sees each way in which an editor saves', () => {
    writeFileSync(file, 'one');
    const look = createLook(file);
    expect([look(), look()]).toEqual([
      { version: 0, isGone: false },
      { version: 0, isGone: false },
    ]);

    // A second file, and renamed.
    writeFileSync(`${file}~`, 'two');
    renameSync(`${file}~`, file);
    expect(look()).toEqual({ version: 1, isGone: false });

    // Cut to nothing, then written.
    writeFileSync(file, '');
    expect(look()).toEqual({ version: 2, isGone: true });
    appendFileSync(file, 'three');
    expect(look()).toEqual({ version: 3, isGone: false });

    // Gone for a moment.
    rmSync(file);
    expect(look()).toEqual({ version: 4, isGone: true });
    writeFileSync(file, 'four');
    expect(look()).toEqual({ version: 5, isGone: false });
  });

  test('takes a file that is new among them as it is, and one more in the folder for a save', () => {
    const files = new Set<string>();
    const sources: string[] = [];
    const look = createLook(file, files, () => sources);
    look();

    writeFileSync(table, 'value,label');
    files.add(table);
    expect(look().version).toBe(0);
    appendFileSync(table, '\nA,B');
    expect(look().version).toBe(1);

    sources.push(join(folder, 'acme.yml'));
    expect(look().version).toBe(2);
  });
});

test('a watch hears of what was saved before it began, and ends with its signal', async () => {
  const stopping = new AbortController();
  let now = 0;
  const looks = [1, 1, 2, 2, 2, 2, 2];
  const heard: number[] = [];

  await watchFiles(
    () => ({ version: looks.shift() ?? 0, isGone: false }),
    { version: 0, isGone: false },
    async () => void heard.push(now),
    {
      signal: stopping.signal,
      now: () => now,
      async wait(ms) {
        now += ms;
        if (looks.length === 0) stopping.abort();
      },
    },
  );

  // The first look is at 200 ms. Version 2 is there from 600 on, and quiet for 300 ms at 1,000.
  expect(heard).toEqual([1000]);
});
