import { resolve } from 'node:path';
import { filesIn, readSourceFile } from '../../lib/sources/authoring/files.ts';
import type { LoadedSource } from '../../lib/sources/authoring/load.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NO_FOLDER = '';

/** Earmark's own described sources, in order. A user's own are in none of Earmark's pages. @throws FileError */
export const ourSources = (): readonly LoadedSource[] =>
  [...filesIn(resolve(ROOT, 'sources'), NO_FOLDER)].map(([name, file]) =>
    readSourceFile(name, file),
  );
