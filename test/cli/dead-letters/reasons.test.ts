import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { REMEDIES } from '../../../cli/commands/dead-letters/reasons.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The rows of the table of reasons in README.md. */
async function readmeRows(): Promise<readonly (readonly [string, string])[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, table = ''] = readme.split('| reason of a dead letter | what to do |');
  return table
    .slice(0, table.indexOf('\n\n'))
    .split('\n')
    .flatMap((line) => {
      const [, reasons = '', remedy = ''] = /^\| (`.*`) \| (.*) \|$/.exec(line) ?? [];
      return [...reasons.matchAll(/`([^`]+)`/g)].map(
        ([, reason = '']) => [reason, remedy] as const,
      );
    });
}

test('README.md has the remedy of every reason, and no other', async () => {
  expect(Object.fromEntries(await readmeRows())).toEqual(REMEDIES);
});

// What the types of the worker name is held by the compiler; what is written as text, here.
test.each([
  ['lib/receiving/receiver.ts', 2],
  ['lib/receiving/to-job.ts', 2],
  ['lib/labelling/worker.ts', 1],
])('every reason that %s gives has a remedy', async (file, atLeast) => {
  const text = await readFile(join(ROOT, file), 'utf8');
  const reasons = [...text.matchAll(/reason: '([a-z-]+)'/g)].map(([, reason = '']) => reason);

  expect(reasons.length).toBeGreaterThanOrEqual(atLeast);
  for (const reason of reasons) expect(Object.keys(REMEDIES)).toContain(reason);
});
