import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { packageName, projectFiles } from '../../cli/commands/init/files.ts';
import { newEntries } from '../../cli/commands/upgrade/news.ts';
import { earmarkHere } from '../support/earmark.ts';

const FROM = 'https://git.example.com/earmark.git';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'earmark init ')));
});
afterEach(() => rm(folder, { recursive: true }));

const earmark = (...args: readonly string[]) =>
  earmarkHere(args, { cwd: folder, statePath: 'none' });
const git = (where: string, ...args: readonly string[]) =>
  execFileSync('git', args, { cwd: join(folder, where), encoding: 'utf8' }).trim();

describe('earmark init', () => {
  test('makes a git repository with Earmark as a submodule at the commit that runs', async () => {
    const { code, out } = await earmark('init', 'shop', '--from', FROM, '--json');

    const { commit, files, ...made } = JSON.parse(out);
    expect({ code, made }).toMatchObject({
      code: 0,
      made: { folder: join(folder, 'shop'), from: FROM, dryRun: false },
    });
    expect(git('shop/vendor/earmark', 'rev-parse', 'HEAD')).toBe(commit);
    expect(git('shop/vendor/earmark', 'remote', 'get-url', 'origin')).toBe(FROM);
    expect(git('shop', 'config', '--file', '.gitmodules', 'submodule.vendor/earmark.url')).toBe(
      FROM,
    );
    expect(git('shop', 'ls-files', '--stage', 'vendor')).toContain(`160000 ${commit}`);
    for (const path of files) expect(existsSync(join(folder, 'shop', path))).toBe(true);
    expect(readFileSync(join(folder, 'shop/earmark'), 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  });

  test('takes a folder that is a repository already, and leaves what lies there alone', async () => {
    await mkdir(join(folder, 'shop'));
    git('shop', 'init', '--quiet');
    await writeFile(join(folder, 'shop/LICENSE'), 'ours');

    const { code } = await earmark('init', 'shop', '--from', FROM);

    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'shop/LICENSE'), 'utf8')).toBe('ours');
  });

  test('names what is in the way, and writes nothing', async () => {
    await writeFile(join(folder, 'rules.yml'), 'rules: []\n');

    const { code, err } = await earmark('init', '.', '--from', FROM);

    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(
        `In ${folder} there is already rules.yml.\nNothing was written.`,
      ),
    });
    expect(readdirSync(folder)).toEqual(['rules.yml']);
  });

  test('--dry-run lists the files, and writes nothing', async () => {
    const { code, out } = await earmark('init', 'shop', '--from', FROM, '--dry-run');

    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^ {2}rules\.test\.yml$/m),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('makes no project within Earmark’s own folder', async () => {
    const { code, err } = await earmark('init', join(import.meta.dirname, 'new/shop'));

    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("Earmark's own folder"),
    });
    expect(existsSync(join(import.meta.dirname, 'new'))).toBe(false);
  });

  test('leaves nothing behind where git fails', async () => {
    // A file stands where git has its folder.
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop/.git'), 'none');

    const { code, err } = await earmark('init', 'shop', '--from', FROM);

    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('git init failed') });
    expect(readdirSync(join(folder, 'shop'))).toEqual(['.git']);
  });

  test('the rules that a project begins with are well, and their tests pass', async () => {
    for (const [path, text] of projectFiles('shop')) {
      if (/^rules\.(?:test\.)?yml$/.test(path)) await writeFile(join(folder, path), text);
    }

    const check = await earmark('rules', 'check', '--strict', '--json');
    const tests = await earmark('rules', 'test');

    expect({ code: check.code, notes: JSON.parse(check.out).notes ?? [] }).toEqual({
      code: 0,
      notes: [],
    });
    expect(tests.out).toContain('2 tests, all passed');
  });
});

test('the package and its lock have the folder’s name', () => {
  const files = projectFiles('/home/kim/My Shop!');
  for (const path of ['package.json', 'package-lock.json']) {
    expect(JSON.parse(files.get(path) ?? '')).toMatchObject({ name: 'my-shop' });
  }
  expect(packageName('…')).toBe('my-earmark');
});

test('the workflow runs what the project has, and only what deploys may ask for a token', () => {
  const files = projectFiles('shop');
  const { scripts } = JSON.parse(files.get('package.json') ?? '');
  const { jobs, permissions } = parse(files.get('.github/workflows/earmark.yml') ?? '');
  const runs = [jobs.test, jobs.deploy].flatMap(({ steps }) =>
    steps.flatMap(({ run }: { run?: string }) => run ?? []),
  );

  expect(runs).toEqual([
    'npm ci',
    'npm test',
    'npm ci',
    'npm run deploy -- --stage "$STAGE"',
    './earmark doctor --stage "$STAGE"',
  ]);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['test', 'deploy']));
  expect([permissions, jobs.test.permissions, jobs.deploy.permissions]).toEqual([
    { contents: 'read' },
    undefined,
    { contents: 'read', 'id-token': 'write' },
  ]);
});

describe('earmark upgrade', () => {
  test('is for projects alone', async () => {
    const { code, err } = await earmark('upgrade');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(
        `${folder} is no project that has this Earmark in vendor/earmark.`,
      ),
    });
  });

  test('names the entries that the former changelog did not have, each in one line', () => {
    const before = '# Changelog\n\n## Unreleased\n\n- Old\n  news.\n';
    const after =
      '# Changelog\n\n## Unreleased\n\n- New\n  and long.\n- Old news.\n- Newer.\n\nText.\n';
    expect(newEntries(before, after)).toEqual(['New and long.', 'Newer.']);
  });
});
