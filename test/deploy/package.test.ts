import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { describedNames } from '../../lib/sources/described/table.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import { FUNCTION_NAMES } from '../../scripts/build.ts';
import { withPackage } from '../../scripts/template.ts';
import { readZip } from '../../scripts/zip.ts';

/** What each zip of a packaging holds, and the bundle it was to hold. */
async function packageOnce(rules = SHOP_RULES) {
  return withPackage(
    async (folder) =>
      Promise.all(
        FUNCTION_NAMES.map(async (name) => ({
          name,
          zip: await readFile(join(folder, `${name}.zip`)),
          bundle: await readFile(join(folder, `build/${name}.js`)),
        })),
      ),
    { rules },
  );
}

describe('serverless package', () => {
  let runs: Awaited<ReturnType<typeof packageOnce>>[];
  // At the same time, as two test files or a test and an engine may.
  beforeAll(async () => {
    runs = await Promise.all([packageOnce(), packageOnce()]);
  });

  test('puts each bundle into a zip of its own, with the described sources beside it', () => {
    for (const { name, zip, bundle } of runs[0] ?? []) {
      const files = readZip(zip);
      const beside = name === 'receive' ? describedNames().map((one) => `sources/${one}.json`) : [];
      expect([...files.keys()].sort()).toEqual([`${name}.js`, ...beside].sort());
      expect(files.get(`${name}.js`)?.equals(bundle)).toBe(true);
    }
  });

  test('takes a source of the user’s own, which a rule names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earmark-own-source-'));
    await mkdir(join(folder, 'my-sources'));
    const own = (await readFile('sources/ko-fi.yml', 'utf8')).replace('Ko-fi', 'Acme');
    await writeFile(join(folder, 'my-sources/acme.yml'), own);
    const rules = 'rules: [{ name: a, on: order.paid, sources: [acme], add: [A] }]';
    await writeFile(join(folder, 'rules.yml'), rules);

    const [receive] = await packageOnce(join(folder, 'rules.yml'));

    const files = readZip(receive?.zip ?? Buffer.of());
    expect(JSON.parse(String(files.get('sources/acme.json')))).toMatchObject({ title: 'Acme' });
    await rm(folder, { recursive: true });
  });

  test('makes a zip of wake where the rules have labels', async () => {
    const zips = await withPackage(
      async (folder) => (await readdir(folder)).filter((name) => name.endsWith('.zip')).sort(),
      { rules: STANDING_RULES },
    );
    expect(zips).toEqual(['label.zip', 'receive.zip', 'wake.zip']);
  });

  test('makes the same zips from the same sources', () => {
    const [first, second] = runs.map((run) => run.map(({ zip }) => zip.toString('base64')));
    expect(first).toHaveLength(FUNCTION_NAMES.length);
    expect(second).toEqual(first);
  });
});

test.each([
  ['nothing', ''],
  ['text', 'This is no zip, but it is long enough to be one.'],
])('%s is refused as a zip', (_, text) => {
  expect(() => readZip(Buffer.from(text))).toThrow('This is not a plain zip.');
});
