import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { readState } from '../../engine/state.ts';
import { SAMPLE_BUYERS, sampleDelivery } from '../../samples/samples.ts';
import { type EngineProcess, startEngineProcess } from '../support/earmark.ts';
import { until } from '../support/until.ts';

const EMAILS = Array.from({ length: 40 }, (_, n) => `buyer-${n}@example.com`);
/** The last of them buys again while the others wait, so that one group holds two jobs. */
const TWICE = EMAILS.at(-1) ?? '';

let engine: EngineProcess;
afterEach(() => engine?.stop());

async function deliver(email: string): Promise<void> {
  const secret = engine.state.signingSecrets.shopify ?? '';
  const buyer = { ...SAMPLE_BUYERS.shopify, email, phone: '' };
  const delivery = sampleDelivery('shopify', { secret, now: Date.now(), buyer });
  const url = `${engine.state.url}/webhooks/shopify`;
  const { status } = await fetch(url, { method: 'POST', ...delivery });
  expect(status).toBe(200);
}

interface Listed {
  readonly email: string;
  readonly labels: readonly string[];
}

async function contacts(): Promise<readonly Listed[]> {
  const { contacts = [] } = (await engine.simulator('contacts')) as { contacts?: Listed[] };
  return contacts.filter(({ email }) => EMAILS.includes(email));
}

const post = (path: string, body: unknown) =>
  engine.simulator(path, { method: 'POST', body: JSON.stringify(body) });

test('the whole engine is killed with jobs waiting and in hand, and started again: all are labelled', async () => {
  // Arrange
  engine = await startEngineProcess();
  await post(
    'contacts',
    EMAILS.map((email) => ({ email })),
  );
  await post('faults', { delayMs: 600_000, times: null });
  await Promise.all(EMAILS.map(deliver));
  await deliver(TWICE);
  expect((await contacts()).flatMap(({ labels }) => labels)).toEqual([]);

  // Act
  const { memoryId: before } = (await readState(engine.statePath)) ?? {};
  await engine.kill();
  engine = await startEngineProcess({}, { of: engine });

  // Assess: what was known of each contact is there, and nobody is there twice
  await until(async () => (await contacts()).every(({ labels }) => labels.length > 0));
  const labelled = await contacts();
  expect(labelled.map(({ email }) => email).sort()).toEqual(EMAILS.toSorted());
  for (const { labels } of labelled) expect(labels).toEqual(['Customer', 'VIP']);

  // Act: labelled, killed, and begun anew
  await engine.kill();
  engine = await startEngineProcess({}, { of: engine });
  const kept = await contacts();
  const { memoryId } = (await readState(engine.statePath)) ?? {};
  await engine.kill();
  engine = await startEngineProcess({}, { of: engine, args: ['--fresh'] });

  // Assess
  expect(kept).toEqual(labelled);
  expect(await contacts()).toEqual([]);
  expect(memoryId).toBe(before);
  const { memoryId: fresh } = (await readState(engine.statePath)) ?? {};
  expect(fresh).toEqual(expect.any(String));
  expect(fresh).not.toBe(memoryId);
  const files = join(
    dirname(engine.statePath),
    'engine.simulated-00000000-0000-4000-8000-000000000001.journal',
  );
  expect(readFileSync(files, 'utf8')).not.toContain(TWICE);
});
