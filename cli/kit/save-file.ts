import { rm, writeFile } from 'node:fs/promises';
import { CliFailure } from './failure.ts';

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
    // What the disk had room for is no copy of anything.
    if (code !== 'EEXIST') await rm(file, { force: true }).catch(() => {});
    throw new CliFailure(`${instead}${file} could not be written: ${message}`);
  }
}
