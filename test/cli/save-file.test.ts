import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { saveFile } from '../../cli/kit/files.ts';
import { csvFile } from '../support/csv-file.ts';

const FULL = new Error('ENOSPC: no space left on device, write');
const aFile = async (name: string): Promise<string> => join(dirname(await csvFile('')), name);

test('of a file that does not fit nothing stays, and the error names it', async () => {
  // Arrange
  const file = await aFile('saved.json');
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
  const file = await aFile('there.json');
  await writeFile(file, 'mine');
  await expect(saveFile(file, '{}', { flag: 'wx' })).rejects.toThrow('is there already');
  expect(await readFile(file, 'utf8')).toBe('mine');
});
