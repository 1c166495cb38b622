import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPaint, renderLine } from '../../engine/screen.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { openJournal } from '../../simulators/journal.ts';
import { type Build, buildAll, messagesIn, startTestEngine } from '../support/local-engine.ts';
import { recordSecrets } from '../support/log-watch/record.ts';
import { until } from '../support/until.ts';

const SECRET = 'a-secret-in-the-url-of-an-automation';
const body = JSON.stringify({
  event: 'order.paid',
  email: 'kim@example.com',
  orderNumber: '1',
  total: '19.90',
  currency: 'EUR',
});

let build: Build;
let folder: string;
let running: Awaited<ReturnType<typeof startTestEngine>>;
const journal = () => join(folder, 'journal.jsonl');

beforeAll(async () => {
  recordSecrets([SECRET]);
  build = await buildAll();
  folder = await mkdtemp(join(tmpdir(), 'earmark-url-secrets-'));
  const settings = readLocalSettings({ PORT: '0', WIX_SIMULATOR_PORT: '0' });
  const environment = { ...settings.environment, WIX_AUTOMATIONS_WEBHOOK_SECRET: SECRET };
  running = await startTestEngine(build, {
    settings: { ...settings, environment },
    keep: openJournal(journal()).keep,
  });
});
afterAll(async () => {
  await running.engine.stop();
  await rm(folder, { recursive: true });
  await build.remove();
});

const request = async (path: string, init: RequestInit) =>
  (await fetch(`${running.engine.url}/webhooks/${path}`, init)).status;
const post = (path: string, text = body) => request(path, { method: 'POST', body: text });

test('a secret in a URL opens its source, and stands in nothing that is shown or kept', async () => {
  const { engine, wix, lines, errors } = running;
  const contact = wix.addContact({ email: 'kim@example.com' });

  expect(await post(`wix-automations/${SECRET}`)).toBe(200);
  expect(await post(`wix-automations?secret=${SECRET}`)).toBe(200);
  expect(await post(`wix-automations/${SECRET}`, '[1]')).toBe(200);
  expect(await post(`wix-automations/${SECRET}x`)).toBe(401);
  expect(await post('wix-automations')).toBe(401);
  expect(await post(`shopify/${SECRET}`)).toBe(401);
  expect(await post(SECRET)).toBe(404);
  expect(await post(`a/${SECRET}`)).toBe(404);
  expect(await post(`wix-automations/${SECRET}/more`)).toBe(404);
  expect(await request(`wix-automations/${SECRET}`, { method: 'HEAD' })).toBe(200);
  expect(await request('thrivecart', { method: 'HEAD' })).toBe(200);
  expect(await request('ebay', { method: 'HEAD' })).toBe(404);
  expect(await request(`wix-automations/${SECRET}`, { method: 'GET' })).toBe(200);
  expect(await request(`wix-automations/${SECRET}`, { method: 'PUT' })).toBe(404);
  await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);

  expect(wix.labelNamesOf(contact)).toContain('Customer');
  expect(await messagesIn(engine, engine.deadLetterQueueUrl)).toBe(1);
  const paint = createPaint(false);
  const shown = lines.map((line) =>
    renderLine('receive', JSON.stringify(line), paint, () => undefined),
  );
  const kept = readFileSync(journal(), 'utf8');
  expect(kept).toContain('dead-letter');
  expect(shown.join('\n')).toContain('wix-automations');
  for (const text of [JSON.stringify(lines), shown.join('\n'), kept, errors.map(String).join()]) {
    expect(text).not.toContain(SECRET);
  }
});
