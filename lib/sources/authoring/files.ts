// The files of the described sources. The bundle of `receive` has none of this: described/descriptions.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError, type FileProblem } from '../../yaml/problem.ts';
import type { Description } from '../described/description.ts';
import { type LoadedSource, loadSource } from './load.ts';
import { OWN_NAME, ownFolder } from './own-folder.ts';

const OUR_FOLDER = fileURLToPath(new URL('../../../sources', import.meta.url));

/** A source's file: Earmark's, or the user's own, which comes in place of Earmark's of the same name. */
export interface SourceFilePath {
  readonly path: string;
  readonly isOwn: boolean;
  /** There is one of Earmark's of that name, too. */
  readonly replaces: boolean;
}

/** The files in two folders by the source's name, in order. A folder that is not there has none. */
export function filesIn(ours: string, own: string): ReadonlyMap<string, SourceFilePath> {
  const names = new Set(ymlIn(ours).map(nameOf));
  const found = [ours, own].flatMap((folder) =>
    ymlIn(folder).map((path): [string, SourceFilePath] => {
      const isOwn = folder === own;
      return [nameOf(path), { path, isOwn, replaces: isOwn && names.has(nameOf(path)) }];
    }),
  );
  return new Map([...new Map(found)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const nameOf = (path: string): string => basename(path, '.yml');

function ymlIn(folder: string): readonly string[] {
  try {
    return (
      readdirSync(folder)
        // One that ends in .yaml is read, to say so.
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => join(folder, name))
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

let all: ReadonlyMap<string, SourceFilePath> | undefined;

/** The described sources by name, as they were when they were first asked for, or last forgotten. */
export function sourceFiles(): ReadonlyMap<string, SourceFilePath> {
  all ??= filesIn(OUR_FOLDER, ownFolder());
  return all;
}

const read = new Map<string, LoadedSource>();

/** A source's file, read and checked once. @throws FileError with all that is wrong with it, what reading a file throws */
export function readSourceFile(name: string, { path }: Pick<SourceFilePath, 'path'>): LoadedSource {
  const known = read.get(path) ?? loadSource(readFileSync(path, 'utf8'), name, relative('', path));
  read.set(path, known);
  return known;
}

/** Forgets which files there are, and what stood in the user's own: the engine has them read anew. */
export function forgetOwnFiles(): void {
  all = undefined;
  for (const path of read.keys()) if (dirname(path) !== OUR_FOLDER) read.delete(path);
}

/**
 * Every described source, checked.
 * @param folder the user's project folder, which may have sources of its own
 * @throws FileError with the problems of all files
 */
export const readDescriptions = (folder: string): readonly Description[] =>
  described(filesIn(OUR_FOLDER, join(folder, OWN_NAME)));

/** The user's own alone. @throws as `readDescriptions` */
export const ownDescriptions = (folder: string): readonly Description[] =>
  described(filesIn(OUR_FOLDER, join(folder, OWN_NAME)), ({ isOwn }) => isOwn);

/** The paths of the user's own files. */
export const ownFiles = (folder: string): readonly string[] => ymlIn(join(folder, OWN_NAME));

function described(
  files: ReadonlyMap<string, SourceFilePath>,
  isWanted: (file: SourceFilePath) => boolean = () => true,
): readonly Description[] {
  const problems: FileProblem[] = [];
  const found = [...files].flatMap(([name, file]) => {
    try {
      return isWanted(file) ? [readSourceFile(name, file).description] : [];
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new FileError(problems);
  return found;
}

/** What is wrong with the files of a folder, which may not be there. */
export const problemsIn = (folder: string): readonly FileProblem[] =>
  ymlIn(folder).flatMap((path) => {
    try {
      readSourceFile(nameOf(path), { path });
      return [];
    } catch (error) {
      if (error instanceof FileError) return error.problems;
      throw error;
    }
  });

/** The described source of that name, read when it is first asked for. @throws as `readSourceFile` */
export function loadedSource(name: string): LoadedSource | undefined {
  const file = sourceFiles().get(name);
  return file && readSourceFile(name, file);
}
