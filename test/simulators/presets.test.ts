import { expect, test } from '@jest/globals';
import { createPresets, type PresetName } from '../../simulators/presets/presets.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';

function open() {
  const wix = createWixSimulator({ apiKey: 'k', siteId: 's', sleep: async () => {} });
  const merges: string[][] = [];
  const presets = createPresets(wix, async (from, into) => void merges.push([from, into]));
  const ask = async (method: string, path: string, body: object = {}) => {
    const headers = { authorization: 'k', 'wix-site-id': 's' };
    const url = `/contacts/v4/${path}`;
    const answer = await wix.handle({ method, url, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: JSON.parse(answer.body || '{}') };
  };
  const isOn = () => presets.list().flatMap((one) => (one.isOn ? [one.name] : []));
  return { wix, presets, ask, isOn, merges };
}

test.each<[PresetName, number]>([
  ['down', 503],
  ['throttled', 429],
  ['refused', 401],
])('%s: every call is answered %i, until it is off', async (name, status) => {
  const { presets, ask, isOn } = open();
  await presets.set(name, true);
  expect([(await ask('GET', 'labels')).status, (await ask('GET', 'labels')).status]).toEqual([
    status,
    status,
  ]);
  expect(isOn()).toEqual([name]);
  await presets.set(name, false);
  expect((await ask('GET', 'labels')).status).toBe(200);
  expect(isOn()).toEqual([]);
});

test('full: labels that are there are found, and no other is made', async () => {
  const { wix, presets, ask } = open();
  wix.addLabel('VIP');
  await presets.set('full', true);
  expect((await ask('POST', 'labels', { displayName: 'VIP' })).status).toBe(200);
  const { status, body } = await ask('POST', 'labels', { displayName: 'Lead' });
  expect([status, body.details.applicationError.code]).toEqual([428, 'LABELS_QUOTA_REACHED']);
  await presets.set('full', false);
  expect((await ask('POST', 'labels', { displayName: 'Lead' })).status).toBe(200);
});

test('late-contact: nobody is found, and all are there again', async () => {
  const { wix, presets, ask } = open();
  const id = wix.addContact({ email: 'kim@example.com' });
  const found = async () => [
    (await ask('POST', 'contacts/query')).body.contacts.length,
    (await ask('GET', `contacts/${id}`)).status,
  ];
  await presets.set('late-contact', true);
  expect(await found()).toEqual([0, 404]);
  await presets.set('late-contact', false);
  expect(await found()).toEqual([1, 200]);
});

test('merged: the contact that changed last lives on in another, which is heard of, and the switch is not on', async () => {
  const { wix, presets, ask, isOn, merges } = open();
  const id = wix.addContact({ email: 'kim@example.com', firstName: 'Kim' });
  await presets.set('merged', true);
  const { body } = await ask('GET', `contacts/${id}`);
  expect(body.responseType).toBe('MERGED');
  expect(body.contact.primaryInfo.email).toBe('kim@example.com');
  expect(body.contact.id).not.toBe(id);
  expect(merges).toEqual([[id, body.contact.id]]);
  expect(isOn()).toEqual([]);
});

test('merged: where there is nobody, it says so', async () => {
  await expect(open().presets.set('merged', true)).rejects.toThrow('There is no contact to merge.');
});

test('label-deleted: every label of users is gone, and those of Wix stay', async () => {
  const { wix, presets, isOn } = open();
  wix.addLabel('VIP');
  await presets.set('label-deleted', true);
  expect(wix.labels().map(({ labelType }) => labelType)).toEqual(['SYSTEM', 'SYSTEM']);
  expect(isOn()).toEqual([]);
});

test('what is on stays on when another goes off', async () => {
  const { presets, ask, isOn } = open();
  await presets.set('throttled', true);
  await presets.set('slow', true);
  await presets.set('throttled', false);
  expect(isOn()).toEqual(['slow']);
  expect((await ask('GET', 'labels')).status).toBe(200);
  await presets.set('down', true);
  expect((await ask('GET', 'labels')).status).toBe(503);
});
