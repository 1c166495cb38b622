// Writes the files that are made of others. test/deploy/generated.test.ts holds them fresh.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generatedFiles } from './generated/files.ts';

try {
  for (const [path, text] of generatedFiles()) {
    writeFileSync(resolve(import.meta.dirname, '..', path), text);
    console.log(path);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
