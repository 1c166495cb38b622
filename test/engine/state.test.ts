import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Engine } from '../../engine/engine.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { openState, readState } from '../../engine/state.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-state-test-'));
  path = join(folder, 'engine.json');
});
afterEach(() => rm(folder, { recursive: true }));

const ENGINE = {
  url: 'http://127.0.0.1:3000',
  queues: { endpoint: 'http://127.0.0.1:4000' },
  queueUrl: 'http://127.0.0.1:4000/jobs',
  deadLetterQueueUrl: 'http://127.0.0.1:4000/dead',
  wix: { url: 'http://127.0.0.1:3001' },
  history: { endpoint: 'http://127.0.0.1:5000', table: 'earmark-dev-history', years: '7' },
  controlUrl: 'http://127.0.0.1:6000',
  clock: { aheadMs: () => 86_400_000 },
} as unknown as Engine;

test('an engine is found by what it wrote, which nobody else may read, and not once it has ended', async () => {
  // Arrange
  const settings = readLocalSettings({});
  const state = await openState(path, () => {});

  // Act
  await state.write(ENGINE, settings);

  // Assess
  const found = await readState(path);
  expect(found).toMatchObject({
    pid: process.pid,
    url: ENGINE.url,
    wixUrl: 'http://127.0.0.1:3001',
    controlUrl: 'http://127.0.0.1:6000',
    dynamoDbEndpoint: 'http://127.0.0.1:5000',
    historyTable: 'earmark-dev-history',
    historyYears: '7',
    aheadMs: 86_400_000,
  });
  // The functions call the simulated Wix, and so does who works in their place.
  expect(found?.settings.WIX_API_URL).toBe('http://127.0.0.1:3001');
  expect(found?.signingSecrets.shopify).toBe('dev-shopify-secret');
  expect((await stat(path)).mode & 0o077).toBe(0);

  await state.remove();
  expect(await readState(path)).toBeUndefined();
});

test('the log has the lines of the functions, each with the function that wrote it', async () => {
  const state = await openState(path, () => {});
  await state.write(ENGINE, readLocalSettings({}));

  state.log('receive', '{"message":"delivery","eventId":"1"}');
  state.log('label', 'Warning: something of Node');

  const { logFile } = (await readState(path)) ?? { logFile: '' };
  const text = await readFile(logFile, 'utf8');
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { function: 'receive', message: 'delivery', eventId: '1' },
    { function: 'label', message: 'output', line: 'Warning: something of Node' },
  ]);
  expect((await stat(logFile)).mode & 0o077).toBe(0);
});

test('the state of a process that was killed counts for nothing, and one of another engine is left', async () => {
  // Arrange: more than Linux gives out
  const state = await openState(path, () => {});
  await state.write(ENGINE, readLocalSettings({}));
  const other = { ...JSON.parse(await readFile(path, 'utf8')), pid: 2 ** 30 };
  await writeFile(path, JSON.stringify(other));

  // Act
  await state.remove();

  // Assess
  expect(JSON.parse(await readFile(path, 'utf8')).pid).toBe(2 ** 30);
  expect(await readState(path)).toBeUndefined();
});

test.each(['', '{', '{"pid":1}'])('a state file that says %j is none', async (text) => {
  await writeFile(path, text);
  expect(await readState(path)).toBeUndefined();
});

test('a state that cannot be written is reported, and nothing is left that another might read', async () => {
  // Arrange: where the file should be there is a folder
  await mkdir(join(path, 'in-the-way'), { recursive: true });
  const troubles: string[] = [];
  const state = await openState(path, (message) => troubles.push(message));

  // Act
  await state.write(ENGINE, readLocalSettings({}));

  // Assess
  expect(troubles).toEqual([expect.stringContaining('"./earmark" will not find this engine')]);
  expect((await readdir(folder)).sort()).toEqual(['engine.json', 'engine.log']);
});
