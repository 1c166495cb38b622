import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createSearch } from './forbidden.ts';
import type { LogRecord } from './record.ts';

/** A run of so many test files is the whole suite; and that logs so much at least. */
const WHOLE_SUITE_FILES = 120;
const LEAST_LINES = 5_000;
const LEAST_FILES = 25;
const MESSAGES = ['delivery', 'job', 'metrics', 'breaker', 'throttled'];
const MOST_SHOWN = 10;

/**
 * After the tests: no line that the functions' code logged in any of them may hold personal data or a
 * secret. Jest counts what `getLastError` returns as a failure of the run.
 */
export default class LogWatch {
  readonly #folder = mkdtempSync(join(tmpdir(), 'earmark-logs-'));
  #error: Error | undefined;

  constructor() {
    // Before the workers are started: they inherit it.
    process.env.EARMARK_LOG_RECORDS = this.#folder;
  }

  /** Each run anew, when Jest watches. */
  onRunStart(): void {
    mkdirSync(this.#folder, { recursive: true });
  }

  onRunComplete(_contexts: unknown, results: { readonly numTotalTestSuites: number }): void {
    const records = readdirSync(this.#folder).flatMap((name) =>
      readFileSync(join(this.#folder, name), 'utf8')
        .split('\n')
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as LogRecord),
    );
    rmSync(this.#folder, { recursive: true });
    this.#error = undefined;
    const { report, problems } = inspect(records, results.numTotalTestSuites);
    if (problems.length > 0) this.#error = new Error(problems.join('\n'));
    process.stderr.write(`${[report, ...problems].join('\n')}\n`);
  }

  getLastError(): Error | undefined {
    return this.#error;
  }
}

/** @param testFiles how many were run */
export function inspect(records: readonly LogRecord[], testFiles: number) {
  const search = createSearch(
    records.flatMap((record) => ('secret' in record ? record.secret : [])),
  );
  const lines = records.flatMap((record) => ('line' in record ? record : []));
  const found = new Map<string, string>();
  for (const { file, line } of lines) {
    const finding = search(withoutKeptBody(line));
    if (!finding) continue;
    const { what, text } = finding;
    const where = relative('', file);
    // One of a kind and file is enough to see what is wrong.
    found.set(
      `${where} ${what} ${text}`,
      `${where}: ${what}, ${JSON.stringify(text)}, in: ${line}`,
    );
  }
  const files = new Set(lines.map(({ file }) => file)).size;
  const shown = [...found.values()].slice(0, MOST_SHOWN).map((text) => `  ${text.slice(0, 600)}`);
  const leak = `What is logged may hold nothing of a person and no secret (${found.size} found):`;
  const problems = [
    ...(found.size > 0 ? [leak, ...shown] : []),
    ...(testFiles >= WHOLE_SUITE_FILES ? tooLittle(lines, files) : []),
  ];
  const report = `Log:         ${lines.length} lines of ${files} test files searched for personal data and secrets`;
  return { report, problems };
}

/** The body of the line `kept` is there on purpose, where its owner asked for it: the rest of the line is searched. */
const withoutKeptBody = (line: string): string =>
  line.includes('"message":"kept"') ? line.replace(/"body":\[[^\]]*\]/, '"body":[]') : line;

/** A search of nothing proves nothing. */
function tooLittle(
  lines: readonly Extract<LogRecord, { line: string }>[],
  files: number,
): readonly string[] {
  const unseen = MESSAGES.filter(
    (message) => !lines.some(({ line }) => line.includes(`"message":"${message}"`)),
  );
  return [
    ...(lines.length < LEAST_LINES || files < LEAST_FILES
      ? [`The whole suite logs more than ${lines.length} lines in ${files} files: is it recorded?`]
      : []),
    ...unseen.map((message) => `The whole suite logs "${message}" somewhere: is it recorded?`),
  ];
}
