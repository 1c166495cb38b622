import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { createContact, getContact, queryContacts } from '../../lib/wix/contacts.ts';
import { inCalls, labelContact, unlabelContact } from '../../lib/wix/labels.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { answeringCall } from '../support/answering-call.ts';
import { APP, SITE_ID } from '../support/jobs.ts';
import { openWix } from '../support/wix-client.ts';

const refusal = (status: number, code?: string, data?: Record<string, unknown>): WixError =>
  new WixError({
    operation: 'getContact',
    kind: 'answer',
    status,
    ...(code && { code }),
    ...(data && { data }),
  });

describe('a contact', () => {
  const read = (contact: object) => getContact(answeringCall({ contact }).call, 'c');

  test('is read with all its addresses, as they are', async () => {
    const info = {
      emails: { items: [{ email: 'Ada@example.com' }, { email: 'ada@work.example' }] },
      phones: { items: [{ phone: '0555 1', e164Phone: '+49555 1' }, { phone: '0555 2' }] },
      labelKeys: { items: ['custom.a', 'custom.b'] },
    };
    const primaryInfo = { email: 'Ada@example.com', phone: '0555 1' };
    const contact = { id: 'c', createdDate: '2026-01-01T00:00:00Z', primaryInfo, info };
    expect(await read(contact)).toEqual({
      id: 'c',
      createdDate: '2026-01-01T00:00:00Z',
      primaryEmail: 'Ada@example.com',
      primaryPhone: '0555 1',
      emails: ['Ada@example.com', 'Ada@example.com', 'ada@work.example'],
      phones: ['0555 1', '0555 1', '+49555 1', '0555 2'],
      labelKeys: ['custom.a', 'custom.b'],
    });
  });

  test.each([
    ['left out', {}],
    ['null', { createdDate: null, primaryInfo: null, info: null }],
    [
      'empty within',
      {
        primaryInfo: { email: null, phone: null },
        info: { emails: {}, phones: { items: null }, labelKeys: { items: null } },
      },
    ],
    ['nameless', { info: { emails: { items: [{}] }, phones: { items: [{ phone: null }] } } }],
  ])('may have parts that are %s', async (_name, parts) => {
    expect(await read({ id: 'c', ...parts })).toEqual({
      id: 'c',
      createdDate: '',
      primaryEmail: undefined,
      primaryPhone: undefined,
      emails: [],
      phones: [],
      labelKeys: [],
    });
  });

  test('that Wix does not know is none, by that code alone', async () => {
    const get = (error: WixError) => getContact(answeringCall(error).call, 'c');
    expect(await get(refusal(404, 'CONTACT_NOT_FOUND'))).toBeUndefined();
    const wrongRoute = refusal(404);
    await expect(get(wrongRoute)).rejects.toBe(wrongRoute);
  });

  test('gets and loses labels, and returns which it then has', async () => {
    const contact = { id: 'c', info: { labelKeys: { items: ['custom.a'] } } };
    const { call, sent } = answeringCall({ contact });
    expect(await labelContact(call, 'c/d', ['custom.a', 'custom.b'])).toEqual(['custom.a']);
    expect(await unlabelContact(call, 'c/d', ['a&b', 'c'])).toEqual(['custom.a']);
    const path = '/contacts/v4/contacts/c%2Fd/labels';
    expect(sent).toEqual([
      {
        operation: 'labelContact',
        method: 'POST',
        path,
        body: { labelKeys: ['custom.a', 'custom.b'] },
      },
      {
        operation: 'unlabelContact',
        method: 'DELETE',
        path: `${path}?labelKeys=a%26b&labelKeys=c`,
      },
    ]);
  });
});

describe('a search for contacts', () => {
  test.each([
    ['email', 'info.emails.email'],
    ['phone', 'info.phones.phone'],
  ] as const)('by %s asks for all values at once', async (by, field) => {
    const { call, sent } = answeringCall({});
    expect(await queryContacts(call, { by, values: ['x', 'y'] })).toEqual({
      contacts: [],
      complete: true,
    });
    expect(sent).toMatchObject([
      {
        operation: 'queryContacts',
        path: '/contacts/v4/contacts/query',
        body: { query: { filter: { [field]: { $in: ['x', 'y'] } }, paging: { limit: 1000 } } },
      },
    ]);
  });

  test.each([
    [999, true],
    [1000, false],
  ])('whose answer holds %i is complete: %s', async (count, complete) => {
    const contacts = Array.from({ length: count }, (_, n) => ({ id: `c${n}` }));
    const found = await queryContacts(answeringCall({ contacts }).call, {
      by: 'email',
      values: [],
    });
    expect(found.complete).toBe(complete);
    expect(found.contacts).toHaveLength(count);
  });

  test('takes none for another', async () => {
    const wix = createWixSimulator({ app: APP });
    const site = openWix(wix)(SITE_ID);
    const ada = wix.addContact({ email: 'ada@example.com', phone: '+15550001' });
    wix.addContact({ email: 'bob@example.com' });
    const { contacts, complete } = await site.queryContacts({
      by: 'email',
      values: ['ada@example.com'],
    });
    expect(complete).toBe(true);
    expect(contacts).toMatchObject([
      {
        id: ada,
        primaryEmail: 'ada@example.com',
        emails: expect.arrayContaining(['ada@example.com']),
        phones: expect.arrayContaining(['+15550001']),
      },
    ]);
    const none = await site.queryContacts({ by: 'phone', values: ['+1'] });
    expect(none).toEqual({ contacts: [], complete: true });
    expect(await site.getContact(ada)).toMatchObject({ id: ada });
    expect(await site.getContact('00000000-0000-4000-8000-00000000dead')).toBeUndefined();
  });
});

describe('a contact is created', () => {
  test('of what is known of it', async () => {
    const { call, sent } = answeringCall({ contact: { id: 'new' } });
    expect(await createContact(call, { email: 'a@b.example', firstName: 'Ada' })).toEqual({
      id: 'new',
    });
    expect(await createContact(call, { phone: '+1' })).toEqual({ id: 'new' });
    expect(sent.map(({ body }) => body)).toEqual([
      {
        info: {
          name: { first: 'Ada', last: undefined },
          emails: { items: [{ tag: 'UNTAGGED', email: 'a@b.example', primary: true }] },
        },
        allowDuplicates: false,
      },
      {
        info: { phones: { items: [{ tag: 'UNTAGGED', phone: '+1', primary: true }] } },
        allowDuplicates: false,
      },
    ]);
  });

  test('unless there is one, which a 409 names', async () => {
    const duplicate = refusal(409, 'DUPLICATE_CONTACT_EXISTS', { duplicateContactId: 'old' });
    expect(await createContact(answeringCall(duplicate).call, { email: 'a@b.example' })).toEqual({
      id: 'old',
      duplicate: duplicate.failure,
    });
    const nameless = refusal(409, 'DUPLICATE_CONTACT_EXISTS');
    await expect(createContact(answeringCall(nameless).call, {})).rejects.toBe(nameless);
    const other = refusal(409, 'ANOTHER', { duplicateContactId: 'old' });
    await expect(createContact(answeringCall(other).call, {})).rejects.toBe(other);
  });
});

test('a removal is cut so that no URL is over 4 KB and no call has over 100 keys, in order, none lost', async () => {
  const CONTACT = '00000000-0000-4000-8000-0000000000aa';
  const aKey = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(fc.array(aKey, { maxLength: 250 }), async (keys) => {
      const calls = inCalls('unlabelContact', CONTACT, keys, (key) => key);
      expect(calls.flat()).toEqual(keys);
      for (const some of calls) {
        expect(some.length).toBeLessThanOrEqual(100);
        const { call, sent } = answeringCall({ contact: { info: {} } });
        await unlabelContact(call, CONTACT, some);
        const url = new URL(sent[0]?.path ?? '', 'https://www.wixapis.com');
        expect(url.href.length).toBeLessThan(4096);
        expect(url.searchParams.getAll('labelKeys')).toEqual(some.map((key) => key.toWellFormed()));
      }
    }),
  );
  const short = Array.from({ length: 201 }, (_, n) => `custom.${n}`);
  expect(
    inCalls('unlabelContact', CONTACT, short, (key) => key).map(({ length }) => length),
  ).toEqual([100, 100, 1]);
});
