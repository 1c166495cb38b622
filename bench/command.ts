import { parseArgs } from 'node:util';
import { table as columnsTable } from '../terminal/table.ts';

/** A whole number that an option takes: its default, and the least it may be. */
interface Count {
  readonly usual: number;
  readonly least: number;
}

/** The options of every simulation. */
export const TRACE_COUNTS = {
  events: { usual: 10_000, least: 1 },
  seed: { usual: 1, least: 0 },
} as const;

/** What the simulations' help says of them. */
export const TRACE_HELP = `  --events 10000  events a trace
  --seed 1        another seed, another day
  --json          print one JSON object
  --help`;

/**
 * Reads whole numbers, `--json`, other flags, and options that are text, '' by default. Ends the process after
 * `--help`, and on a line it cannot read.
 */
export function readOptions<
  Name extends string,
  Flag extends string = never,
  Text extends string = never,
>(
  help: string,
  counts: Readonly<Record<Name, Count>>,
  {
    flags = [],
    texts = [],
  }: { readonly flags?: readonly Flag[]; readonly texts?: readonly Text[] } = {},
): Readonly<Record<Name, number> & Record<'json' | Flag, boolean> & Record<Text, string>> {
  const names = Object.keys(counts) as Name[];
  const typed = (all: readonly string[], type: 'string' | 'boolean') =>
    Object.fromEntries(all.map((name) => [name, { type }]));
  const options = {
    ...typed([...names, ...texts], 'string'),
    ...typed([...flags, 'json', 'help'], 'boolean'),
  };
  let given: Readonly<Record<string, unknown>>;
  try {
    given = parseArgs({ options }).values;
  } catch (error) {
    return fail(help, error instanceof Error ? error.message : String(error));
  }
  if (given.help) {
    console.log(help);
    process.exit(0);
  }
  const numbers = names.map((name) => {
    const { usual, least } = counts[name];
    const number = Number(given[name] ?? usual);
    if (Number.isInteger(number) && number >= least) return [name, number];
    return fail(help, `--${name} is no whole number from ${least} up.`);
  });
  return Object.fromEntries([
    ...numbers,
    ...[...flags, 'json'].map((name) => [name, given[name] === true]),
    ...texts.map((name) => [name, given[name] ?? '']),
  ]);
}

/** Ends the process because of its options. */
export function fail(help: string, why: string): never {
  console.error(`${why}\n\n${help}`);
  process.exit(2);
}

/** Shows what is going on to a person at a terminal; '' wipes it away. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Prints the result, as JSON or as a report, and ends with 1 unless all rows passed. */
export function finish(
  json: boolean,
  result: object,
  report: string,
  rows: readonly { readonly passed: boolean }[],
): void {
  const passed = rows.every((row) => row.passed);
  console.log(json ? JSON.stringify({ ...result, passed }, null, 2) : report);
  process.exitCode = passed ? 0 : 1;
}

/** Columns of text: the first to the left, the others, numbers, to the right. */
export const table = (rows: readonly (readonly string[])[]): string =>
  columnsTable(rows, [...(rows[0] ?? []).keys()].slice(1));
