import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file with these bytes, in a folder of its own that the system clears away. */
export async function csvFile(content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'earmark-csv-')), 'orders.csv');
  await writeFile(path, content);
  return path;
}
