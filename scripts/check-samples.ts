import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { checkField } from './check-samples/field.ts';
import { checkPublished } from './check-samples/published.ts';
import { checkReports } from './check-samples/reports.ts';

const HELP = `Usage: node scripts/check-samples.ts DIR

Reads samples that others made, and says of each whether it is read right. DIR holds one of
  signed-vectors.json   signed requests, and one payload of each platform
  index.tsv             payloads, and for each what is right: prints the score by source
  *.json, *.bin         inputs of bug reports, {headers, body} or bytes: prints what became of each

Ends with 1 if anything is wrong, with 2 if DIR cannot be read.`;

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function main(directory: string | undefined): Promise<number> {
  if (directory === undefined || directory === '--help' || directory === '-h') {
    console.log(HELP);
    return directory === undefined ? 2 : 0;
  }
  const holds = (file: string): Promise<boolean> => isThere(join(directory, file));
  const check = (await holds('signed-vectors.json'))
    ? checkPublished
    : (await holds('index.tsv'))
      ? checkField
      : checkReports;
  const wrong = await check(directory);
  console.log(wrong === 0 ? 'All passed.' : `${wrong} failed.`);
  return wrong === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  console.error(`The samples cannot be read: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
