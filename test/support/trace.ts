import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { type Node, parse } from 'acorn';
import { build, type Plugin, transform } from 'esbuild';
import { SHOP_RULES } from '../../samples/shop.ts';
import { rulesPlugin } from '../../scripts/rules-plugin.ts';
import { sourcesPlugin } from '../../scripts/sources-plugin.ts';
import { ROOT } from '../../scripts/template.ts';

const ENTERED = '__entered';

/** All nodes of a syntax tree that are functions with a body. */
function functionsIn(value: unknown): readonly (Node & { body: Node })[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(functionsIn);
  const { type = '' } = value as Partial<Node>;
  return /Function/.test(type) ? [value as Node & { body: Node }, ...inside] : inside;
}

/** The text of a module whose functions say that they are entered. */
function watched(text: string, path: string): string {
  const call = `globalThis.${ENTERED}?.(${JSON.stringify(path)})`;
  const tree = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  const inserts = functionsIn(tree).flatMap(({ body }) =>
    body.type === 'BlockStatement'
      ? [{ at: body.start + 1, text: `${call};` }]
      : [
          { at: body.start, text: `(${call},` },
          { at: body.end, text: ')' },
        ],
  );
  let result = text;
  for (const insert of inserts.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, insert.at) + insert.text + result.slice(insert.at);
  }
  return result;
}

const watchPlugin: Plugin = {
  name: 'watch',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](?:lib|functions)[\\/].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const { code } = await transform(await readFile(path, 'utf8'), {
        loader: 'ts',
        target: 'node24',
      });
      return { contents: watched(code, relative(ROOT, path).replaceAll('\\', '/')), loader: 'js' };
    });
  },
};

/** A function of `functions/`, built so that it says which files it enters. */
export async function openTraced<T>(entry: string, outfile: string): Promise<T> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    plugins: [sourcesPlugin(() => []), watchPlugin, rulesPlugin(SHOP_RULES)],
    logLevel: 'silent',
  });
  return createRequire(import.meta.url)(outfile) as T;
}

/** The files of the project that are entered while `work` is done, each once, in the order they are entered. */
export async function filesEntered(work: () => Promise<unknown>): Promise<readonly string[]> {
  const files = new Set<string>();
  Reflect.set(globalThis, ENTERED, (path: string) => files.add(path));
  try {
    await work();
  } finally {
    Reflect.deleteProperty(globalThis, ENTERED);
  }
  return [...files];
}
