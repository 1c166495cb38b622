import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';
import { API_KEY, CREDENTIALS, SITE_ID, simulatedWix } from '../support/simulated-wix.ts';

let wix: WixSimulator;
let url: string;
let close: () => Promise<void>;

beforeEach(async () => {
  wix = simulatedWix().wix;
  ({ url, close } = await wix.listen(0));
});
afterEach(() => close());

async function send(method: string, path: string, body?: unknown) {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url + path, { method, headers: CREDENTIALS, ...text });
  return { status: response.status, body: await response.json() };
}

describe('over HTTP', () => {
  test('listens on the loopback address', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('a contact is labelled, found and unlabelled', async () => {
    const id = wix.addContact({ email: 'ada@example.com' });
    const labels = `/contacts/v4/contacts/${id}/labels`;
    await send('POST', '/contacts/v4/labels', { displayName: 'Größte Kundin' });
    const [key] = wix
      .labels()
      .map((label) => label.key)
      .slice(-1);

    expect(await send('POST', labels, { labelKeys: [key] })).toMatchObject({ status: 200 });
    expect(wix.labelNamesOf(id)).toEqual(['Größte Kundin']);
    expect(await send('DELETE', labels, { labelKeys: [key] })).toMatchObject({ status: 200 });
    expect(wix.labelNamesOf(id)).toEqual([]);
  });

  test('a dropped connection ends without an answer, and the next one is served', async () => {
    wix.fault({ drop: true });
    await expect(send('GET', '/contacts/v4/labels')).rejects.toThrow('fetch failed');
    expect(await send('GET', '/contacts/v4/labels')).toMatchObject({ status: 200 });
  });

  test('a fault that no header line can hold ends the connection, not the server', async () => {
    wix.fault({ status: 503, headers: { 'x-bad': 'a\nb' } });
    await expect(send('GET', '/contacts/v4/labels')).rejects.toThrow('fetch failed');
    expect(await send('GET', '/contacts/v4/labels')).toMatchObject({ status: 200 });
  });

  test('closing ends requests that wait', async () => {
    wix.fault({ delayMs: 60_000 });
    const refused = expect(send('GET', '/contacts/v4/labels')).rejects.toThrow('fetch failed');
    while (wix.calls.length === 0) await new Promise(setImmediate);
    await close();
    await refused;
  });

  test('a port that is taken is named', async () => {
    const port = Number(new URL(url).port);
    await expect(simulatedWix().wix.listen(port)).rejects.toThrow(`127.0.0.1:${port}`);
  });
});

describe('the control endpoints', () => {
  test('merge a contact into another, whose id is answered, and say what is no merge', async () => {
    const [from, into] = ['kim@example.com', 'ada@example.com'].map((email) =>
      wix.addContact({ email }),
    );
    const member = wix.addContact({ memberId: '00000000-0000-4000-8000-00000000000a' });

    const merged = await send('POST', '/_simulator/merges', { from, into });

    expect(merged).toEqual({ status: 200, body: { id: into } });
    expect(wix.contacts().map(({ id }) => id)).toEqual([into, member]);
    expect(await send('GET', `/contacts/v4/contacts/${from}`)).toMatchObject({
      body: {
        contact: { id: into, info: { emails: { items: [{}, { email: 'kim@example.com' }] } } },
      },
    });
    const refused = [
      { from, into },
      { from: member, into },
      { from: into },
      [],
      { from: into, into },
    ];
    const answers = await Promise.all(
      refused.map((body) => send('POST', '/_simulator/merges', body)),
    );
    expect(
      answers.map(({ status, body }) => [status, (body as { message: string }).message]),
    ).toEqual([
      [400, expect.stringContaining(`No contact ${from}`)],
      [400, expect.stringContaining('is a site member')],
      [400, expect.stringContaining('it takes from and into')],
      [400, expect.stringContaining('it takes from and into')],
      [400, expect.stringContaining('into another one')],
    ]);
  });

  test('add contacts, and show who has which label', async () => {
    // Prepare
    const ada = { email: 'ada@example.com', firstName: 'Ada' };
    const added = await send('POST', '/_simulator/contacts', ada);
    await send('POST', '/_simulator/contacts', { phone: '+15550100', site: SITE_ID });
    const [{ id } = { id: '' }] = wix.contacts();
    await send('POST', '/contacts/v4/labels', { displayName: 'VIP' });
    await send('POST', `/contacts/v4/contacts/${id}/labels`, { labelKeys: ['custom.vip'] });

    // Act
    const all = await send('GET', '/_simulator/contacts');
    const one = await send('GET', '/_simulator/contacts?email=ada@example.com');

    // Assess
    const shown = { id, site: SITE_ID, ...ada, labels: ['VIP'] };
    expect(added).toEqual({ status: 200, body: { id } });
    expect(one).toEqual({ status: 200, body: { contacts: [shown] } });
    expect(all.body).toMatchObject({ contacts: [shown, { phone: '+15550100', labels: [] }] });
  });

  test.each([
    [{ mail: 'ada@example.com' }, /email, phone/],
    [{ email: '' }, /email, phone/],
    [undefined, /email, phone/],
    [{ email: 'ada@example.com', site: 'elsewhere' }, /No site elsewhere/],
  ])('%j is refused as a contact', async (body, message) => {
    const answer = await send('POST', '/_simulator/contacts', body);
    expect(answer).toEqual({ status: 400, body: { message: expect.stringMatching(message) } });
    expect(wix.contacts()).toEqual([]);
  });

  test('faults strike until deleted', async () => {
    expect(await send('POST', '/_simulator/faults', { status: 503, times: null })).toMatchObject({
      status: 200,
    });
    expect(await send('GET', '/contacts/v4/labels')).toMatchObject({ status: 503 });
    expect(await send('DELETE', '/_simulator/faults')).toMatchObject({ status: 200 });
    expect(await send('GET', '/contacts/v4/labels')).toMatchObject({ status: 200 });
  });

  test('show the labels and the calls; their own use is no call', async () => {
    await send('POST', '/contacts/v4/labels', { displayName: 'VIP' });
    const { body: labels } = await send('GET', `/_simulator/labels?site=${SITE_ID}`);
    const { body: calls } = await send('GET', '/_simulator/calls');
    expect(labels).toMatchObject({ labels: [{}, {}, { key: 'custom.vip', displayName: 'VIP' }] });
    expect(calls).toMatchObject({ calls: [{ operation: 'findOrCreateLabel', status: 200 }] });
    expect(JSON.stringify(calls)).not.toContain(API_KEY);
  });

  test('an unknown one says where they are listed', async () => {
    expect(await send('PUT', '/_simulator/contacts')).toEqual({
      status: 404,
      body: { message: expect.stringContaining('docs/simulator.md') },
    });
  });
});
