import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import {
  BUNDLE_OPTIONS,
  functionNames,
  pluginsOf,
  RULES,
  type StandingFunctionName,
} from './build.ts';
import budgets from './bundle-budgets.json' with { type: 'json' };
import {
  type Budget,
  bytesText,
  type Contents,
  contentsOf,
  overBudget,
  type Part,
  wayText,
} from './bundle-contents.ts';

const HELP = `npm run bundles: what is in each function's bundle, how large it is, and what brought it in.

Exits with 1 when a bundle is over its budget, or holds a package that its budget does not name. Budgets are in
scripts/bundle-budgets.json; your rules are not counted. Shown are the bundles without standing labels, and with them.

  --files     each file, and not each package
  --json      print one JSON object
  --help`;

type Each<T> = Readonly<Partial<Record<StandingFunctionName, T>>>;

/** What each function's bundle holds, by whether there are standing labels. */
const BUDGETS: Readonly<Record<'without' | 'with', Each<Budget>>> = budgets;

/** Bundles the functions in memory, and reads what is in them. @param isStanding whether there are standing labels */
export async function bundle(isStanding: boolean, rules = RULES): Promise<Each<Contents>> {
  const entries = functionNames(isStanding).map((name) => [name, `functions/${name}.ts`] as const);
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    ...pluginsOf({ rules, isStanding }),
    sourcemap: false,
    entryPoints: entries.map(([, entry]) => entry),
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  return Object.fromEntries(entries.map(([name, entry]) => [name, contentsOf(metafile, entry)]));
}

interface Measured {
  readonly name: StandingFunctionName;
  readonly title: string;
  readonly contents: Contents;
  readonly budget: Budget;
}

/** Every bundle of a deployment without standing labels, and of one with them. */
async function measureAll(): Promise<readonly Measured[]> {
  const found: Measured[] = [];
  for (const labels of ['without', 'with'] as const) {
    const bundles = await bundle(labels === 'with');
    for (const name of functionNames(labels === 'with')) {
      const [contents, budget] = [bundles[name], BUDGETS[labels][name]];
      if (!contents || !budget) throw new Error(`${name} ${labels} labels has no budget.`);
      found.push({ name, title: `${name} ${labels} standing labels`, contents, budget });
    }
  }
  return found;
}

function show({ title, contents, budget }: Measured, parts: readonly Part[]): void {
  const own = contents.bytes - contents.rulesBytes;
  const share = Math.round((own / budget.bytes) * 1000) / 10;
  console.log(
    `\n${title}: ${bytesText(own)}, ${share} % of its budget of ${bytesText(budget.bytes)}`,
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
  const all = await measureAll();
  const problems = all.flatMap(({ title, contents, budget }) =>
    overBudget(title, contents, budget),
  );
  if (values.json) console.log(JSON.stringify({ bundles: all, problems }));
  else for (const one of all) show(one, values.files ? one.contents.files : one.contents.packages);
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
