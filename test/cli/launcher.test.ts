import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const LAUNCHER = join(ROOT, 'earmark');

/** For a Mac, whose packages have no Node. */
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'earmark a launcher ')));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a command in the folder. */
function run(command: string, args: readonly string[] = [], path = PATH) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: { PATH: path },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A copy of the launcher in a folder of its own, with these folders in it. */
async function copied(...folders: readonly string[]): Promise<string> {
  const copy = join(folder, 'its own');
  await mkdir(copy);
  await copyFile(LAUNCHER, join(copy, 'earmark'));
  for (const one of folders) await mkdir(join(copy, one), { recursive: true });
  return join(copy, 'earmark');
}

/** A folder for PATH whose `node` says this version, or its arguments. */
async function nodeOf(major: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh\nif [ "$1" = -p ]; then echo ${major}; else printf '<%s>' "$@"; fi\n`;
  await writeFile(join(bin, 'node'), script);
  await chmod(join(bin, 'node'), 0o755);
  return `${bin}:/usr/bin:/bin`;
}

test('it starts from any folder, through links, whatever node is in the path', async () => {
  await mkdir(join(folder, 'my tools'));
  await symlink(LAUNCHER, join(folder, 'my tools', 'link'));
  await symlink('my tools/link', join(folder, 'earmark'));
  const ofPackages = existsSync(join(ROOT, 'node_modules/.bin/node'));
  const path = ofPackages ? await nodeOf('20') : PATH;

  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(run('./earmark', ['--version'], path)).toEqual({
    status: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

test('arguments and exit codes go through it', () => {
  const { status, stderr } = run(LAUNCHER, ['rules', 'check', 'no such file.yml']);

  expect(status).toBe(2);
  expect(stderr).toContain('There is no file no such file.yml.');
});

test('without its packages it says what to do', async () => {
  const { status, stdout, stderr } = run(await copied());

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`cd "${join(folder, 'its own')}" && npm ci`);
});

test('where there is no node in its packages it takes one of the path that is new enough', async () => {
  const command = await copied('node_modules');

  expect(run(command, ['a b', 'c'], await nodeOf('24')).stdout).toBe(
    `<${join(folder, 'its own', 'cli/earmark.ts')}><a b><c>`,
  );
});

test('an older one it refuses', async () => {
  expect(run(await copied('node_modules'), [], await nodeOf('20'))).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Earmark needs Node 24, and finds 20: install it (https://nodejs.org).\n',
  });
});

/** Prints the names of the packages that were loaded, at the end of the process. */
const PACKAGES = `
import { registerHooks } from 'node:module';
const names = new Set();
registerHooks({
  load(url, context, next) {
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
    if (name) names.add(name);
    return next(url, context);
  },
});
process.on('exit', () => console.error([...names].sort().join(' ')));
`;

test.each(['--version', '--help', 'dead-letters --help'])(
  '%s loads no more than the words of the command line',
  async (line) => {
    const hook = join(folder, 'packages.mjs');
    await writeFile(hook, PACKAGES);
    const args = ['--import', hook, join(ROOT, 'cli/earmark.ts'), ...line.split(' ')];

    const { stderr } = run(process.execPath, args);

    expect(stderr.trim().split(' ')).toEqual([
      'commander',
      'get-east-asian-width',
      'string-width',
      'zod',
    ]);
  },
);
