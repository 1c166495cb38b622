import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type Journal, openJournal } from '../../cli/commands/backfill/journal.ts';
import { csvFile } from './csv-file.ts';

const opened: Journal[] = [];
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
});

/** Where a new journal can be. */
export const journalPath = async (): Promise<string> =>
  join(dirname(await csvFile('')), 'journal.jsonl');

/** A journal, closed when the test is over. */
export async function testJournal(path?: string): Promise<Journal> {
  const journal = await openJournal(path ?? (await journalPath()));
  opened.push(journal);
  return journal;
}
