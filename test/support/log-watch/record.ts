import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** What a test file left for the reporter, one JSON value a line. */
export type LogRecord =
  | { readonly file: string; readonly line: string }
  /** A secret that tests of this file made up: no line may hold it. */
  | { readonly file: string; readonly secret: string };

/** Where records go: the reporter says it. Unset where Jest runs without it (mutation testing). */
const folder = process.env.EARMARK_LOG_RECORDS;

const file = (): string => expect.getState().testPath ?? 'no test';
let held: string[] = [];
let isOver = false;

function keep(record: LogRecord): void {
  if (folder === undefined) return;
  held.push(`${JSON.stringify(record)}\n`);
  // What is logged after the last hook, as by an engine that is stopped in one, has no later chance.
  if (isOver || held.length >= 10_000) flushRecords();
}

/** Notes lines that the functions' code wrote, for the search that follows the run. */
export function recordLog(lines: string): void {
  for (const line of lines.split('\n')) if (line !== '') keep({ file: file(), line });
}

/** Notes the log file of an engine's process; of one that never got so far there is none. */
export function recordLogFile(path: string): void {
  if (existsSync(path)) recordLog(readFileSync(path, 'utf8'));
}

/** Texts that no line may hold; those too short to differ from an ordinary word are left out. */
export function recordSecrets(secrets: Iterable<string>): void {
  for (const secret of secrets) if (secret.length >= 8) keep({ file: file(), secret });
}

function flushRecords(): void {
  if (folder === undefined || held.length === 0) return;
  appendFileSync(join(folder, `${process.env.JEST_WORKER_ID}.jsonl`), held.join(''));
  held = [];
}

export function endRecords(): void {
  isOver = true;
  flushRecords();
}
