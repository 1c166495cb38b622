import { describe, expect, test } from '@jest/globals';
import { createLookups } from '../../lib/labelling/contact/lookups.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import { byEmail, byEmails, byPhone, contact, NOBODY, siteOf } from '../support/lookups-stage.ts';

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

  test('is distinguished by phone as well, however the numbers are written', async () => {
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
      'the oldest of those that have it besides, also without a primary one',
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

describe('by phone, of somebody with an e-mail', () => {
  const mother = contact('mother', { emails: ['mother@e.com'], phones: ['+12025550102'] });
  const nameless = contact('nameless', { phones: ['(202) 555-0102', '+12025550102'] });
  const son = contact('son', { emails: ['x@e.com', 'Son@e.com'], phones: ['+12025550102'] });
  const rows: [string, WixContact[], string | undefined][] = [
    ['nobody with another e-mail', [mother], undefined],
    ['one without any', [mother, nameless], 'nameless'],
    ['the one with the e-mail before one without', [nameless, mother, son], 'son'],
    ['nobody of whom the answer shows nothing', [contact('blank')], undefined],
  ];
  test.each(rows)('%s is meant', async (_name, contacts, id) => {
    const { wix } = siteOf(() => contacts);
    expect(await createLookups().byPhone(wix, '+1 202 555 0102', 'son@e.com')).toBe(id);
  });

  test('is asked for together with others of the number, and each gets their own', async () => {
    const { wix, values } = siteOf(() => [mother, son]);
    const lookups = createLookups();
    const emails = ['mother@e.com', 'son@e.com', 'aunt@e.com', undefined];
    const found = emails.map((email) => lookups.byPhone(wix, '+12025550102', email));
    expect(await Promise.all(found)).toEqual(['mother', 'son', undefined, 'mother']);
    expect(values()).toEqual([['+12025550102']]);
  });
});
