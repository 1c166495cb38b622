import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS, FUNCTION_NAMES, type FunctionName } from './build.ts';
import budgets from './bundle-budgets.json' with { type: 'json' };
import {
  bytesText,
  type Contents,
  contentsOf,
  overBudget,
  type Part,
  wayText,
} from './bundle-contents.ts';

const HELP = `npm run bundles: what is in each function's bundle, how large it is, and what brought it in.

Exits with 1 when a bundle is over its budget, or holds a package that its budget does not name. Budgets are in
scripts/bundle-budgets.json; your rules are not counted.

  --files     each file, and not each package
  --json      print one JSON object
  --help`;

/** Bundles both functions in memory, and reads what is in them. */
export async function bundle(): Promise<Record<FunctionName, Contents>> {
  const entries = FUNCTION_NAMES.map((name) => [name, `functions/${name}.ts`] as const);
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    sourcemap: false,
    entryPoints: entries.map(([, entry]) => entry),
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const contents = entries.map(([name, entry]) => [name, contentsOf(metafile, entry)]);
  return Object.fromEntries(contents) as Record<FunctionName, Contents>;
}

function show(name: FunctionName, contents: Contents, parts: readonly Part[]): void {
  const own = contents.bytes - contents.rulesBytes;
  const share = Math.round((own / budgets[name].bytes) * 1000) / 10;
  console.log(
    `\n${name}: ${bytesText(own)}, ${share} % of its budget of ${bytesText(budgets[name].bytes)}`,
  );
  for (const part of parts) {
    console.log(
      `  ${String(part.bytes).padStart(7)}  ${part.name.padEnd(36)}  ${wayText(part.why)}`,
    );
  }
}

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { files: flag, json: flag, help: flag } });
  if (values.help) return console.log(HELP);
  const bundles = await bundle();
  const problems = FUNCTION_NAMES.flatMap((name) => overBudget(name, bundles[name], budgets[name]));
  if (values.json) console.log(JSON.stringify({ bundles, budgets, problems }));
  else {
    for (const name of FUNCTION_NAMES) {
      show(name, bundles[name], values.files ? bundles[name].files : bundles[name].packages);
    }
  }
  for (const problem of problems) console.error(`\n${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
