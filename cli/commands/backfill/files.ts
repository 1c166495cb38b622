import { mkdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { digest } from '../../../lib/runtime/digest.ts';
import { saveFile } from '../../kit/files.ts';
import { csvCell } from './csv-cell.ts';
import type { Customer } from './customers.ts';
import type { Unread } from './orders.ts';
import type { Files } from './words.ts';

/** Makes the folder of a file of orders and a site, `.earmark/backfill/…`. Only its owner can read it. */
export async function makeFolder(project: string, file: string, site: string): Promise<string> {
  const name = basename(file, extname(file)).replaceAll(/[^\w-]+/g, '-');
  const id = digest(resolve(project, file), site).slice(0, 8);
  const path = join(project, '.earmark/backfill', `${name}-${id}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Writes who gets what, and what of the file could not be read. They hold e-mails. */
export async function writeFiles(
  folder: string,
  customers: readonly Customer[],
  unread: readonly Unread[],
): Promise<Files> {
  const earning = customers.flatMap(({ email, orders, job }) =>
    job ? [[email, orders, job.add.join('; '), job.remove.join('; ')]] : [],
  );
  const rows = unread.map(({ line, key, reason }) => [line, key, reason]);
  return {
    unread: await writeCsv(join(folder, 'unread.csv'), ['line', 'order', 'reason'], rows),
    customers: await writeCsv(
      join(folder, 'customers.csv'),
      ['email', 'orders', 'gets', 'loses'],
      earning,
    ),
  };
}

/** @returns the file; undefined for no rows */
async function writeCsv(
  file: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const lines = [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`);
  await saveFile(file, lines.join(''), { flag: 'w' });
  return file;
}
