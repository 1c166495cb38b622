import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { contentsOf, groupOf, overBudget, wayText } from '../../scripts/bundle-contents.ts';
import { ROOT } from '../../scripts/template.ts';

const ENTRY = 'functions/label.ts';
const SDK = 'node_modules/@aws-sdk/client-sqs/dist-es/index.js';
const DEEP = 'node_modules/@aws-sdk/client-sqs/node_modules/tiny/index.js';

/** A bundle as esbuild reports it: which file imports which, and how much of each is in it. */
function metafile(imports: Record<string, string[]>, bytes: Record<string, number>): Metafile {
  const sum = Object.values(bytes).reduce((a, b) => a + b, 0);
  const inputsOf = Object.entries(imports).map(([file, paths]) => [
    file,
    { bytes: 1, imports: paths.map((path) => ({ path, kind: 'import-statement' })) },
  ]);
  const inBundle = Object.entries(bytes).map(([file, n]) => [file, { bytesInOutput: n }]);
  return {
    inputs: Object.fromEntries(inputsOf),
    outputs: {
      'out/label.js': {
        bytes: sum + 10,
        entryPoint: ENTRY,
        inputs: Object.fromEntries(inBundle),
        imports: [],
        exports: [],
      },
    },
  };
}

const contents = contentsOf(
  metafile(
    {
      [ENTRY]: ['lib/queue/queue.ts', 'rules.yml'],
      'lib/queue/queue.ts': ['lib/queue/job.ts'],
      'lib/queue/job.ts': [SDK, ENTRY],
      [SDK]: [DEEP],
    },
    {
      [ENTRY]: 5,
      'lib/queue/queue.ts': 20,
      'lib/queue/job.ts': 0,
      [SDK]: 300,
      [DEEP]: 40,
      'rules.yml': 7,
    },
  ),
  ENTRY,
);

test('packages and rooms come largest first, each with the shortest way to it', () => {
  expect(contents.packages.map(({ name, bytes, why }) => [name, bytes, wayText(why)])).toEqual([
    ['@aws-sdk/client-sqs', 300, 'functions/label.ts → lib/queue'],
    ['tiny', 40, 'functions/label.ts → lib/queue → @aws-sdk/client-sqs'],
    ['lib/queue', 20, 'functions/label.ts'],
    ['rules.yml', 7, 'functions/label.ts'],
    ['functions/label.ts', 5, ''],
  ]);
});

test('what the bundler dropped is not in it', () => {
  expect(contents.files.map(({ name }) => name)).not.toContain('lib/queue/job.ts');
});

test.each([
  ['node_modules/zod/v4/mini/index.js', 'zod'],
  ['node_modules/@smithy/core/dist-es/a.js', '@smithy/core'],
  ['node_modules/a/node_modules/b/index.js', 'b'],
  ['lib/wix/calls/client.ts', 'lib/wix'],
  ['functions/label.ts', 'functions/label.ts'],
])('%s is of %s', (file, group) => {
  expect(groupOf(file)).toBe(group);
});

const packages = ['@aws-sdk/client-sqs', 'tiny'];
const OWN_BYTES = 5 + 20 + 300 + 40 + 10;

test('a bundle may have what its budget says, and its rules do not count', () => {
  expect(overBudget('label', contents, { bytes: OWN_BYTES, packages })).toEqual([]);
});

test('a byte more is a problem that says what to do', () => {
  expect(overBudget('label', contents, { bytes: OWN_BYTES - 1, packages })).toEqual([
    expect.stringMatching(/^label has 375 bytes and its budget is 374 bytes\. Take something out/),
  ]);
});

test('a package that the budget does not name is a problem, however small, and says who brought it', () => {
  expect(
    overBudget('label', contents, { bytes: OWN_BYTES, packages: packages.slice(0, 1) }),
  ).toEqual([
    expect.stringMatching(
      /^label holds tiny \(40 bytes\).* functions\/label\.ts → lib\/queue → @aws-sdk\/client-sqs\./,
    ),
  ]);
});

test('both bundles keep to their budgets, which are within 5 % of them', async () => {
  const script = join(ROOT, 'scripts/bundles.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json']);
  const { bundles, budgets, problems } = JSON.parse(stdout);
  expect(problems).toEqual([]);
  for (const name of ['receive', 'label']) {
    const own = bundles[name].bytes - bundles[name].rulesBytes;
    expect(own).toBeGreaterThan(budgets[name].bytes / 1.05);
  }
});
