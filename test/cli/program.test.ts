import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { earmark, startEarmark } from '../support/earmark.ts';

test('help goes to the output, and ends well', async () => {
  // Act
  const { code, out, err } = await earmark(['--help']);

  // Assess
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: earmark /);
});

test('--version is that of the package', async () => {
  // Act
  const { code, out } = await earmark(['--version']);

  // Assess
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect({ code, out }).toEqual({ code: 0, out: `${version}\n` });
});

test('a reader that goes early is no error', async () => {
  // Arrange
  const { child, finished } = startEarmark(['--help']);

  // Act
  child.stdout?.destroy();

  // Assess
  expect(await finished).toMatchObject({ code: 0, err: '' });
});

test('output that the disk has no room for is an error, and no stack', async () => {
  // Arrange: Linux's disk that is always full
  const full = await open('/dev/full', 'w').catch(() => undefined);
  if (!full) return;

  // Act
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'cli/earmark.ts', '--help'],
    {
      stdio: ['ignore', full.fd, 'pipe'],
    },
  );
  const [err, [code]] = await Promise.all([
    text(child.stderr ?? Readable.from([])),
    once(child, 'close'),
  ]);
  await full.close();

  // Assess
  expect({ code, err }).toEqual({
    code: 1,
    err: 'The output could not be written: ENOSPC: no space left on device, write\n',
  });
});

test('a region without a stage is not passed over', async () => {
  // Act
  const { code, err } = await earmark(['explain', 'ada@example.com', '--region', 'eu-west-1']);

  // Assess
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--stage') });
});

test('Ctrl-C ends the wait for a payload on the standard input', async () => {
  // Arrange
  const { child, finished } = startEarmark(['rules', 'test', '-', '--source', 'custom']);
  // More than a pipe holds: it is written when the command reads.
  await new Promise((written) => child.stdin?.write(' '.repeat(1_000_000), written));

  // Act
  child.kill('SIGINT');

  // Assess
  expect(await finished).toEqual({ code: 130, out: '', err: '' });
});
