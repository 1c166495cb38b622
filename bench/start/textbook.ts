import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readDescriptions } from '../../lib/sources/authoring/files.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../scripts/build.ts';
import { sourcesPlugin, writeDescriptions } from '../../scripts/sources-plugin.ts';
import { standingDefine, standingPlugin } from '../../scripts/standing.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const ZOD_IMPORT = /^import \* as z from 'zod(?:\/mini)?';$/m;
const OTHER_ZOD_IMPORT = /^(?:import|export) (?!type |\{ z \} ).*'zod(?:\/.*)?'/m;

/**
 * Ordinary zod in place of `zod/mini`: the same checks, imported as AWS's own Powertools show it for a
 * Lambda. https://www.npmjs.com/package/@aws-lambda-powertools/parser (checked 2026-11-22)
 * @throws Error when the text imports zod in another form, which would stay light unnoticed
 */
export function withOrdinaryZod(source: string, path: string): string {
  const text = source.replace(ZOD_IMPORT, "import { z } from 'zod';");
  if (!OTHER_ZOD_IMPORT.test(text)) return text;
  throw new Error(`${path} imports zod in a form that bench/start/textbook.ts does not know.`);
}

/** rules.yml lies beside the bundle: read at the start, it has to be checked there as well. */
const RULES_AT_START = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRules } from './lib/rules/authoring/load.ts';
export default loadRules(readFileSync(join(__dirname, 'rules.yml'), 'utf8'), 'rules.yml');
`;

const textbookPlugin: Plugin = {
  name: 'textbook',
  setup({ onLoad, onResolve }) {
    // Without standing labels `label` has no use for the rules, and no textbook would read them for nothing.
    onResolve({ filter: /[\\/]rules\.yml$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      sideEffects: false,
    }));
    onLoad({ filter: /[\\/](?:lib|functions)[\\/].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      return { contents: withOrdinaryZod(await readFile(path, 'utf8'), path), loader: 'ts' };
    });
    const atStart = { contents: RULES_AT_START, loader: 'ts', resolveDir: ROOT } as const;
    onLoad({ filter: /[\\/]rules\.yml$/ }, () => atStart);
  },
};

/**
 * Bundles the functions as AWS's guide does, with nothing done for their start:
 *
 *     esbuild index.ts --bundle --minify --sourcemap --platform=node --target=es2020 --outfile=dist/index.js
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/typescript-package.html (checked 2026-11-22)
 *
 * The sources are Earmark's own, and so is the order of the work. What differs: esbuild's own choice of fields
 * of package.json, AWS clients as published, ordinary zod, and rules.yml read, checked and compiled at the
 * start. The target is not the guide's of 2020, but the Node that it runs on.
 *
 * @returns the absolute path of each bundle, which exports `handler`
 */
export async function buildTextbook(outDir: string): Promise<Record<FunctionName, string>> {
  await mkdir(outDir, { recursive: true });
  // As scripts/build.ts does: the project's own package.json says "module".
  await writeFile(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
  await copyFile(SHOP_RULES, join(outDir, 'rules.yml'));
  const descriptions = readDescriptions(dirname(SHOP_RULES));
  await writeDescriptions(outDir, descriptions);
  await build({
    absWorkingDir: ROOT,
    entryPoints: FUNCTION_NAMES.map((name) => `functions/${name}.ts`),
    outdir: outDir,
    bundle: true,
    minify: true,
    sourcemap: true,
    platform: 'node',
    target: 'node24',
    // Of the described sources both builds have the names alone: to read them all would be no textbook's choice.
    plugins: [sourcesPlugin(() => descriptions), textbookPlugin, standingPlugin(false)],
    define: standingDefine(false),
    logLevel: 'silent',
  });
  return { receive: join(outDir, 'receive.js'), label: join(outDir, 'label.js') };
}
