import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import { digest } from '../../../lib/runtime/digest.ts';
import { parseJson } from '../../../lib/runtime/json.ts';
import { CliFailure } from '../../kit/failure.ts';
import { saveFile } from '../../kit/save-file.ts';
import { csvCell } from './csv-cell.ts';
import { readJournal, textOf } from './journal.ts';

/** What a look at the contacts is good for, while nothing was changed yet. */
const LOOK_UPS_LAST_MS = 3_600_000;
/** Steps that changed something at the site begin so. */
const CHANGES = ['label ', 'create ', 'bulk ', 'alone '] as const;
export const FINISHED = 'finished';

const Inputs = z.object({
  /** SHA-256 of each. */
  orders: z.string(),
  rules: z.string(),
  /** Columns and source. */
  reading: z.string(),
});
export type Inputs = z.infer<typeof Inputs>;

const Begun = z.object({
  inputs: Inputs,
  /** Epoch milliseconds. */
  at: z.number(),
});

/** Where a backfill keeps what it did and found. Only its owner can read it: it holds e-mails. */
export interface Folder {
  readonly path: string;
  readonly journal: string;
  /** When it was done to the end, epoch milliseconds. */
  readonly finishedAt: number | undefined;
  /** It was begun before, and some of it is done. */
  readonly isBegun: boolean;
}

export interface FolderOptions {
  readonly project: string;
  readonly file: string;
  readonly site: string;
  readonly inputs: Inputs;
  readonly restart: boolean;
  readonly now: number;
}

/**
 * The folder of a file of orders and a site, `.earmark/backfill/…`. One that was looked up too long ago, or
 * for other orders or rules, is begun anew if nothing was changed yet.
 * @throws CliFailure when it was, or is done already with other orders
 */
export async function openFolder(options: FolderOptions): Promise<Folder> {
  const { project, file, site, inputs, restart, now } = options;
  const name = basename(file, extname(file)).replaceAll(/[^\w-]+/g, '-');
  const path = join(
    project,
    '.earmark/backfill',
    `${name}-${digest(resolve(file), site).slice(0, 8)}`,
  );
  const meta = join(path, 'begun.json');
  const journal = join(path, 'journal.jsonl');
  const begun = Begun.safeParse(parseJson(await textOf(meta))).data;
  const { steps } = readJournal(await textOf(journal));
  const finishedAt = steps.get(FINISHED);
  const hasChanged = steps.keys().some((step) => CHANGES.some((kind) => step.startsWith(kind)));
  const isBegun = hasChanged && finishedAt === undefined;
  const other = begun && differences(begun.inputs, inputs);
  if (isBegun && !restart && other) {
    throw new CliFailure(
      `This backfill was begun, and ${other} changed since. Go on with what it was begun with, or give up what is noted of it and begin anew with --restart: labels that are in place are not put again.`,
    );
  }
  const isStale = !hasChanged && begun && now - begun.at > LOOK_UPS_LAST_MS;
  if (!begun || restart || isStale || other) {
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true, mode: 0o700 });
    await saveFile(meta, JSON.stringify({ inputs, at: now }), { flag: 'w' });
    return { path, journal, finishedAt: undefined, isBegun: false };
  }
  return { path, journal, finishedAt: finishedAt as number | undefined, isBegun };
}

function differences(before: Inputs, now: Inputs): string | undefined {
  const words = { orders: 'the file of orders', rules: 'rules.yml', reading: 'the way to read it' };
  const changed = (['orders', 'rules', 'reading'] as const).filter(
    (one) => before[one] !== now[one],
  );
  return changed.map((one) => words[one]).join(' and ') || undefined;
}

/** SHA-256 of a file in hex. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Writes a CSV beside the journal. @returns its path; undefined for no rows */
export async function writeCsv(
  { path }: Folder,
  name: string,
  rows: readonly (readonly (string | number)[])[],
): Promise<string | undefined> {
  const [, ...data] = rows;
  if (data.length === 0) return undefined;
  const file = join(path, name);
  await saveFile(file, rows.map((row) => `${row.map(csvCell).join(',')}\n`).join(''), {
    flag: 'w',
  });
  return file;
}
