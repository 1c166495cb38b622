import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// What the dry run (all tests, no mutant) hands to the runs of the mutants, which are other processes.
// It lies in Stryker's sandbox and goes with it.

const fileIn = (rootDir) => join(rootDir, '.dry-run.json');

/**
 * @returns {Record<string, { ms: number, tests: string[] }>} how long each test file took and the full
 *   names of its tests, by its path; nothing before the dry run
 */
export function readDryRun(rootDir) {
  const file = fileIn(rootDir);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Notes one test file. */
export function noteDryRun(rootDir, testPath, ms, tests) {
  const noted = { ...readDryRun(rootDir), [testPath]: { ms, tests } };
  writeFileSync(fileIn(rootDir), JSON.stringify(noted));
}
