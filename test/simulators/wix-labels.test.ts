import { describe, expect, test } from '@jest/globals';
import { codeOf, simulatedWix } from '../support/simulated-wix.ts';

const LABELS = 'POST /contacts/v4/labels';
const QUERY = 'POST /contacts/v4/labels/query';

describe('find or create', () => {
  test('a new name becomes a user label of the custom namespace', async () => {
    const { call } = simulatedWix({ now: () => Date.UTC(2026, 10, 21) });

    const answer = await call(LABELS, { displayName: 'Big Spender' });

    expect(answer).toMatchObject({
      status: 200,
      body: {
        newLabel: true,
        label: {
          namespace: 'custom',
          key: 'custom.big-spender',
          displayName: 'Big Spender',
          labelType: 'USER_DEFINED',
          createdDate: '2026-11-21T00:00:00.000Z',
        },
      },
    });
  });

  test('the same name is found, another case or a blank more is another label', async () => {
    const { call, keyOf } = simulatedWix();
    const key = await keyOf('VIP');

    expect((await call(LABELS, { displayName: 'VIP' })).body).toMatchObject({
      newLabel: false,
      label: { key },
    });
    expect((await call(LABELS, { displayName: 'vip' })).body).toMatchObject({ newLabel: true });
    expect((await call(LABELS, { displayName: 'VIP ' })).body).toMatchObject({ newLabel: true });
  });

  test.each([
    ['My Label', 'custom.my-label'],
    ['A/B  &  c!', 'custom.a-b-c'],
    ['Élan', 'custom.elan'],
    ['顧客', 'custom.label'],
    ['🎉', 'custom.label'],
    ['x'.repeat(180), `custom.${'x'.repeat(73)}`],
  ])('the key of %j is %s', async (displayName, key) => {
    const { keyOf } = simulatedWix();
    expect(await keyOf(displayName)).toBe(key);
  });

  test('names that would share a key get different ones, of 80 characters at most', async () => {
    const { keyOf } = simulatedWix();
    expect(await keyOf('A B')).toBe('custom.a-b');
    expect(await keyOf('a-b')).toBe('custom.a-b-2');
    expect(await keyOf('a b')).toBe('custom.a-b-3');
    await keyOf('x'.repeat(100));
    expect(await keyOf('x'.repeat(101))).toBe(`custom.${'x'.repeat(71)}-2`);
  });

  test('a key is not given twice: a label made again after its end has another', async () => {
    const { wix, keyOf } = simulatedWix();
    const before = await keyOf('VIP');
    wix.deleteLabel(before);
    expect(await keyOf('VIP')).not.toBe(before);
  });

  test('a system label is found by its name and has a key of its own kind', async () => {
    const { keyOf } = simulatedWix();
    expect(await keyOf('Customers')).toBe('contacts.customers');
  });

  test.each([
    ['no name', {}, 'displayName', 'OTHER'],
    ['no body', undefined, '', 'OTHER'],
    ['an empty name', { displayName: '' }, 'displayName', 'MIN_LENGTH'],
    ['a name of 181', { displayName: 'x'.repeat(181) }, 'displayName', 'MAX_LENGTH'],
    ['a number', { displayName: 7 }, 'displayName', 'OTHER'],
  ])('%s is a 400 that names the field', async (_, body, field, violatedRule) => {
    const { call } = simulatedWix();
    expect(await call(LABELS, body)).toMatchObject({
      status: 400,
      body: { details: { validationError: { fieldViolations: [{ field, violatedRule }] } } },
    });
  });

  test('a name of 180 is taken', async () => {
    const { call } = simulatedWix();
    expect(await call(LABELS, { displayName: 'x'.repeat(180) })).toMatchObject({ status: 200 });
  });
});

describe('the quota', () => {
  test('refuses new names with both numbers as text, and still finds old ones', async () => {
    const { call, keyOf } = simulatedWix({ labelsQuota: 2 });
    await keyOf('one');
    await keyOf('two');

    expect(await call(LABELS, { displayName: 'three' })).toMatchObject({
      status: 428,
      body: {
        details: {
          applicationError: {
            code: 'LABELS_QUOTA_REACHED',
            data: { labelsQuota: '2', labelsCurrentTotal: '2' },
          },
        },
      },
    });
    expect(await call(LABELS, { displayName: 'one' })).toMatchObject({ status: 200 });
  });

  test('deleting a label makes room for one', async () => {
    const { wix, call, keyOf } = simulatedWix({ labelsQuota: 1 });
    wix.deleteLabel(await keyOf('one'));
    expect(await call(LABELS, { displayName: 'two' })).toMatchObject({ status: 200 });
    expect(await call(LABELS, { displayName: 'three' })).toMatchObject({ status: 428 });
  });
});

describe('list and query', () => {
  async function threeLabels() {
    const room = simulatedWix();
    for (const name of ['Beta', 'Alpha', 'beta two']) await room.keyOf(name);
    return room;
  }
  const named = (...names: string[]) => ({
    labels: names.map((displayName) => expect.objectContaining({ displayName })),
  });

  test.each([
    ['', named('Customers', 'Contacted Me', 'Beta', 'Alpha', 'beta two')],
    ['?labelType=USER_DEFINED', named('Beta', 'Alpha', 'beta two')],
    ['?namespace=contacts', named('Customers', 'Contacted Me')],
    ['?startsWith=Be', named('Beta')],
    [
      '?sort.fieldName=displayName&sort.order=DESC&paging.limit=2&paging.offset=1',
      {
        ...named('Customers', 'Contacted Me'),
        metadata: { count: 2, offset: 1, total: 5, tooManyToCount: false },
      },
    ],
  ])('list%s', async (query, body) => {
    const { call } = await threeLabels();
    expect(await call(`GET /contacts/v4/labels${query}`)).toMatchObject({ status: 200, body });
  });

  test.each([
    [{ displayName: 'Alpha' }, named('Alpha')],
    [{ displayName: { $in: ['Beta', 'Alpha', 'Gamma'] } }, named('Beta', 'Alpha')],
    [{ displayName: { $startsWith: 'beta' } }, named('beta two')],
    [{ key: { $eq: 'custom.beta' } }, named('Beta')],
    [{ $and: [{ labelType: 'USER_DEFINED' }, { displayName: 'Beta' }] }, named('Beta')],
    [{ labelType: 'USER_DEFINED', displayName: 'Customers' }, named()],
  ])('query %j', async (filter, body) => {
    const { call } = await threeLabels();
    const answer = await call(QUERY, { query: { filter } });
    expect(answer).toMatchObject({ status: 200, body });
  });

  test('query sorts and pages', async () => {
    const { call } = await threeLabels();
    const sort = [{ fieldName: 'displayName', order: 'ASC' }];
    const answer = await call(QUERY, { query: { sort, paging: { limit: 2 } } });
    expect(answer.body).toMatchObject({
      ...named('Alpha', 'Beta'),
      pagingMetadata: { count: 2, offset: 0, total: 5, tooManyToCount: false },
    });
  });

  test.each([
    [{ filter: { colour: 'red' } }, 'UNSUPPORTED_FILTER_FIELD'],
    [{ filter: { key: { $hasSome: ['a'] } } }, 'UNSUPPORTED_FILTER_OPERATOR'],
    [{ filter: { key: { $in: 'a' } } }, 'UNSUPPORTED_FILTER_VALUE'],
    [{ filter: { $or: [] } }, 'UNSUPPORTED_FILTER'],
    [{ filter: ['key'] }, 'MALFORMED_FILTER'],
    [{ filter: { $and: {} } }, 'MALFORMED_FILTER'],
    [{ sort: [{ fieldName: 'colour' }] }, 'INVALID_SORT'],
  ])('query %j is refused with %s', async (query, code) => {
    const { call } = simulatedWix();
    const answer = await call(QUERY, { query });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  test('query takes 1000 at most', async () => {
    const { call } = simulatedWix();
    const asked = (limit: number) => ({ query: { paging: { limit } } });
    expect(await call(QUERY, asked(1000))).toMatchObject({ status: 200 });
    expect(await call(QUERY, asked(1001))).toMatchObject({ status: 400 });
  });

  test('the first of several sorts counts most', async () => {
    let now = 0;
    const { call, keyOf } = simulatedWix({ now: () => now });
    for (const [at, name] of [
      [1, 'B'],
      [2, 'C'],
      [2, 'A'],
    ] as const) {
      now = at;
      await keyOf(name);
    }
    const filter = { labelType: 'USER_DEFINED' };
    const sort = [
      { fieldName: 'createdDate', order: 'DESC' },
      { fieldName: 'displayName', order: 'ASC' },
    ];
    expect((await call(QUERY, { query: { filter, sort } })).body).toMatchObject(
      named('A', 'C', 'B'),
    );
  });

  test.each([
    'GET /contacts/v4/labels?paging.limit=2001',
    'GET /contacts/v4/labels?paging.limit=many',
  ])('%s is refused', async (route) => {
    const { call } = simulatedWix();
    expect(await call(route)).toMatchObject({
      status: 400,
      body: { details: { validationError: {} } },
    });
  });

  test('what was just made is not listed before the lag is over, and found by name at once', async () => {
    let now = 0;
    const { call, keyOf } = simulatedWix({ queryLagMs: 5_000, now: () => now });
    await keyOf('VIP');
    const query = { query: { filter: { displayName: 'VIP' } } };

    now = 4_999;
    expect((await call(QUERY, query)).body).toMatchObject({ labels: [] });
    const users = 'GET /contacts/v4/labels?labelType=USER_DEFINED';
    expect((await call(users)).body).toMatchObject({ labels: [] });
    expect((await call(LABELS, { displayName: 'VIP' })).body).toMatchObject({ newLabel: false });
    now = 5_000;
    expect((await call(QUERY, query)).body).toMatchObject(named('VIP'));
  });
});

describe('one label', () => {
  test('renaming keeps the key, and frees the old name for a second label', async () => {
    let now = 0;
    const { call, keyOf } = simulatedWix({ now: () => now });
    const key = await keyOf('VIP');
    now = 1;

    const renamed = await call(`PATCH /contacts/v4/labels/${key}`, {
      label: { displayName: 'Very Important' },
    });

    const updatedDate = '1970-01-01T00:00:00.001Z';
    const label = { key, displayName: 'Very Important', updatedDate };
    expect(renamed.body).toMatchObject({ label });
    expect(await keyOf('Very Important')).toBe(key);
    expect(await keyOf('VIP')).not.toBe(key);
  });

  test('deleting takes it off every contact', async () => {
    const { wix, call, keyOf } = simulatedWix();
    const key = await keyOf('VIP');
    const id = wix.addContact({ email: 'ada@example.com' });
    await call(`POST /contacts/v4/contacts/${id}/labels`, { labelKeys: [key] });

    expect(await call(`DELETE /contacts/v4/labels/${key}`)).toMatchObject({
      status: 200,
      body: {},
    });

    expect(wix.contact(id)?.info.labelKeys.items).toEqual([]);
  });

  test.each(['GET', 'DELETE'])('%s of a label that does not exist is a 404', async (method) => {
    const { call } = simulatedWix();
    const answer = await call(`${method} /contacts/v4/labels/custom.none`);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'NOT_FOUND']);
  });

  test('renaming what does not exist is a 404', async () => {
    const { call } = simulatedWix();
    const body = { label: { displayName: 'x' } };
    expect(await call('PATCH /contacts/v4/labels/custom.none', body)).toMatchObject({
      status: 404,
    });
  });
});
