import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './template.ts';
import { privateWords } from './words.ts';

/** What speaks of the words themselves, and what others wrote. */
const LEFT_OUT =
  /^(?:scripts\/words\.ts|test\/deploy\/words\.test\.ts|package-lock\.json|LICENSE)$/;

const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
const paths = execFileSync('git', listing, { cwd: ROOT, encoding: 'utf8' }).split('\0');
// Git lists links, and what was deleted a moment ago.
const isFile = (path: string): boolean =>
  lstatSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true;
const files = paths.filter((path) => path !== '' && !LEFT_OUT.test(path) && isFile(path));
const problems = files.flatMap((path) =>
  privateWords(path, readFileSync(join(ROOT, path), 'utf8')),
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${files.length} files use the words of the field.`);
