import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type KeepOptions,
  openKeptDeliveries,
  readKeptDeliveries,
} from '../../engine/kept-deliveries.ts';
import { secretSettingOf } from '../../lib/sources/index.ts';
import { webhookEvent } from '../support/webhook.ts';

let parent: string;
let folder: string;
let troubles: string[];
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'earmark-kept-'));
  folder = join(parent, 'engine.deliveries');
  troubles = [];
});
afterEach(async () => {
  await chmod(parent, 0o700);
  await rm(parent, { recursive: true });
});

const NOW = Date.UTC(2026, 10, 28, 20);
const SECRET = 'a secret of a test';
const keeper = (changes: Partial<KeepOptions> = {}) =>
  openKeptDeliveries(folder, {
    environment: {},
    onTrouble: (message) => troubles.push(message),
    ...changes,
  });
const answer = (status: string, fields: object = {}, httpStatus = 200) => ({
  status: httpStatus,
  headers: {},
  body: Buffer.from(JSON.stringify({ status, ...fields })),
});
const kept = (since = 0) => Array.fromAsync(readKeptDeliveries(folder, since));

test('what was taken is kept as it came, for its owner alone, without what proved it', async () => {
  // Arrange
  const headers = {
    'x-shopify-topic': 'orders/paid',
    'x-shopify-hmac-sha256': 'c2lnbmF0dXJl',
    authorization: 'Basic abc',
    'x-webhook-secret': SECRET,
  };
  const bytes = Buffer.from([0xff, 0x00, 0x7b]).toString('latin1');

  // Act
  const keep = keeper();
  await keep(
    webhookEvent('shopify', { headers, body: '{"a":"é"}' }),
    answer('queued', { id: 'e-1' }),
    NOW,
  );
  const odd = {
    ...webhookEvent('custom', {}),
    body: Buffer.from(bytes, 'latin1').toString('base64'),
  };
  await keep(
    { ...odd, isBase64Encoded: true },
    answer('dead-letter', { id: 'd', reason: 'unreadable' }),
    NOW + 1,
  );

  // Assess
  const [first, second, ...others] = await kept();
  expect(first).toEqual({
    id: expect.stringMatching(/^[\da-f]{8}$/),
    source: 'shopify',
    eventId: 'e-1',
    receivedAt: '2026-11-28T20:00:00.000Z',
    headers: {
      'x-shopify-topic': 'orders/paid',
      'x-shopify-hmac-sha256': '',
      authorization: '',
      'x-webhook-secret': '',
    },
    body: Buffer.from('{"a":"é"}'),
    answer: { httpStatus: 200, status: 'queued' },
  });
  expect(second).toMatchObject({
    body: Buffer.from(bytes, 'latin1'),
    answer: { status: 'dead-letter', reason: 'unreadable' },
  });
  expect(others).toEqual([]);
  expect(await kept(NOW + 1)).toHaveLength(1);
  expect((await stat(folder)).mode & 0o077).toBe(0);
  for (const name of await readdir(folder)) {
    expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  }
});

test.each([
  ['refused', 401],
  ['unknown-source', 404],
  ['too-large', 413],
  ['unavailable', 503],
  ['ping', 200],
])('what is %s proves nothing, and is not kept', async (status, httpStatus) => {
  await keeper()(webhookEvent('shopify', { body: '{}' }), answer(status, {}, httpStatus), NOW);
  await keeper()(webhookEvent('no-source', { body: '{}' }), answer('queued'), NOW);
  expect(await kept()).toEqual([]);
});

test('a secret that stands in a body or a header is masked there, in every spelling', async () => {
  const environment = { [secretSettingOf('cal-com')]: SECRET };
  const body = JSON.stringify({ key: SECRET, inUrl: encodeURIComponent(SECRET) });
  const headers = {
    'x-any': `token=${SECRET}`,
    'x-encoded': Buffer.from(SECRET).toString('base64'),
  };

  await keeper({ environment })(webhookEvent('cal-com', { headers, body }), answer('ignored'), NOW);

  const [name = ''] = await readdir(folder);
  const file = await readFile(join(folder, name), 'utf8');
  for (const spelling of [SECRET, encodeURIComponent(SECRET), headers['x-encoded']]) {
    expect(file).not.toContain(spelling);
  }
  expect((await kept())[0]?.body.toString()).toBe('{"key":"***","inUrl":"***"}');
});

test('where the secret is known to the functions alone, what may hold it is not kept', async () => {
  const settings = ['cal-com', 'custom'].map((name) => [secretSettingOf(name), 'ssm:/a/parameter']);
  const keep = keeper({ environment: Object.fromEntries(settings) });

  await keep(webhookEvent('cal-com', { body: '{}' }), answer('queued'), NOW);
  await keep(webhookEvent('custom', { body: '{}' }), answer('queued'), NOW);

  expect((await kept()).map(({ source }) => source)).toEqual(['custom']);
});

test('the oldest go where there are too many, or they are too large, also those of an engine before', async () => {
  const event = webhookEvent('custom', { body: 'x'.repeat(1_000) });
  const bodies = async (keep: ReturnType<typeof keeper>, from: number, to: number) => {
    for (let n = from; n < to; n += 1) await keep(event, answer('queued', { id: `${n}` }), NOW + n);
    return (await kept()).map(({ eventId }) => eventId);
  };

  expect(await bodies(keeper({ most: 3 }), 0, 5)).toEqual(['2', '3', '4']);
  expect(await bodies(keeper({ most: 3 }), 5, 6)).toEqual(['3', '4', '5']);
  expect(await bodies(keeper({ mostBytes: 3_000 }), 6, 8)).toEqual(['6', '7']);
  expect(await readdir(folder)).toHaveLength(2);
});

test('a disk that takes nothing is reported once, and ends nothing', async () => {
  await writeFile(folder, 'a file where the folder should be');
  const keep = keeper();
  for (const n of [1, 2])
    await keep(webhookEvent('custom', { body: '{}' }), answer('queued'), NOW + n);
  expect(troubles).toEqual([expect.stringContaining('Deliveries are not kept in')]);
  expect(await kept()).toEqual([]);
});

test('a file that a kill cut off is left out', async () => {
  await keeper()(webhookEvent('custom', { body: '{}' }), answer('queued'), NOW);
  await writeFile(join(folder, '2026-11-28T21-00-00.000Z-00000000.json'), '{"v":1,"kind":"deliv');
  expect(await kept()).toHaveLength(1);
});
