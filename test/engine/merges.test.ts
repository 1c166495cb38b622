import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { postMerge } from '../../engine/merges.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { noticeOf } from '../../lib/history/notices.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { type Loopback, listenOnLoopback } from '../../simulators/loopback.ts';

const IDS = {
  from: 'b0000000-0000-4000-8000-00000000000b',
  into: 'c0000000-0000-4000-8000-00000000000c',
};

let gateway: Loopback;
afterEach(() => gateway.close());

/** A gateway that answers so, and keeps what it was posted. */
async function listen(status: number) {
  const posted: { readonly url: string | undefined; readonly body: Buffer }[] = [];
  gateway = await listenOnLoopback(async (request, response) => {
    posted.push({ url: request.url, body: await buffer(request) });
    response.writeHead(status).end();
  });
  return posted;
}

const now = Date.now();

test('a merge is posted as Wix signs it, and read as one', async () => {
  const posted = await listen(200);
  const settings = readLocalSettings({});

  await postMerge(IDS, { url: gateway.url, settings, now });

  const [{ url, body } = { url: '', body: Buffer.alloc(0) }] = posted;
  const delivery = { headers: {}, body, receivedAt: now };
  const key = settings.environment.WIX_WEBHOOK_PUBLIC_KEY ?? '';
  const found = codeSources.wix.verify(delivery, [key]);
  expect([url, posted.length, found.ok]).toEqual(['/webhooks/wix', 1, true]);
  expect(found.ok && noticeOf('wix', found.verified)).toMatchObject({
    merged: [IDS.from],
    event: { topic: 'wix.contacts.v4.contact_merged', contact: { contactId: IDS.into } },
  });
});

test('what cannot be signed is not posted, and one that is refused is an error', async () => {
  const posted = await listen(401);
  const settings = readLocalSettings({});
  const unsigned = { ...settings, signingSecrets: {} };
  const post = (one: Pick<typeof settings, 'environment' | 'signingSecrets'>) =>
    postMerge(IDS, { url: gateway.url, settings: one, now });

  await expect(post(unsigned)).rejects.toThrow('the engine cannot sign');
  expect(posted).toEqual([]);
  await expect(post(settings)).rejects.toThrow('answered 401');
});
