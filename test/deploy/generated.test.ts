import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { generatedFiles } from '../../scripts/generated/files.ts';

const FILES = generatedFiles();

test.each([...FILES.keys()])('%s is what it is made of (else: npm run generate)', (path) => {
  const written = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

  expect(written).toBe(FILES.get(path));
});

test('docs/senders.md has lines of at most 120 columns, but for tables and addresses', () => {
  const lines = (FILES.get('docs/senders.md') ?? '').split('\n');

  expect(lines.filter((line) => line.length > 120 && !/^\||https?:/.test(line))).toEqual([]);
});
