import { open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { appendTo, openJournal, readJournal } from '../../../cli/commands/backfill/journal.ts';
import { saveFile } from '../../../cli/kit/save-file.ts';
import { journalPath } from '../../support/test-journal.ts';

const FULL = new Error('ENOSPC: no space left on device, write');

/** A journal's file on a disk with so much room: what fits of a line is written, as disks do. */
async function onDisk(room: number) {
  const path = await journalPath();
  const file = await open(path, 'a');
  const disk = { room };
  const journal = appendTo(
    {
      async appendFile(line) {
        const text = String(line);
        const fits = text.slice(0, disk.room);
        disk.room -= fits.length;
        await file.appendFile(fits);
        if (fits !== text) throw FULL;
      },
      datasync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
    },
    path,
    0,
  );
  const lines = async () => [...readJournal(await readFile(path, 'utf8')).steps.keys()];
  return { journal, path, disk, lines };
}

test('a journal that the disk takes no more of ends the run, and keeps what was noted', async () => {
  // Arrange
  const { journal, path, disk, lines } = await onDisk(30);
  await journal.append('["one",1]\n');
  await journal.append('["two",2]\n');

  // Act
  const failing = journal.append('["three",3]\n["no line of its own');
  await expect(failing).rejects.toMatchObject({
    name: 'CliFailure',
    message: expect.stringContaining(`${path} could not be written: ENOSPC`),
  });

  // Assess
  expect(await readFile(path, 'utf8')).toBe('["one",1]\n["two",2]\n');
  disk.room = 100;
  await journal.append('["four",4]\n');
  expect(await lines()).toEqual(['one', 'two', 'four']);
  await journal.close();
});

test('one that fails takes no other with it, though they were begun together', async () => {
  const { journal, lines } = await onDisk(25);
  const settled = await Promise.allSettled(
    ['["one",1]\n', '["two",2]\n', '["a long step that does not fit",3]\n', '["4",4]\n'].map(
      (line) => journal.append(line),
    ),
  );
  const done = ['one', 'two', 'a long step that does not fit', '4'].filter(
    (_, at) => settled[at]?.status === 'fulfilled',
  );
  expect(await lines()).toEqual(done);
  expect(done).toEqual(expect.arrayContaining(['one', 'two']));
  await journal.close();
});

test('a journal that cannot be read is not begun anew', async () => {
  // Arrange: a folder in its place, for root may read every file
  const path = dirname(await journalPath());
  await expect(openJournal(path)).rejects.toThrow('EISDIR');
});

test('of a file that does not fit nothing stays, and the error names it', async () => {
  // Arrange
  const file = join(dirname(await journalPath()), 'saved.json');
  const write = (async () => {
    await writeFile(file, 'as much as fi');
    throw FULL;
  }) as unknown as typeof writeFile;

  // Act
  const failing = saveFile(file, '{}', { flag: 'wx', instead: 'Nothing was dropped: ', write });

  // Assess
  await expect(failing).rejects.toMatchObject({
    name: 'CliFailure',
    message: `Nothing was dropped: ${file} could not be written: ${FULL.message}`,
  });
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('a file that is there is left alone', async () => {
  const file = join(dirname(await journalPath()), 'there.json');
  await writeFile(file, 'mine');
  await expect(saveFile(file, '{}', { flag: 'wx' })).rejects.toThrow('EEXIST');
  expect(await readFile(file, 'utf8')).toBe('mine');
});
