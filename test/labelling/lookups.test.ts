import { describe, expect, test } from '@jest/globals';
import { createLookups } from '../../lib/labelling/lookups.ts';
import type { ContactQuery, FoundContacts, WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/wix.ts';
import { createFakeWix, refusal } from '../support/fake-wix.ts';

/** A contact whose first address of each kind is its primary one. */
function contact(
  id: string,
  { emails = [], phones = [], ...over }: Partial<WixContact> = {},
): WixContact {
  const [primaryEmail] = emails;
  const [primaryPhone] = phones;
  const addresses = { emails, phones, primaryEmail, primaryPhone };
  return { id, createdDate: '2026', ...addresses, labelKeys: [], ...over };
}

type Answer = (query: ContactQuery) => readonly WixContact[] | FoundContacts | Error;

/** A site that answers each query as the test says, and keeps what it was asked. */
function siteOf(answer: Answer) {
  const queries: ContactQuery[] = [];
  const queryContacts: WixSite['queryContacts'] = async (query) => {
    queries.push(query);
    const its = answer(query);
    if (its instanceof Error) throw its;
    return 'complete' in its ? its : { contacts: its, complete: true };
  };
  const wix: WixSite = { ...createFakeWix().site, queryContacts };
  return { wix, queries, values: () => queries.map(({ values }) => values) };
}
const NOBODY = (): readonly WixContact[] => [];

/** Several look-ups in one turn of the event loop. */
function byEmails(wix: WixSite, ...emails: readonly string[]) {
  const lookups = createLookups();
  return Promise.all(emails.map((email) => lookups.byEmail(wix, email)));
}
const byEmail = async (wix: WixSite, email: string) => (await byEmails(wix, email))[0];
const byPhone = (wix: WixSite, phone: string) => createLookups().byPhone(wix, phone);

describe('what is asked for at the same time', () => {
  test('goes in one request, of each kind', async () => {
    const { wix, queries } = siteOf(NOBODY);
    const lookups = createLookups();
    const asks = [lookups.byEmail(wix, 'a@e.com'), lookups.byPhone(wix, '+1')];
    // Promises that follow one another are still of one turn.
    for (let n = 0; n < 10; n += 1) await Promise.resolve();
    asks.push(lookups.byEmail(wix, 'b@e.com'), lookups.byPhone(wix, '+2'));
    await Promise.all(asks);
    expect(queries).toEqual([
      { by: 'email', values: ['a@e.com', 'b@e.com'] },
      { by: 'phone', values: ['+1', '+2'] },
    ]);
  });

  test('is asked for as it came and normalised, and nothing twice', async () => {
    const { wix, queries } = siteOf(NOBODY);
    const lookups = createLookups();
    const emails = ['Ada@E.com', 'ada@e.com', 'Ada@E.com', 'bob@e.com'];
    const phones = ['+1 (555) 01-02', '+15550102', '05 55'];
    await Promise.all([
      ...emails.map((email) => lookups.byEmail(wix, email)),
      ...phones.map((phone) => lookups.byPhone(wix, phone)),
    ]);
    expect(queries).toEqual([
      { by: 'email', values: ['Ada@E.com', 'ada@e.com', 'bob@e.com'] },
      { by: 'phone', values: ['+1 (555) 01-02', '+15550102', '05 55', '0555'] },
    ]);
  });

  test('is not what is asked for later: during the request, or after it', async () => {
    const lookups = createLookups();
    const later: Promise<string | undefined>[] = [];
    const { wix, values } = siteOf(({ values: [email = ''] }) => {
      if (email === 'a@e.com') later.push(lookups.byEmail(wix, 'b@e.com'));
      return [contact(`id of ${email}`, { emails: [email] })];
    });
    const first = await lookups.byEmail(wix, 'a@e.com');
    const during = await later[0];
    const after = await lookups.byEmail(wix, 'c@e.com');
    expect([first, during, after]).toEqual(['id of a@e.com', 'id of b@e.com', 'id of c@e.com']);
    expect(values()).toEqual([['a@e.com'], ['b@e.com'], ['c@e.com']]);
  });

  test('is not what another process memory is asked for', async () => {
    const { wix, values } = siteOf(NOBODY);
    await Promise.all([byEmails(wix, 'a@e.com'), byEmails(wix, 'b@e.com')]);
    expect(values()).toEqual([['a@e.com'], ['b@e.com']]);
  });

  test('gets each its own contact; the same ask the same one, and an unknown one nobody', async () => {
    const { wix, queries } = siteOf(() => [
      contact('bob', { emails: ['bob@e.com'] }),
      contact('ada', { emails: ['x@e.com', 'ADA@e.com'] }),
    ]);
    const found = await byEmails(
      wix,
      'Ada@E.com',
      'bob@e.com',
      'Ada@E.com',
      'ada@e.com',
      'c@e.com',
    );
    expect(found).toEqual(['ada', 'bob', 'ada', 'ada', undefined]);
    expect(queries).toHaveLength(1);
  });

  test('is told from each other by phone as well, however the numbers are written', async () => {
    const { wix } = siteOf(() => [
      contact('bob', { phones: ['0555 01'] }),
      contact('ada', { phones: ['+1 555', '+1 (555) 0102'] }),
    ]);
    const lookups = createLookups();
    const phones = ['+1.555.0102', '(0555)-01', '+155501'];
    const found = await Promise.all(phones.map((phone) => lookups.byPhone(wix, phone)));
    expect(found).toEqual(['ada', 'bob', undefined]);
  });
});

describe('of several contacts with one address', () => {
  const rows: [string, WixContact[], string][] = [
    [
      'the one whose primary it is comes first, in whatever case',
      [
        contact('a', { createdDate: '2024', emails: ['x@e.com', 'ada@e.com'] }),
        contact('b', { createdDate: '2025', emails: ['Ada@e.com'] }),
      ],
      'b',
    ],
    [
      'the oldest of those whose primary it is',
      [
        contact('b', { createdDate: '2024', emails: ['ada@e.com'] }),
        contact('a', { createdDate: '2025', emails: ['ada@e.com'] }),
        contact('0', { createdDate: '2026', emails: ['ada@e.com'] }),
      ],
      'b',
    ],
    [
      'the oldest of those that have it besides, be it without a primary one',
      [
        contact('a', { createdDate: '2025', emails: ['x@e.com', 'ada@e.com'] }),
        contact('b', { createdDate: '2024', emails: ['ada@e.com'], primaryEmail: undefined }),
      ],
      'b',
    ],
    [
      'of several as old the same one each time',
      [contact('b', { emails: ['ada@e.com'] }), contact('a', { emails: ['ada@e.com'] })],
      'a',
    ],
  ];
  test.each(rows)('%s', async (_name, contacts, id) => {
    expect(await byEmail(siteOf(() => contacts).wix, 'ADA@e.com')).toBe(id);
    expect(await byEmail(siteOf(() => contacts.toReversed()).wix, 'ADA@e.com')).toBe(id);
  });

  test('the one whose primary phone it is comes first', async () => {
    const contacts = [
      contact('a', { createdDate: '2024', phones: ['+2', '+15550102'] }),
      contact('b', { createdDate: '2025', phones: ['+1 555 0102'] }),
    ];
    expect(await byPhone(siteOf(() => contacts).wix, '+1 (555) 0102')).toBe('b');
    expect(await byPhone(siteOf(() => contacts.toReversed()).wix, '+1 (555) 0102')).toBe('b');
  });
});

describe('an answer that does not tell all', () => {
  const ADA = contact('ada', { emails: ['ada@e.com'] });
  const BOB = contact('bob', { emails: ['bob@e.com'] });
  const STRAY = contact('stray', { createdDate: '2000' });
  const asked = async (several: readonly WixContact[], complete: boolean) => {
    const { wix, values } = siteOf(({ values: its }) =>
      its.length > 1 ? { contacts: several, complete } : [BOB].slice(its[0] === 'c@e.com' ? 1 : 0),
    );
    const found = await byEmails(wix, 'ada@e.com', 'bob@e.com', 'c@e.com');
    return { found, values: values().slice(1) };
  };

  test.each([
    ['holds a contact that nobody asked for', [STRAY, ADA], true],
    ['is a full page', [ADA], false],
  ])('because it %s: who is not in it is asked for alone', async (_name, several, complete) => {
    const { found, values } = await asked(several, complete);
    expect(found).toEqual(['ada', 'bob', undefined]);
    expect(values).toEqual([['bob@e.com'], ['c@e.com']]);
  });

  test('tells all otherwise: who is not in it is nobody', async () => {
    const { found, values } = await asked([ADA], true);
    expect(found).toEqual(['ada', undefined, undefined]);
    expect(values).toEqual([]);
  });

  test('means to one that was asked for alone whom it holds, without the address too', async () => {
    expect(await byEmail(siteOf(() => [STRAY]).wix, 'ada@e.com')).toBe('stray');
    const besides = contact('besides', { emails: ['x@e.com', 'ada@e.com'] });
    expect(await byEmail(siteOf(() => [STRAY, besides]).wix, 'ada@e.com')).toBe('besides');
  });

  test('is not asked for again by one that was alone', async () => {
    const { wix, values } = siteOf(() => ({ contacts: [], complete: false }));
    expect(await byEmails(wix, 'ada@e.com', 'ada@e.com')).toEqual([undefined, undefined]);
    expect(values()).toEqual([['ada@e.com']]);
  });
});

describe('a failure', () => {
  const MALFORMED = refusal('queryContacts', 400);
  const settled = async (asks: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(asks)).map((one) =>
      one.status === 'fulfilled' ? one.value : one.reason,
    );

  test('for good of several is one of those at fault: each asks alone', async () => {
    const { wix, values } = siteOf(({ values: its }) =>
      its.includes('bad') ? MALFORMED : [contact('ada', { emails: ['ada@e.com'] })],
    );
    const lookups = createLookups();
    const asks = ['ada@e.com', 'bad'].map((email) => lookups.byEmail(wix, email));
    expect(await settled(asks)).toEqual(['ada', MALFORMED]);
    expect(values()).toEqual([['ada@e.com', 'bad'], ['ada@e.com'], ['bad']]);
  });

  test('for good sends each to the site as it sees it, with the time and the budget it has', async () => {
    const first = siteOf(({ values: its }) => (its.length > 1 ? MALFORMED : []));
    const second = siteOf(NOBODY);
    const lookups = createLookups();
    await Promise.all([
      lookups.byEmail(first.wix, 'a@e.com'),
      lookups.byEmail(second.wix, 'b@e.com'),
    ]);
    expect(first.values()).toEqual([['a@e.com', 'b@e.com'], ['a@e.com']]);
    expect(second.values()).toEqual([['b@e.com']]);
  });

  test('for good of one is its own, however often it was asked', async () => {
    const { wix, values } = siteOf(() => MALFORMED);
    const lookups = createLookups();
    const asks = ['bad', 'bad'].map((email) => lookups.byEmail(wix, email));
    const reasons = await settled(asks);
    expect(reasons).toEqual([MALFORMED, MALFORMED]);
    expect(values()).toEqual([['bad']]);
  });

  test.each([
    ['a passing one', refusal('queryContacts', 503)],
    ['a throttled one', refusal('queryContacts', 429)],
    ['an exception', new TypeError('of a test')],
  ])('of another kind is that of all, and nothing more is asked: %s', async (_name, error) => {
    const { wix, values } = siteOf(() => error);
    const lookups = createLookups();
    const asks = ['a@e.com', 'b@e.com'].map((email) => lookups.byEmail(wix, email));
    const reasons = await settled(asks);
    expect(reasons[0]).toBe(error);
    expect(reasons[1]).toBe(error);
    expect(values()).toHaveLength(1);
  });

  test('is over with the request it befell', async () => {
    const { wix } = siteOf(({ values: [email = ''] }) =>
      email === 'first' ? MALFORMED : [contact('ada', { emails: [email] })],
    );
    const lookups = createLookups();
    await expect(lookups.byEmail(wix, 'first')).rejects.toBe(MALFORMED);
    expect(await lookups.byEmail(wix, 'ada@e.com')).toBe('ada');
  });
});

describe('members', () => {
  function members() {
    const wix = createFakeWix();
    for (const name of ['ada', 'bob', 'cleo']) wix.addContact(name, { memberId: `m-${name}` });
    const lookups = createLookups();
    const ask = (...ids: readonly string[]) =>
      Promise.allSettled(ids.map((id) => lookups.byMember(wix.site, id))).then((all) =>
        all.map((one) => (one.status === 'fulfilled' ? one.value : one.reason)),
      );
    return { ...wix, ask };
  }

  test('one alone is asked for by itself', async () => {
    const { ask, calls } = members();
    expect(await ask('m-ada', 'm-ada')).toEqual(['ada', 'ada']);
    expect(await ask('m-nobody')).toEqual([undefined]);
    expect(calls).toEqual(['getMember m-ada', 'getMember m-nobody']);
  });

  test('several are asked for together', async () => {
    const { ask, calls } = members();
    expect(await ask('m-ada', 'm-bob')).toEqual(['ada', 'bob']);
    expect(calls).toEqual(['queryMembers [m-ada,m-bob]']);
  });

  test('who is not in that answer is asked for by itself', async () => {
    const { ask, calls, site } = members();
    site.queryMemberContacts = async (ids) => {
      calls.push(`queryMembers [${ids}]`);
      return new Map([['m-ada', 'ada']]);
    };
    expect(await ask('m-ada', 'm-cleo', 'm-nobody')).toEqual(['ada', 'cleo', undefined]);
    expect(calls).toEqual([
      'queryMembers [m-ada,m-cleo,m-nobody]',
      'getMember m-cleo',
      'getMember m-nobody',
    ]);
  });

  test('refused for good together, each is asked for by itself', async () => {
    const { ask, calls, hooks } = members();
    const malformed = refusal('queryMembers', 400);
    hooks.before = (_operation, id) => {
      if (String(id).includes('m-bad')) throw malformed;
    };
    expect(await ask('m-ada', 'm-bad')).toEqual(['ada', malformed]);
    expect(calls).toEqual(['queryMembers [m-ada,m-bad]', 'getMember m-ada', 'getMember m-bad']);
  });

  test('not readable is that of all', async () => {
    const { ask, calls, hooks } = members();
    const unreadable = refusal('queryMembers', 403, { envelope: true });
    hooks.before = () => {
      throw unreadable;
    };
    expect(await ask('m-ada', 'm-bob')).toEqual([unreadable, unreadable]);
    expect(calls).toEqual(['queryMembers [m-ada,m-bob]']);
  });
});
