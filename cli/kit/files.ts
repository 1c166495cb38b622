import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliFailure, wrongUsage } from './failure.ts';

/**
 * The text of a file that a command needs.
 * @param whatToDo a sentence, for where there is no such file
 * @throws CliFailure
 */
export async function readText(name: string, folder: string, whatToDo: string): Promise<string> {
  return readFile(resolve(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrongUsage(
      error.code === 'ENOENT'
        ? `There is no file ${name}. ${whatToDo}`
        : `The file ${name} cannot be read: ${error.message}`,
    );
  });
}

export interface SaveOptions {
  /** `w` over a file that is there, `wx` never over one. */
  readonly flag: 'w' | 'wx';
  /** What is to be said first where it fails: `Nothing was dropped: `. */
  readonly instead?: string;
  readonly write?: typeof writeFile;
}

/**
 * Writes a file that only its owner may read, all of it or nothing of it.
 * @throws CliFailure that names the file
 */
export async function saveFile(file: string, content: string, options: SaveOptions): Promise<void> {
  const { flag, instead = '', write = writeFile } = options;
  try {
    await write(file, content, { flag, mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new CliFailure(
        `${instead}${file} is there already. Give another name, or move it away.`,
      );
    }
    // What the disk had room for is no copy of anything.
    await rm(file, { force: true }).catch(() => {});
    throw new CliFailure(`${instead}${file} could not be written: ${message}`);
  }
}
