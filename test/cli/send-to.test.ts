import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CODE_SOURCES, type CodeSourceName } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { earmark } from '../support/earmark.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const SECRETS: Readonly<Record<CodeSourceName, string>> = {
  shopify: 'a'.repeat(16),
  woocommerce: 'b',
  stripe: 'whsec_c',
  wix: pem,
  'standard-webhooks': `whsec_${btoa('d')}`,
  custom: 'e',
};
let folder: string;
const got: { url: string; ok: boolean }[] = [];
const server = createServer(async (request, response) => {
  const source = (request.url ?? '').split('/').at(-1) as CodeSourceName;
  const headers = request.headers as Record<string, string>;
  const delivery = { headers, body: Buffer.from(await text(request)), receivedAt: Date.now() };
  const { ok } = codeSources[source].verify(delivery, [SECRETS[source]]);
  got.push({ url: request.url ?? '', ok });
  response.writeHead(ok ? 204 : 302, { location: '/elsewhere' }).end();
});
let base: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-send-'));
  await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test.each(CODE_SOURCES)(
  'a URL gets a delivery of %s, signed with what was given',
  async (source) => {
    const proof =
      source === 'wix' ? ['--private-key', join(folder, 'key.pem')] : ['--secret', SECRETS[source]];

    // No engine is asked for anything.
    const { code, out } = await earmark(['send', source, '--to', base, ...proof]);

    expect(code).toBe(0);
    expect(out).toContain('Answered 204');
    expect(got.at(-1)).toEqual({ url: `/webhooks/${source}`, ok: true });
  },
);

test('the environment can have the secret, and a path stays as it is', async () => {
  const env = { SHOPIFY_WEBHOOK_SECRET: `${SECRETS.shopify},${'o'.repeat(16)}` };

  const { code } = await earmark(['send', 'shopify', '--to', `${base}/in/shopify`], { env });

  expect(code).toBe(0);
  expect(got.at(-1)).toEqual({ url: '/in/shopify', ok: true });
});

test('an answer that is no 2xx is no success, and a redirect is not followed', async () => {
  const count = got.length;

  const { code, out } = await earmark(['send', 'shopify', '--to', base, '--secret', 'wrong']);

  expect(code).toBe(1);
  expect(out).toContain('Answered 302');
  expect(got).toHaveLength(count + 1);
});
