import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { SHOP_RULES } from '../../samples/shop.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import { buildFunctions, FUNCTION_NAMES, STANDING_FUNCTION_NAMES } from '../../scripts/build.ts';
import { rulesPlugin } from '../../scripts/rules-plugin.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-build-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('buildFunctions', () => {
  test.each(FUNCTION_NAMES)('bundles %s, which loads far from node_modules', async (name) => {
    const bundles = await buildFunctions({ outDir: join(folder, 'once'), rules: SHOP_RULES });
    const bundle: unknown = createRequire(import.meta.url)(bundles[name]);
    expect(bundle).toMatchObject({ handler: expect.any(Function) });
  });

  test.each(FUNCTION_NAMES)('leaves out of %s what only the build needs', async (name) => {
    const bundles = await buildFunctions({ outDir: join(folder, 'once'), rules: SHOP_RULES });
    const { sources } = JSON.parse(await readFile(`${bundles[name]}.map`, 'utf8')) as {
      sources: string[];
    };
    expect(sources).toContainEqual(expect.stringMatching(/functions\/\w+\.ts$/));
    const unwanted =
      /node_modules\/(?:yaml|csv-parse|zod\/v4\/classic)\/|rules\/(?:load|schema|tables)\.ts/;
    expect(sources.filter((source) => unwanted.test(source))).toEqual([]);
  });

  test('makes wake, too, where the rules have labels', async () => {
    const outDir = join(folder, 'standing');
    const bundles = await buildFunctions({ outDir, rules: STANDING_RULES });
    expect(Object.keys(bundles)).toEqual(STANDING_FUNCTION_NAMES);
    for (const path of Object.values(bundles)) {
      const bundle: unknown = createRequire(import.meta.url)(path);
      expect(bundle).toMatchObject({ handler: expect.any(Function) });
    }
  });

  test('gives the same bytes for the same sources', async () => {
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) =>
        buildFunctions({ outDir: join(folder, name), rules: SHOP_RULES }),
      ),
    );
    for (const name of FUNCTION_NAMES) {
      const bytes = await readFile(first?.[name] ?? '');
      expect(bytes.equals(await readFile(second?.[name] ?? ''))).toBe(true);
    }
  });
});

describe('rules.yml in a bundle', () => {
  const bundleOf = async (rules: string) => {
    await writeFile(join(folder, 'rules.yml'), rules);
    await writeFile(join(folder, 'entry.ts'), "export { default } from './rules.yml';\n");
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: ['entry.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      logLevel: 'silent',
      plugins: [rulesPlugin(join(folder, 'rules.yml'))],
    });
    return outputFiles[0]?.text ?? '';
  };

  test('has the tables beside it', async () => {
    await writeFile(join(folder, 'skus.csv'), 'value,label\nA1,Course\n');

    const text = await bundleOf(
      'tables: { skus: skus.csv }\nrules: [{ name: a, on: order.paid, add: { table: skus, keys: event.order.number } }]',
    );

    expect(text).toContain('"A1"');
    expect(text).toContain('"Course"');
  });

  test('is the rules as the loader gives them', async () => {
    const text = await bundleOf(
      'rules:\n  - name: customers\n    on: order.paid\n    add: [Customer]\n',
    );
    expect(text).toContain('customers');
  });

  test('fails the build with file, line, column and reason when a rule cannot compile', async () => {
    const rules = [
      'rules:',
      '  - name: customers',
      '    on: order.paid',
      '    when: event.order.totl >= 1.0',
      '    add: [Customer]',
      '',
    ].join('\n');
    const failure = await bundleOf(rules).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      errors: [{ text: expect.stringMatching(/rules\.yml:4:\d+.*totl/) }],
    });
  });

  test('lists the errors of the rules by line', async () => {
    const rule = '  - { name: a, on: order.paid, colour: red, add: [A] }\n';
    const rules = join(folder, 'errors/rules.yml');
    await mkdir(join(folder, 'errors'));
    await writeFile(rules, `rules:\n${rule.repeat(12)}`);
    const options = { outDir: join(folder, 'unbuilt'), rules };
    const failure = await buildFunctions(options).catch((error: unknown) => error);
    const lines = [...String(failure).matchAll(/rules\.yml:(\d+):/g)].map(([, line]) =>
      Number(line),
    );
    expect(lines.length).toBeGreaterThan(10);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
});
