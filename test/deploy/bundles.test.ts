import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { SHOP_RULES } from '../../samples/shop.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import {
  type Budget,
  type Contents,
  contentsOf,
  groupOf,
  overBudget,
  wayText,
} from '../../scripts/bundle-contents.ts';
import { bundle } from '../../scripts/bundles.ts';
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

test('all bundles keep to their budgets, which are within 5 % of them', async () => {
  const script = join(ROOT, 'scripts/bundles.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json']);
  const { bundles, problems } = JSON.parse(stdout) as {
    bundles: { title: string; contents: Contents; budget: Budget }[];
    problems: unknown;
  };
  expect(problems).toEqual([]);
  expect(bundles.map(({ title }) => title)).toEqual([
    'receive without standing labels',
    'label without standing labels',
    'receive with standing labels',
    'label with standing labels',
    'wake with standing labels',
  ]);
  for (const { contents, budget } of bundles) {
    expect(contents.bytes - contents.rulesBytes).toBeGreaterThan(budget.bytes / 1.05);
  }
});

/** Rooms that are standing labels' own, and the client of their store. */
const STANDING =
  /^lib\/(?:history|standing|store|waking)\/|\/standing\/|dynamodb|^lib\/queue\/(?:standing-job|review-job|history-parts)\.ts/;

test('without labels in rules.yml nothing of standing labels is in a bundle, and with them it is', async () => {
  const held = async (isStanding: boolean, rules: string) =>
    Object.entries(await bundle(isStanding, rules)).map(([name, { files }]) => [
      name,
      files.some((file) => STANDING.test(file.name)),
    ]);

  expect(await held(false, SHOP_RULES)).toEqual([
    ['receive', false],
    ['label', false],
  ]);
  expect(await held(true, STANDING_RULES)).toEqual([
    ['receive', true],
    ['label', true],
    ['wake', true],
  ]);
});

test('wake holds neither rules nor the evaluation of labels', async () => {
  const { wake } = await bundle(true, STANDING_RULES);
  const names = wake?.packages.map(({ name }) => name);
  expect(names).toContain('@aws-sdk/client-dynamodb');
  expect(names).not.toContain('@marcbachmann/cel-js');
});
