import { describe, expect, test } from '@jest/globals';
import { createLookups } from '../../lib/labelling/contact/lookups.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import { createFakeWix, refusal } from '../support/fake-wix.ts';
import { byEmail, byEmails, contact, NOBODY, siteOf } from '../support/lookups-stage.ts';

describe('an answer that leaves something open', () => {
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

  test('leaves nothing open otherwise: who is not in it is nobody', async () => {
    const { found, values } = await asked([ADA], true);
    expect(found).toEqual(['ada', undefined, undefined]);
    expect(values).toEqual([]);
  });

  test('means to one that was asked for alone the one it holds, if that shows no address at all', async () => {
    const besides = contact('besides', { emails: ['x@e.com', 'ada@e.com'] });
    const other = contact('other', { emails: ['other@e.com'] });
    const phone = contact('phone', { phones: ['+12025550102'] });
    const rows: [WixContact[], string | undefined][] = [
      [[STRAY], 'stray'],
      [[STRAY, besides], 'besides'],
      [[other], undefined],
      [[phone], undefined],
      [[other, STRAY], undefined],
      [[STRAY, contact('stray 2')], undefined],
    ];
    for (const [contacts, whom] of rows) {
      expect(await byEmail(siteOf(() => contacts).wix, 'ada@e.com')).toBe(whom);
    }
  });

  test('means nobody to one whose filter was ignored', async () => {
    const strangers = ['a', 'b', 'c'].map((id) =>
      contact(id, { emails: [`${id}@e.com`], phones: ['+12025550102'] }),
    );
    const { wix } = siteOf(() => strangers);
    expect(await byEmail(wix, 'ada@e.com')).toBeUndefined();
    expect(await createLookups().byPhone(wix, '+12025550103')).toBeUndefined();
    expect(await createLookups().byPhone(wix, '+12025550102', 'ada@e.com')).toBeUndefined();
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

  test('that is permanent, of several, is one of those at fault: each asks alone', async () => {
    const { wix, values } = siteOf(({ values: its }) =>
      its.includes('bad') ? MALFORMED : [contact('ada', { emails: ['ada@e.com'] })],
    );
    const lookups = createLookups();
    const asks = ['ada@e.com', 'bad'].map((email) => lookups.byEmail(wix, email));
    expect(await settled(asks)).toEqual(['ada', MALFORMED]);
    expect(values()).toEqual([['ada@e.com', 'bad'], ['ada@e.com'], ['bad']]);
  });

  test('that is permanent sends each to the site as it sees it, with the time and the budget it has', async () => {
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

  test('that is permanent, of one, is its own, however often it was asked', async () => {
    const { wix, values } = siteOf(() => MALFORMED);
    const lookups = createLookups();
    const asks = ['bad', 'bad'].map((email) => lookups.byEmail(wix, email));
    const reasons = await settled(asks);
    expect(reasons).toEqual([MALFORMED, MALFORMED]);
    expect(values()).toEqual([['bad']]);
  });

  test.each([
    ['a transient one', refusal('queryContacts', 503)],
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

  test('refused permanently together, each is asked for by itself', async () => {
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
