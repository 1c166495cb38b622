import type { Metafile } from 'esbuild';

export interface Part {
  /** A package of npm, a room of lib, or a file. */
  readonly name: string;
  /** Minified, without its share of what is around. */
  readonly bytes: number;
  /** The imports that lead to it from the function's entry, the shortest way. */
  readonly why: readonly string[];
}

export interface Contents {
  readonly bytes: number;
  /** What of it are the user's own rules, which no budget counts. */
  readonly rulesBytes: number;
  readonly packages: readonly Part[];
  readonly files: readonly Part[];
}

export interface Budget {
  readonly bytes: number;
  readonly packages: readonly string[];
}

const RULES = 'rules.yml';

/** `lib/wix` of a file in it, the package's name of a file in node_modules. */
export function groupOf(file: string): string {
  const [, name] = file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/) ?? [];
  return name ?? file.match(/^lib\/\w+/)?.[0] ?? file;
}

const isPackage = (file: string): boolean => file.includes('node_modules/');

/** Reads what esbuild reports of one bundle. @throws Error when it made no such output */
export function contentsOf(metafile: Metafile, entry: string): Contents {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry);
  if (output === undefined) throw new Error(`esbuild made no bundle of ${entry}.`);
  const ways = waysFrom(metafile.inputs, entry);
  const files = Object.entries(output.inputs)
    .map(([name, { bytesInOutput }]) => ({ name, bytes: bytesInOutput, why: ways.get(name) ?? [] }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const groups = Map.groupBy(files, ({ name }) => groupOf(name));
  const packages = [...groups].map(([name, its]) => ({
    name,
    bytes: its.reduce((sum, { bytes }) => sum + bytes, 0),
    why: shortest(its.map(({ why }) => why)),
  }));
  return {
    bytes: output.bytes,
    rulesBytes: output.inputs[RULES]?.bytesInOutput ?? 0,
    packages: packages.sort((a, b) => b.bytes - a.bytes),
    files,
  };
}

/** From the entry to each file, breadth first: the shortest chain of imports, the file left out. */
function waysFrom(inputs: Metafile['inputs'], entry: string): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[entry, []]]);
  // A Map goes on with what is added while it is walked.
  for (const [file, way] of ways) {
    for (const { path } of inputs[file]?.imports ?? []) {
      if (!ways.has(path)) ways.set(path, [...way, file]);
    }
  }
  return ways;
}

function shortest(ways: readonly (readonly string[])[]): readonly string[] {
  return ways.reduce((best, way) => (way.length < best.length ? way : best));
}

/** What is wrong with a bundle, in words; nothing when it keeps to its budget. */
export function overBudget(
  name: string,
  { bytes, rulesBytes, packages, files }: Contents,
  budget: Budget,
): string[] {
  const own = bytes - rulesBytes;
  const problems =
    own > budget.bytes
      ? [
          `${name} has ${bytesText(own)} and its budget is ${bytesText(budget.bytes)}. Take something out, or raise the ` +
            'budget in scripts/bundle-budgets.json and say in the commit what it buys.',
        ]
      : [];
  const fromNpm = new Set(
    files
      .map((file) => file.name)
      .filter(isPackage)
      .map(groupOf),
  );
  for (const part of packages) {
    if (!fromNpm.has(part.name) || budget.packages.includes(part.name)) continue;
    problems.push(
      `${name} holds ${part.name} (${bytesText(part.bytes)}), which its budget does not name. It came in by ` +
        `${wayText(part.why)}. Do without it, or name it in scripts/bundle-budgets.json and measure its start-up (npm run bench:start).`,
    );
  }
  return problems;
}

export const bytesText = (count: number): string => `${count.toLocaleString('en')} bytes`;

/** A chain of files as one of rooms and packages: `functions/label.ts → lib/queue → @aws-sdk/client-sqs`. */
export function wayText(way: readonly string[]): string {
  const steps = way.map(groupOf);
  return steps.filter((step, i) => step !== steps[i - 1]).join(' → ');
}
