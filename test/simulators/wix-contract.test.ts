import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { contacts, labels } from '@wix/crm';
import { ApiKeyStrategy, createClient } from '@wix/sdk';
import { createWixSimulator, type WixSimulator } from '../../simulators/wix/simulator.ts';
import { API_KEY, NOBODY, SITE_ID } from '../support/simulated-wix.ts';
import { until } from '../support/until.ts';

/**
 * The official SDK drives the simulated Wix over HTTP: what it sends must be understood, what it gets
 * must come out as its own types say. `host.apiBaseUrl` would force https and other paths, so the
 * address is changed in `fetch` (npm @wix/sdk 1.21.16, rest-modules.js, checked 2026-11-21).
 */
function sdkFor(url: string, apiKey = API_KEY) {
  return createClient({
    auth: ApiKeyStrategy({ apiKey, siteId: SITE_ID }),
    modules: { contacts, labels },
    fetch: (input, init) => fetch(String(input).replace('https://www.wixapis.com', url), init),
  });
}

let wix: WixSimulator;
let url: string;
let close: () => Promise<void>;
let sdk: ReturnType<typeof sdkFor>;

beforeEach(async () => {
  wix = createWixSimulator({
    apiKey: API_KEY,
    siteId: SITE_ID,
    labelsQuota: 2,
    bulkJobs: { durationMs: 0 },
  });
  ({ url, close } = await wix.listen(0));
  sdk = sdkFor(url);
});
afterEach(() => close());

async function keyOf(name: string): Promise<string> {
  const { label } = await sdk.labels.findOrCreateLabel(name);
  return label?.key ?? '';
}

describe('labels', () => {
  test('are found or created', async () => {
    const made = await sdk.labels.findOrCreateLabel('Big Spender');
    const found = await sdk.labels.findOrCreateLabel('Big Spender', { language: 'en' });

    expect(made).toMatchObject({
      newLabel: true,
      label: {
        key: 'custom.big-spender',
        displayName: 'Big Spender',
        labelType: 'USER_DEFINED',
        _createdDate: expect.any(Date),
      },
    });
    expect(found).toEqual({ ...made, newLabel: false });
  });

  test('are listed, queried, got, renamed and deleted', async () => {
    const key = await keyOf('VIP');
    await keyOf('Customer');

    const list = await sdk.labels.listLabels({
      labelType: 'USER_DEFINED',
      sort: { fieldName: 'displayName', order: 'ASC' },
      paging: { limit: 1, offset: 1 },
    });
    expect(list).toMatchObject({ labels: [{ key }], metadata: { count: 1, offset: 1, total: 2 } });

    const query = sdk.labels.queryLabels().in('displayName', ['VIP', 'None']);
    const { items, totalCount } = await query.ascending('displayName').find();
    expect({ items, totalCount }).toMatchObject({ items: [{ key }], totalCount: 1 });

    expect(await sdk.labels.getLabel(key)).toMatchObject({ displayName: 'VIP' });
    const renamed = await sdk.labels.renameLabel(key, { displayName: 'Very Important' });
    expect(renamed).toMatchObject({ key, displayName: 'Very Important' });
    await sdk.labels.deleteLabel(key);
    await expect(sdk.labels.getLabel(key)).rejects.toMatchObject({ status: 404 });
  });
});

describe('contacts', () => {
  test('are created, labelled, unlabelled, got and queried', async () => {
    // Prepare
    const [vip, customer] = [await keyOf('VIP'), await keyOf('Customer')];
    const { contact } = await sdk.contacts.createContact({
      name: { first: 'Ada' },
      emails: { items: [{ email: 'ada@example.com' }] },
    });
    const id = contact?._id ?? '';

    // Act
    const labelled = await sdk.contacts.labelContact(id, [vip, customer]);
    const unlabelled = await sdk.contacts.unlabelContact(id, [customer, vip]);
    await sdk.contacts.labelContact(id, [vip]);
    const got = await sdk.contacts.getContact(id);
    const byEmail = await sdk.contacts
      .queryContacts()
      .eq('primaryInfo.email', 'ada@example.com')
      .find();
    const byBoth = await sdk.contacts
      .queryContacts()
      .in('_id', [id, NOBODY])
      .eq('primaryInfo.email', 'bob@example.com')
      .find();

    // Assess
    expect(contact).toMatchObject({
      revision: 1,
      _createdDate: expect.any(Date),
      primaryInfo: { email: 'ada@example.com' },
      info: { emails: { items: [{ _id: expect.any(String), primary: true }] } },
    });
    expect(labelled.contact?.info?.labelKeys?.items).toEqual([vip, customer]);
    expect(unlabelled.contact?.info?.labelKeys?.items).toEqual([]);
    expect(got).toMatchObject({ _id: id, revision: 4, info: { labelKeys: { items: [vip] } } });
    expect(byEmail.items).toEqual([got]);
    expect(byBoth.items).toEqual([]);
    expect(wix.labelNamesOf(id)).toEqual(['VIP']);
  });

  test('are labelled by a bulk job', async () => {
    const id = wix.addContact({ email: 'ada@example.com' });
    const vip = await keyOf('VIP');

    const { jobId } = await sdk.contacts.bulkLabelAndUnlabelContacts({
      filter: { id: { $in: [id] } },
      labelKeysToAdd: [vip],
    });

    expect(jobId).toMatch(/^[0-9a-f-]{36}$/);
    await until(() => wix.labelNamesOf(id).includes('VIP'));
  });

  test('that were merged away come out of get as the one that is left', async () => {
    const source = wix.addContact({ email: 'ada@example.com' });
    const target = wix.addContact({ email: 'ada@work.example' });
    wix.mergeContacts(source, target);
    expect(await sdk.contacts.getContact(source)).toMatchObject({ _id: target });
  });
});

describe('errors come out typed', () => {
  const application = (status: number, code: string, data = {}) => ({
    status,
    requestId: expect.any(String),
    details: { applicationError: { code, data } },
  });

  test('LABELS_QUOTA_REACHED', async () => {
    await keyOf('one');
    await keyOf('two');
    await expect(sdk.labels.findOrCreateLabel('three')).rejects.toMatchObject(
      application(428, 'LABELS_QUOTA_REACHED', { labelsQuota: '2', labelsCurrentTotal: '2' }),
    );
  });

  test('CONTACT_NOT_FOUND', async () => {
    const key = await keyOf('VIP');
    const notFound = application(404, 'CONTACT_NOT_FOUND');
    await expect(sdk.contacts.getContact(NOBODY)).rejects.toMatchObject(notFound);
    await expect(sdk.contacts.labelContact(NOBODY, [key])).rejects.toMatchObject(notFound);
    await expect(sdk.contacts.unlabelContact(NOBODY, [key])).rejects.toMatchObject(notFound);
  });

  test('DUPLICATE_CONTACT_EXISTS', async () => {
    const duplicateContactId = wix.addContact({ email: 'ada@example.com' });
    const again = sdk.contacts.createContact({ emails: { items: [{ email: 'ada@example.com' }] } });
    const data = { duplicateContactId, duplicateEmail: 'ada@example.com' };
    await expect(again).rejects.toMatchObject(application(409, 'DUPLICATE_CONTACT_EXISTS', data));
  });

  test('a validation error names the field', async () => {
    await expect(sdk.labels.findOrCreateLabel('x'.repeat(181))).rejects.toMatchObject({
      status: 400,
      details: {
        validationError: {
          fieldViolations: [{ field: 'displayName', violatedRule: 'MAX_LENGTH' }],
        },
      },
    });
  });

  test('a filter that is not supported', async () => {
    const query = sdk.contacts.queryContacts().startsWith('primaryInfo.email', 'ada');
    const refused = application(400, 'UNSUPPORTED_FILTER_OPERATOR');
    await expect(query.find()).rejects.toMatchObject(refused);
  });

  test('a wrong API key', async () => {
    const stranger = sdkFor(url, 'IST.other');
    await expect(stranger.labels.listLabels()).rejects.toMatchObject(
      application(401, 'UNAUTHENTICATED'),
    );
  });

  test('a server fault with its empty envelope', async () => {
    wix.fault({ status: 503 });
    await expect(sdk.labels.listLabels()).rejects.toMatchObject({ status: 503 });
  });
});
