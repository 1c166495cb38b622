// The one file of the rules that reads files: when the bundle is built, for the engine and for the command line.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ownDescriptions, ownFiles } from '../../sources/authoring/files.ts';
import type { ProjectRules } from './decisive.ts';
import { loadRules, type ReadBeside } from './load.ts';

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

/**
 * The rules of a project's folder.
 * @param rules the rules file, absolute
 * @param files gets each file that they stand in, also where one is broken
 * @throws FileError with the problems, what reading a file throws
 */
export function readProjectRules(rules: string, files: Set<string> = new Set()): ProjectRules {
  const folder = dirname(rules);
  for (const path of [rules, ...ownFiles(folder)]) files.add(path);
  const readBeside = readBesideIn(folder);
  const text = readFileSync(rules, 'utf8');
  const config = loadRules(text, relative('', rules), (name) => {
    files.add(join(folder, name));
    return readBeside(name);
  });
  return { config, ownSources: ownDescriptions(folder) };
}

/** When the newest of some files was written; those that are not there do not count. Epoch milliseconds. */
export const savedAt = (files: Iterable<string>): number =>
  Math.max(0, ...[...files].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
