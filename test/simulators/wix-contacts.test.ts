import { describe, expect, test } from '@jest/globals';
import type { ContactChange, WixSimulatorOptions } from '../../simulators/wix/simulator.ts';
import { codeOf, NOBODY, SITE_ID, simulatedWix } from '../support/simulated-wix.ts';

const CONTACTS = 'POST /contacts/v4/contacts';
const QUERY = 'POST /contacts/v4/contacts/query';
const labelsOf = (id: string) => `POST /contacts/v4/contacts/${id}/labels`;
const unlabel = (id: string) => `DELETE /contacts/v4/contacts/${id}/labels`;

async function labelledContact(options: WixSimulatorOptions = {}) {
  const room = simulatedWix(options);
  const id = room.wix.addContact({ email: 'ada@example.com', firstName: 'Ada' });
  const [vip, customer] = [await room.keyOf('VIP'), await room.keyOf('Customer')];
  await room.call(labelsOf(id), { labelKeys: [customer] });
  return { ...room, id, vip, customer };
}

describe('label and unlabel', () => {
  test('adding answers with the whole contact and its new revision', async () => {
    const { wix, call, id, vip, customer } = await labelledContact();

    const answer = await call(labelsOf(id), { contactId: id, labelKeys: [vip] });

    expect(answer).toMatchObject({
      status: 200,
      body: {
        contact: {
          id,
          revision: 3,
          primaryInfo: { email: 'ada@example.com' },
          info: { name: { first: 'Ada' }, labelKeys: { items: [customer, vip] } },
        },
      },
    });
    expect(wix.labelNamesOf(id)).toEqual(['Customer', 'VIP']);
    await call(unlabel(id), { labelKeys: [customer] });
    await call(labelsOf(id), { labelKeys: [customer] });
    expect(wix.labelNamesOf(id)).toEqual(['Customer', 'VIP']);
  });

  test('every call reports what it really changed', async () => {
    const changes: ContactChange[] = [];
    const { call, id, vip, customer } = await labelledContact({
      onContactUpdated: (change) => changes.push(change),
    });
    changes.length = 0;

    await call(labelsOf(id), { labelKeys: [vip, customer] });
    await call(labelsOf(id), { labelKeys: [vip] });
    await call(unlabel(id), { labelKeys: [customer] });
    await call(unlabel(id), { labelKeys: [customer] });

    const none = { siteId: SITE_ID, contactId: id, addedLabelKeys: [], removedLabelKeys: [] };
    expect(changes).toEqual([
      { ...none, addedLabelKeys: [vip] },
      none,
      { ...none, removedLabelKeys: [customer] },
      none,
    ]);
  });

  test('keys to remove come in the query or in the body', async () => {
    const { wix, call, id, vip, customer } = await labelledContact();
    await call(labelsOf(id), { labelKeys: [vip] });

    await call(`${unlabel(id)}?contactId=${id}&labelKeys=${vip}&labelKeys=${customer}`);

    expect(wix.labelNamesOf(id)).toEqual([]);
  });

  const tooMany = Array.from({ length: 101 }, (_, n) => `custom.${n}`);
  test.each([
    ['no keys', { labelKeys: [] }, 'labelKeys', 'MIN_SIZE'],
    ['101 keys', { labelKeys: tooMany }, 'labelKeys', 'MAX_SIZE'],
    ['a bare text', { labelKeys: 'custom.vip' }, 'labelKeys', 'OTHER'],
    ['the wrong name', { labelKey: 'custom.vip' }, 'labelKeys', 'OTHER'],
    ['a key of 81', { labelKeys: ['x'.repeat(81)] }, 'labelKeys.0', 'MAX_LENGTH'],
    ['no body', undefined, '', 'OTHER'],
  ])('%s is a 400 that names the field', async (_, body, field, violatedRule) => {
    const { call, id } = await labelledContact();
    for (const route of [labelsOf(id), unlabel(id)]) {
      expect(await call(route, body)).toMatchObject({
        status: 400,
        body: { details: { validationError: { fieldViolations: [{ field, violatedRule }] } } },
      });
    }
  });

  test('100 keys are taken', async () => {
    const { wix, call, keyOf } = simulatedWix();
    const id = wix.addContact({ phone: '+15550100' });
    const labelKeys: string[] = [];
    for (let n = 0; n < 100; n++) labelKeys.push(await keyOf(`label ${n}`));
    expect(await call(labelsOf(id), { labelKeys })).toMatchObject({ status: 200 });
    expect(wix.labelNamesOf(id)).toHaveLength(100);
  });

  test('an id that is no GUID is a 400, one of nobody a 404 CONTACT_NOT_FOUND', async () => {
    const { call, vip } = await labelledContact();
    const labelKeys = [vip];
    expect(await call(labelsOf('ada'), { labelKeys })).toMatchObject({
      status: 400,
      body: { details: { validationError: { fieldViolations: [{ field: 'contactId' }] } } },
    });
    const nobody = await call(labelsOf(NOBODY), { labelKeys });
    expect([nobody.status, codeOf(nobody)]).toEqual([404, 'CONTACT_NOT_FOUND']);
  });

  describe('a key that does not exist', () => {
    const keys = (...labelKeys: string[]) => ({ labelKeys });

    test('error-404: fails with a code that is not CONTACT_NOT_FOUND, and changes nothing', async () => {
      const { wix, call, id, vip } = await labelledContact();
      const answer = await call(labelsOf(id), keys(vip, 'custom.none'));
      expect([answer.status, codeOf(answer)]).toEqual([404, 'NOT_FOUND']);
      expect(wix.labelNamesOf(id)).toEqual(['Customer']);
    });

    test('error-400: fails naming labelKeys', async () => {
      const { call, id } = await labelledContact({ unknownLabelKey: 'error-400' });
      for (const route of [labelsOf(id), unlabel(id)]) {
        expect(await call(route, keys('custom.none'))).toMatchObject({
          status: 400,
          body: { details: { validationError: { fieldViolations: [{ field: 'labelKeys' }] } } },
        });
      }
    });

    test('ignored: 200 without it, and with the others', async () => {
      const { call, id, vip, customer } = await labelledContact({ unknownLabelKey: 'ignored' });
      expect(await call(labelsOf(id), keys('custom.none', vip))).toMatchObject({
        status: 200,
        body: { contact: { info: { labelKeys: { items: [customer, vip] } } } },
      });
    });
  });
});

describe('get', () => {
  test('answers REGULAR with the contact in its v4 shape', async () => {
    const { wix, call } = simulatedWix({ now: () => 0 });
    const id = wix.addContact({ email: 'ada@example.com', phone: '+15550100', lastName: 'Byron' });

    expect((await call(`GET /contacts/v4/contacts/${id}?id=${id}`)).body).toEqual({
      responseType: 'REGULAR',
      contact: {
        id,
        revision: 1,
        source: { sourceType: 'ADMIN' },
        createdDate: '1970-01-01T00:00:00.000Z',
        updatedDate: '1970-01-01T00:00:00.000Z',
        primaryInfo: { email: 'ada@example.com', phone: '+15550100' },
        info: {
          name: { last: 'Byron' },
          emails: {
            items: [
              { id: expect.any(String), tag: 'UNTAGGED', email: 'ada@example.com', primary: true },
            ],
          },
          phones: {
            items: [{ id: expect.any(String), tag: 'UNTAGGED', phone: '+15550100', primary: true }],
          },
          labelKeys: { items: [] },
        },
      },
    });
  });

  test('the id of a contact merged away, even twice, is understood by get alone', async () => {
    // Prepare
    const { wix, call, id, vip, customer } = await labelledContact();
    const middle = wix.addContact({ email: 'ada@work.example' });
    const last = wix.addContact({ email: 'lovelace@example.com', phone: '+15550100' });
    await call(labelsOf(last), { labelKeys: [vip] });

    // Act
    wix.mergeContacts(id, middle);
    wix.mergeContacts(middle, last);

    // Assess
    expect((await call(`GET /contacts/v4/contacts/${id}`)).body).toMatchObject({
      responseType: 'MERGED',
      contact: { id: last, info: { labelKeys: { items: [vip, customer] } } },
    });
    const labelled = await call(labelsOf(id), { labelKeys: [vip] });
    expect([labelled.status, codeOf(labelled)]).toEqual([404, 'CONTACT_NOT_FOUND']);
    expect((await call(QUERY, { query: { filter: { id } } })).body).toMatchObject({ contacts: [] });
    const byOldEmail = { query: { filter: { 'info.emails.email': 'ada@example.com' } } };
    expect((await call(QUERY, byOldEmail)).body).toMatchObject({ contacts: [{ id: last }] });
    expect(wix.contact(id)).toBeUndefined();
    expect(wix.contact(last)?.primaryInfo.email).toBe('lovelace@example.com');
    const emails = wix.contact(last)?.info.emails.items ?? [];
    expect(emails.map(({ primary }) => primary)).toEqual([true, false, false]);
  });

  test('a removed contact, and one merged into it, are 404', async () => {
    const { wix, call, id } = await labelledContact();
    const target = wix.addContact({ email: 'bob@example.com' });
    wix.mergeContacts(id, target);
    wix.removeContact(target);
    for (const gone of [id, target]) {
      const answer = await call(`GET /contacts/v4/contacts/${gone}`);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'CONTACT_NOT_FOUND']);
    }
  });
});

describe('admin', () => {
  test('what it shows are copies', async () => {
    const { wix, id } = await labelledContact();
    for (const copy of [wix.contact(id), ...wix.contacts()]) copy?.info.labelKeys.items.push('x');
    for (const copy of wix.labels()) copy.displayName = 'x';
    expect(wix.labelNamesOf(id)).toEqual(['Customer']);
  });

  test('what is not there is named', async () => {
    const { wix, id } = await labelledContact();
    expect(() => wix.labelNamesOf(NOBODY)).toThrow(NOBODY);
    expect(() => wix.removeContact(NOBODY)).toThrow(NOBODY);
    expect(() => wix.mergeContacts(id, NOBODY)).toThrow(NOBODY);
    expect(() => wix.mergeContacts(id, id)).toThrow('another one');
    expect(() => wix.deleteLabel('custom.none')).toThrow('custom.none');
  });
});

describe('query', () => {
  function three(options: WixSimulatorOptions = {}) {
    const room = simulatedWix(options);
    const ada = room.wix.addContact({ email: 'ada@example.com', phone: '1' });
    const bob = room.wix.addContact({ email: 'bob@example.com', phone: '2' });
    const cyd = room.wix.addContact({ firstName: 'Cyd' });
    return { ...room, ids: { ada, bob, cyd } };
  }

  test.each([
    [{ 'primaryInfo.email': 'ada@example.com' }, ['ada']],
    [{ 'primaryInfo.email': { $in: ['bob@example.com', 'ada@example.com'] } }, ['ada', 'bob']],
    [{ 'info.emails.email': { $eq: 'bob@example.com' } }, ['bob']],
    [{ 'info.emails.email': { $in: ['ada@example.com', 'bob@example.com', 'x'] } }, ['ada', 'bob']],
    [{ 'info.emails.email': { $in: ['ada@example.com'], $eq: 'bob@example.com' } }, []],
    [{ 'info.emails.email': 'bob@example.com', id: { $in: [] } }, []],
    [{ 'primaryInfo.phone': { $eq: '1' } }, ['ada']],
    [{ 'info.phones.phone': { $in: ['1', '2', '3'] } }, ['ada', 'bob']],
    [{ 'primaryInfo.email': 'Ada@example.com' }, []],
    [{ 'primaryInfo.email': { $in: [] } }, []],
    [{}, ['ada', 'bob', 'cyd']],
  ] as const)('by %j', async (filter, names) => {
    const { call, ids } = three();
    const { body } = await call(QUERY, { query: { filter } });
    expect(body).toMatchObject({ contacts: names.map((name) => ({ id: ids[name] })) });
  });

  test('by several ids, one page at a time', async () => {
    const { call, ids } = three();
    const filter = { id: { $in: Object.values(ids) } };
    const answer = await call(QUERY, { query: { filter, paging: { limit: 2, offset: 1 } } });
    expect(answer.body).toMatchObject({
      contacts: [{ id: ids.bob }, { id: ids.cyd }],
      pagingMetadata: { count: 2, offset: 1, total: 3 },
    });
  });

  test.each([
    [{ filter: { 'info.emails.items.email': 'a' } }, 'UNSUPPORTED_FILTER_FIELD_UNKNOWN'],
    [{ filter: { constructor: 'a' } }, 'UNSUPPORTED_FILTER_FIELD_UNKNOWN'],
    [{ filter: { id: { $exists: true } } }, 'UNSUPPORTED_FILTER_OPERATOR'],
    [{ filter: { id: 7 } }, 'UNSUPPORTED_FILTER_VALUE'],
    [{ filter: { $or: [{ id: NOBODY }] } }, 'UNSUPPORTED_FILTER'],
    [{ filter: 'id' }, 'MALFORMED_FILTER'],
    [{ paging: { limit: 1001 } }, 'ILLEGAL_LIMIT'],
    [{ sort: [{ fieldName: 'info.phones.phone' }] }, 'UNSUPPORTED_SORT_FIELD'],
    [
      { sort: [{ fieldName: 'createdDate' }, { fieldName: 'primaryInfo.email' }] },
      'UNSUPPORTED_SORT_FIELD',
    ],
  ])('%j is refused with %s', async (query, code) => {
    const { call } = simulatedWix();
    const answer = await call(QUERY, { query });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  test('a young contact is not found before the lag is over, though get shows it at once', async () => {
    let now = 0;
    const { call, ids } = three({ queryLagMs: 2_000, now: () => now });
    const query = { query: { filter: { 'primaryInfo.email': 'ada@example.com' } } };

    now = 1_999;
    expect((await call(QUERY, query)).body).toMatchObject({ contacts: [] });
    expect(await call(`GET /contacts/v4/contacts/${ids.ada}`)).toMatchObject({ status: 200 });
    now = 2_000;
    expect((await call(QUERY, query)).body).toMatchObject({ contacts: [{ id: ids.ada }] });
  });
});

describe('create', () => {
  const emails = (...all: string[]) => ({ emails: { items: all.map((email) => ({ email })) } });
  const phones = (...all: string[]) => ({ phones: { items: all.map((phone) => ({ phone })) } });

  test('keeps what it is given, and the first e-mail and phone are primary', async () => {
    const { call, keyOf } = simulatedWix();
    const info = {
      name: { first: 'Ada' },
      company: 'Analytical Engines',
      ...emails('ada@example.com', 'ada@work.example'),
      ...phones('1'),
      labelKeys: { items: [await keyOf('VIP')] },
    };
    expect(await call(CONTACTS, { info })).toMatchObject({
      status: 200,
      body: {
        contact: { revision: 1, info, primaryInfo: { email: 'ada@example.com', phone: '1' } },
      },
    });
  });

  test.each([
    ['a known e-mail', emails('ada@example.com'), { duplicateEmail: 'ada@example.com' }],
    ['in another case', emails('Ada@Example.com'), { duplicateEmail: 'Ada@Example.com' }],
    ['a known phone alone', phones('1'), { duplicatePhone: '1' }],
  ])('%s is a duplicate', async (_, info, data) => {
    const { wix, call } = simulatedWix();
    const duplicateContactId = wix.addContact({ email: 'ada@example.com', phone: '1' });

    const answer = await call(CONTACTS, { info });

    const error = { code: 'DUPLICATE_CONTACT_EXISTS', data: { duplicateContactId, ...data } };
    expect(answer).toMatchObject({
      status: 409,
      body: { details: { applicationError: error } },
    });
    expect(await call(CONTACTS, { info, allowDuplicates: true })).toMatchObject({ status: 200 });
    expect(wix.contacts()).toHaveLength(2);
  });

  test('a known phone with a new e-mail is a new contact', async () => {
    const { wix, call } = simulatedWix();
    wix.addContact({ email: 'ada@example.com', phone: '1' });
    const info = { ...emails('bob@example.com'), ...phones('1') };
    expect(await call(CONTACTS, { info })).toMatchObject({ status: 200 });
  });

  const twoPrimary = [
    { email: 'a@example.com', primary: true },
    { email: 'b@example.com', primary: true },
  ];
  test.each([
    ['nothing', {}, 'INSUFFICIENT_CONTACT_DATA'],
    ['an empty name', { name: { first: '' } }, 'INSUFFICIENT_CONTACT_DATA'],
    ['two primaries', { emails: { items: twoPrimary } }, 'CANNOT_HAVE_MULTIPLE_PRIMARY_INFO'],
  ])('%s is a 400', async (_, info, code) => {
    const { call } = simulatedWix();
    const answer = await call(CONTACTS, { info });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  test.each([
    [
      'a bare list of labels',
      { name: { first: 'A' }, labelKeys: ['custom.vip'] },
      'info.labelKeys',
    ],
    ['a bare list of e-mails', { emails: ['a@example.com'] }, 'info.emails'],
    ['an empty e-mail', emails(''), 'info.emails.items.0.email'],
  ])('%s breaks the shape', async (_, info, field) => {
    const { call } = simulatedWix();
    expect(await call(CONTACTS, { info })).toMatchObject({
      status: 400,
      body: { details: { validationError: { fieldViolations: [{ field }] } } },
    });
  });

  test('a label that does not exist is refused', async () => {
    const { wix, call } = simulatedWix();
    const info = { name: { first: 'A' }, labelKeys: { items: ['custom.none'] } };
    expect(await call(CONTACTS, { info })).toMatchObject({ status: 404 });
    expect(wix.contacts()).toEqual([]);
  });
});

describe('members', () => {
  const MEMBER = '3e3b0000-0000-4000-8000-000000000001';

  test('a member leads to its contact', async () => {
    const { wix, call } = simulatedWix();
    const contactId = wix.addContact({ email: 'ada@example.com', memberId: MEMBER });
    wix.addContact({ email: 'bob@example.com', memberId: NOBODY });
    const member = { id: MEMBER, contactId };

    expect((await call(`GET /members/v1/members/${MEMBER}`)).body).toEqual({ member });
    const query = { query: { filter: { contactId } } };
    expect((await call('POST /members/v1/members/query', query)).body).toMatchObject({
      members: [member],
    });
  });

  test('a query takes 100 at most', async () => {
    const { call } = simulatedWix();
    const query = (limit: number) => ({ query: { paging: { limit } } });
    expect(await call('POST /members/v1/members/query', query(100))).toMatchObject({ status: 200 });
    expect(await call('POST /members/v1/members/query', query(101))).toMatchObject({ status: 400 });
  });

  test('nobody is a 404, no GUID a 400, and a member is not a contact', async () => {
    const { wix, call } = simulatedWix();
    wix.addContact({ email: 'ada@example.com', memberId: MEMBER });
    expect(await call(`GET /members/v1/members/${NOBODY}`)).toMatchObject({ status: 404 });
    expect(await call('GET /members/v1/members/ada')).toMatchObject({ status: 400 });
    expect(await call(`GET /contacts/v4/contacts/${MEMBER}`)).toMatchObject({ status: 404 });
  });

  test('a member cannot be merged away, and ends with its contact', async () => {
    const { wix, call } = simulatedWix();
    const ada = wix.addContact({ email: 'ada@example.com', memberId: MEMBER });
    const bob = wix.addContact({ email: 'bob@example.com' });
    expect(() => wix.mergeContacts(ada, bob)).toThrow('site member');
    wix.removeContact(ada);
    expect(await call(`GET /members/v1/members/${MEMBER}`)).toMatchObject({ status: 404 });
  });
});

test('a phone makes a duplicate where an e-mail is given as well, if that is asked for', async () => {
  const info = {
    emails: { items: [{ email: 'son@example.com' }] },
    phones: { items: [{ phone: '+12025550102' }] },
  };
  const statuses = [false, true].map(async (duplicatesByPhone) => {
    const { wix, call } = simulatedWix({ duplicatesByPhone });
    wix.addContact({ email: 'mother@example.com', phone: '+12025550102' });
    return (await call('POST /contacts/v4/contacts', { info })).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 409]);
});
