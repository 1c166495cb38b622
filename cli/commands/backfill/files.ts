import { mkdir, rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { withoutUnseen } from '../../../lib/runtime/visible.ts';
import { saveFile } from '../../kit/files.ts';
import type { Customer } from './customers.ts';
import type { Unread } from './orders.ts';

/** The files beside the note of a run; undefined for one without rows. */
export type WrittenFiles = Awaited<ReturnType<typeof writeFiles>>;

/** Makes the folder `.earmark/backfill/…` for a file of orders and a site. Only its owner can read it. */
export async function makeFolder(project: string, file: string, site: string): Promise<string> {
  const name = basename(file, extname(file)).replaceAll(/[^\w-]+/g, '-');
  const id = digest(resolve(project, file), site).slice(0, 8);
  const path = join(project, '.earmark/backfill', `${name}-${id}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * Writes who gets what, who was no contact, and what of the file could not be read. They hold e-mails.
 * @param metNobody says of a customer's job that the site had no such contact when an earlier run sent it
 */
export async function writeFiles(
  folder: string,
  customers: readonly Customer[],
  unread: readonly Unread[],
  metNobody: (job: LabelJob) => boolean,
) {
  const earning = customers.flatMap(({ email, orders, job }) =>
    job && job.add.length + job.remove.length > 0
      ? [[email, orders, job.add.join('; '), job.remove.join('; ')]]
      : [],
  );
  const rows = unread.map(({ line, key, reason }) => [line, key, reason]);
  const columns = ['email', 'orders', 'gets', 'loses'];
  const nobody = customers.flatMap(({ email, job }) => (job && metNobody(job) ? [[email]] : []));
  return {
    unread: await writeCsv(join(folder, 'unread.csv'), ['line', 'order', 'reason'], rows),
    noContacts: await writeCsv(join(folder, 'no-contacts.csv'), ['email'], nobody),
    customers: await writeCsv(join(folder, 'customers.csv'), columns, earning),
  };
}

/** @returns the file; undefined for no rows, and then there is none */
async function writeCsv(
  file: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<string | undefined> {
  if (rows.length === 0) {
    await rm(file, { force: true });
    return undefined;
  }
  const lines = [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`);
  await saveFile(file, lines.join(''), { flag: 'w' });
  return file;
}

/**
 * What a spreadsheet takes for the beginning of a formula, blanks and quotes before it or not: wide and small
 * forms too, and behind a semicolon, which parts cells where the comma is a decimal point.
 * https://owasp.org/www-community/attacks/CSV_Injection (checked 2026-11-28)
 */
const FORMULA = /(^|;)(?=[\s"']*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu;

/**
 * A cell of a CSV that people open in a spreadsheet, in quotes. Text comes from shops and their customers: an
 * apostrophe makes it text to a spreadsheet, and it stands on one line without what nobody sees. Numbers are
 * ours and stay numbers.
 */
export function csvCell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return `"${text.replaceAll('"', '""')}"`;
}

function harmless(text: string): string {
  const seen = withoutUnseen(text.replace(/\s+/g, ' ')).replace(FORMULA, "$1'");
  return /^[\t\r\n]/.test(text) && !seen.startsWith("'") ? `'${seen}` : seen;
}
