import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly seed: number;
  readonly events: number;
  readonly json: boolean;
  /** How the names of the runs begin that are wanted; '' for all. */
  readonly only: string;
}

/** What the simulations' help says of the options they share. */
export const OPTIONS_HELP = `  --events 10000  events a trace
  --seed 1        another seed, another day
  --json          print one JSON object
  --help`;

export interface BenchDefaults {
  readonly events?: number;
  /** The names that --only chooses from. Default: none, so there is nothing to choose. */
  readonly runs?: readonly string[];
}

/** Reads the options of a simulation; ends the process after --help, and on options it cannot read. */
export function readBenchOptions(
  help: string,
  { events: defaultEvents = 10_000, runs = [] }: BenchDefaults = {},
): BenchOptions {
  const fail = failWith(help);
  const options = {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: String(defaultEvents) },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  const values = parsed(() => parseArgs({ options }).values, fail);
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const seed = Number(values.seed);
  const events = Number(values.events);
  if (!Number.isInteger(seed)) fail(`--seed ${values.seed} is not a whole number.`);
  if (!Number.isInteger(events) || events < 1) fail(`--events ${values.events} is not 1 or more.`);
  const { json, only } = values;
  if (only !== '' && !runs.some((name) => name.startsWith(only))) {
    fail(`--only ${only}: there is no such run.`);
  }
  return { seed, events, json, only };
}

/**
 * Reads the whole numbers of a command line, each with what it is unless given and the least it may be,
 * and --json and other flags; ends the process after --help, and on a line it cannot read.
 */
export function readCounts<Name extends string, Flag extends string = never>(
  help: string,
  counts: Readonly<Record<Name, { readonly usual: number; readonly least: number }>>,
  others: readonly Flag[] = [],
): Readonly<Record<Name, number>> & Readonly<Record<'json' | Flag, boolean>> {
  const fail = failWith(help);
  const names = Object.keys(counts) as Name[];
  const flags = ['json', ...others] as const;
  const options = {
    ...Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
    ...Object.fromEntries([...flags, 'help'].map((name) => [name, { type: 'boolean' } as const])),
  };
  const given: Readonly<Record<string, unknown>> = parsed(
    () => parseArgs({ options }).values,
    fail,
  );
  if (given.help) {
    console.log(help);
    process.exit(0);
  }
  const numbers = names.map((name) => {
    const { usual, least } = counts[name];
    const number = Number(given[name] ?? usual);
    if (Number.isInteger(number) && number >= least) return [name, number];
    return fail(`--${name} is no whole number from ${least} up.`);
  });
  const set = flags.map((name) => [name, given[name] === true]);
  return Object.fromEntries([...numbers, ...set]);
}

type Fail = (why: string) => never;

const failWith =
  (help: string): Fail =>
  (why) => {
    console.error(`${why}\n\n${help}`);
    process.exit(2);
  };

function parsed<T>(parse: () => T, fail: Fail): T {
  try {
    return parse();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** Says what is going on, where a person looks on; '' wipes it away. */
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

/** Columns of text: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}
