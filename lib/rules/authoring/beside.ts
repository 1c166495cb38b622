// The one file of the rules that reads files: when the bundle is built, and for the command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadBeside } from './load.ts';

/** Reads the tables beside a rules file of this folder. @throws what reading a file throws, but for no such file */
export function readBesideIn(folder: string): ReadBeside {
  return (name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
}
