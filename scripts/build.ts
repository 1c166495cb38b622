import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { readDescriptions } from '../lib/sources/authoring/files.ts';
import type { Description } from '../lib/sources/described/description.ts';
import { awsPlugin } from './aws-plugin.ts';
import { rulesPlugin } from './rules-plugin.ts';
import { SOURCES_FOLDER, sourcesPlugin, writeDescriptions } from './sources-plugin.ts';
import { hasStandingLabels, standingDefine, standingPlugin } from './standing.ts';

const ROOT = resolve(import.meta.dirname, '..');
export const RULES = join(ROOT, 'rules.yml');

/** The Lambda functions that there always are, one entry file each in `functions/`. */
export const FUNCTION_NAMES = ['receive', 'label'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
/** Those that there are where rules.yml has `labels:`. */
export const STANDING_FUNCTION_NAMES = [...FUNCTION_NAMES, 'wake'] as const;
export type StandingFunctionName = (typeof STANDING_FUNCTION_NAMES)[number];

/** The functions of a deployment. */
export const functionNames = (isStanding: boolean): readonly StandingFunctionName[] =>
  isStanding ? STANDING_FUNCTION_NAMES : FUNCTION_NAMES;

/** The absolute path of each bundle. */
export type Bundles = Readonly<Record<FunctionName, string>> & { readonly wake?: string };

/** The folders beside a bundle that go into its zip. */
export const FOLDERS_BESIDE: Readonly<Record<StandingFunctionName, readonly string[]>> = {
  receive: [SOURCES_FOLDER],
  label: [],
  wake: [],
};

/** How every bundle is made; the floors of the benchmarks are made so, too. */
export const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // By its module fields the AWS client is about a third smaller than by esbuild's default for Node,
  // and as CommonJS it starts about a quarter faster than as ESM (measured on Node 24).
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  // import() becomes require(). Node makes an ES module of what is imported, and to make one of
  // node:http it reads all that node:http exports, which loads the whole of undici: 20 ms.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  // Written beside the bundle to read a stack frame of the log back, and not shipped: Node would
  // only look at it under --enable-source-maps, which makes every cold start parse it.
  sourcemap: 'external',
  ...pluginsOf({ rules: RULES, isStanding: false }),
  logLevel: 'silent',
} satisfies BuildOptions;

interface Variant {
  /** The rules file, absolute. */
  readonly rules: string;
  readonly isStanding: boolean;
  readonly descriptions?: readonly Description[];
}

/** What makes a bundle one with certain rules and sources, with standing labels or without. */
export function pluginsOf({ rules, isStanding, descriptions }: Variant) {
  return {
    define: standingDefine(isStanding),
    plugins: [
      rulesPlugin(rules),
      sourcesPlugin(() => descriptions ?? readDescriptions(ROOT)),
      standingPlugin(isStanding),
      awsPlugin,
    ],
  };
}

/**
 * Bundles each function into one CommonJS file, `<outDir>/<name>.js`, with rules.yml checked and
 * compiled in; `wake` too, where rules.yml has `labels:`. Equal sources give equal bytes.
 *
 * @returns the bundles, each of which exports `handler`
 * @throws an Error that lists every problem; a broken rule is named by file, line and column
 */
export async function buildFunctions({
  outDir = join(ROOT, '.serverless/build'),
  rules = RULES,
  descriptions = readDescriptions(dirname(rules)),
}: {
  outDir?: string;
  /** The rules file, absolute: the one of the project, when left out. */
  rules?: string;
  /** The described sources: Earmark's and those beside the rules, when left out. */
  descriptions?: readonly Description[];
} = {}): Promise<Bundles> {
  const isStanding = hasStandingLabels(rules);
  await mkdir(outDir, { recursive: true });
  // Lambda finds no package.json beside the bundle and takes .js for CommonJS. Here the project's own
  // says "module", so the folder needs one that says what Lambda assumes. It stays out of the zip.
  await writeFile(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
  await writeDescriptions(outDir, descriptions);
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: functionNames(isStanding).map((name) => `functions/${name}.ts`),
    outdir: outDir,
    ...pluginsOf({ rules, isStanding, descriptions }),
  }).catch((failure: unknown) => {
    throw new Error(describe(failure));
  });
  const pathOf = (name: StandingFunctionName): string => join(outDir, `${name}.js`);
  const bundles = { receive: pathOf('receive'), label: pathOf('label') };
  return isStanding ? { ...bundles, wake: pathOf('wake') } : bundles;
}

interface Problem {
  readonly text: string;
  readonly pluginName: string;
  readonly location: { file: string; line: number; column: number } | null;
}

function describe(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const { errors } = failure as { errors?: readonly Problem[] };
  if (errors === undefined) return failure.message;
  // A plugin's text names the place itself; what esbuild adds is the import that led there.
  const lines = errors.map(({ text, pluginName, location }) =>
    location === null || pluginName !== ''
      ? text
      : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
  // esbuild sorts by text, so that line 10 comes before line 3.
  return lines.sort(new Intl.Collator('en', { numeric: true }).compare).join('\n');
}

if (import.meta.main) {
  try {
    for (const path of Object.values(await buildFunctions())) console.log(path);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
