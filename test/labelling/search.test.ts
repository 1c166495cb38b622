import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LabelJob } from '../../lib/queue/job.ts';
import { refusal } from '../support/fake-wix.ts';
import { ADA, BOB, done, jobOf, NOBODY, openJobs } from '../support/jobs-stage.ts';
import { captureLog } from '../support/log.ts';

const MINUTE = 60_000;

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const job = (contact: LabelJob['contact'], over: Partial<LabelJob> = {}): LabelJob =>
  jobOf({ contact, add: ['A'], ...over });
const labelled = (contactId: string) => done({ contactId, added: ['A'] });

describe('a contact that is named by its id', () => {
  test('is labelled without a look, in whatever case the id is written', async () => {
    const { label, asked } = openJobs();
    expect(await label(job({ contactId: ADA.toUpperCase(), email: 'bob@e.com' }))).toEqual([
      labelled(ADA),
    ]);
    expect(asked()).toEqual([`labelContact ${ADA} [key of A]`]);
  });

  test('and was merged away is looked up once, and remembered', async () => {
    const { label, asked, wix } = openJobs();
    const old = wix.addContact('00000000-0000-4000-8000-00000000001d');
    wix.merge(old, ADA);
    expect(await label(job({ contactId: old }))).toEqual([labelled(ADA)]);
    expect(asked()).toEqual([
      `labelContact ${old} [key of A]`,
      `getContact ${old}`,
      `labelContact ${ADA} [key of A]`,
    ]);
    await label(job({ contactId: old }, { add: ['B'] }));
    expect(asked()).toEqual([`labelContact ${ADA} [key of B]`]);
  });

  test('and is there again, also if it was taken for another meanwhile', async () => {
    const { label, asked, wix } = openJobs();
    const old = wix.addContact('00000000-0000-4000-8000-00000000001d');
    wix.merge(old, ADA);
    await label(job({ contactId: old }));
    wix.contacts.delete(ADA);
    wix.addContact(old);
    asked();
    await label(job({ contactId: old }, { add: ['B'] }));
    expect(asked()).toEqual([`labelContact ${ADA} [key of B]`, `labelContact ${old} [key of B]`]);
  });

  test('is waited for while Label Contact does not see it: nobody else is meant', async () => {
    const { label, asked, wix, memory } = openJobs();
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact')
        throw refusal(operation, 404, { code: 'CONTACT_NOT_FOUND' });
    };
    const contact = { contactId: ADA, email: 'bob@e.com' };
    expect(await label(job(contact, { missing: 'ignore' }))).toMatchObject([
      { kind: 'retry', reason: 'contact-not-found', failure: { status: 404 } },
    ]);
    expect(asked()).toEqual([`labelContact ${ADA} [key of A]`, `getContact ${ADA}`]);
    expect(memory.contacts.recall(contact)).toBe(ADA);
  });

  test('and is another by now is waited for as well, and not remembered', async () => {
    const { label, asked, wix } = openJobs();
    const old = wix.addContact('00000000-0000-4000-8000-00000000001d');
    wix.merge(old, ADA);
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact')
        throw refusal(operation, 404, { code: 'CONTACT_NOT_FOUND' });
    };
    expect(await label(job({ contactId: old }))).toMatchObject([{ reason: 'contact-not-found' }]);
    wix.hooks.before = () => {};
    asked();
    expect(await label(job({ contactId: old }))).toEqual([labelled(ADA)]);
    expect(asked()).toHaveLength(3);
  });

  test('else is searched by all that is known of it, down to a contact with its phone and no e-mail', async () => {
    const { label, asked, wix } = openJobs();
    wix.addContact('no e-mail', { phones: ['1'] });
    const contact = { contactId: NOBODY, email: 'new@e.com', phone: '1' };
    expect(await label(job(contact))).toEqual([labelled('no e-mail')]);
    expect(asked()).toEqual([
      `labelContact ${NOBODY} [key of A]`,
      `getContact ${NOBODY}`,
      `getMember ${NOBODY}`,
      'queryContacts email [new@e.com]',
      'queryContacts phone [1]',
      'getContact no e-mail',
      'labelContact no e-mail [key of A]',
    ]);
    // Found by its phone, it may be somebody else next time.
    await label(job(contact, { add: ['B'] }));
    expect(asked()).toHaveLength(7);
  });

  test.each([
    ['wait', [{ kind: 'retry', reason: 'contact-not-found', failure: { status: 404 } }]],
    ['create', [{ kind: 'retry', reason: 'contact-not-found', failure: { status: 404 } }]],
    ['ignore', [{ kind: 'done', reason: 'no-such-contact' }]],
  ] as const)('and is nobody: %s', async (missing, outcomes) => {
    const { label } = openJobs();
    expect(await label(job({ contactId: NOBODY }, { missing }))).toMatchObject(outcomes);
  });
});

describe('a contact that is looked up', () => {
  test.each([
    ['by e-mail', { email: 'Ada@e.com' }, 'queryContacts email [Ada@e.com,ada@e.com]'],
    ['by phone', { phone: '1' }, 'queryContacts phone [1]'],
    ['by member id', { memberId: 'm' }, 'getMember m'],
  ])('%s is remembered for ten minutes', async (_name, contact, lookUp) => {
    const { label, asked, wix, pass } = openJobs();
    wix.contacts.set(ADA, { ...wix.contacts.get(ADA), memberId: 'm' } as never);
    expect(await label(job(contact))).toEqual([labelled(ADA)]);
    expect(asked()).toEqual([lookUp, `labelContact ${ADA} [key of A]`]);
    pass(10 * MINUTE - 1);
    await label(job(contact, { add: ['B'] }));
    expect(asked()).toEqual([`labelContact ${ADA} [key of B]`]);
    pass(1);
    await label(job(contact, { add: ['C'] }));
    expect(asked()).toEqual([lookUp, `labelContact ${ADA} [key of C]`]);
  });

  test('is remembered even where there was no call left to label it', async () => {
    const { label, asked, wix } = openJobs();
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact') throw refusal(operation, 503);
    };
    await label(job({ email: 'ada@e.com' }));
    wix.hooks.before = () => {};
    asked();
    await label(job({ email: 'ada@e.com' }));
    expect(asked()).toEqual([`labelContact ${ADA} [key of A]`]);
  });

  test('and is gone by the next time is looked up again', async () => {
    const { label, asked, wix } = openJobs();
    await label(job({ email: 'ada@e.com' }));
    wix.contacts.delete(ADA);
    const anew = wix.addContact('anew', { emails: ['ada@e.com'] });
    asked();
    expect(await label(job({ email: 'ada@e.com' }, { add: ['B'] }))).toEqual([
      done({ contactId: anew, added: ['B'] }),
    ]);
    expect(asked()).toEqual([
      `labelContact ${ADA} [key of B]`,
      'queryContacts email [ada@e.com]',
      'labelContact anew [key of B]',
    ]);
  });
});

describe('one who is found and whom Label Contact does not know', () => {
  const unknown =
    (...ids: readonly string[]) =>
    (operation: string, id?: unknown) => {
      if (operation === 'labelContact' && ids.includes(`${id}`)) {
        throw refusal('labelContact', 404, { code: 'CONTACT_NOT_FOUND' });
      }
    };
  const searches: [string, LabelJob['contact']][] = [
    ['member id', { memberId: 'm', email: 'bob@e.com', phone: '1' }],
    ['e-mail', { email: 'grace@e.com', phone: '3' }],
  ];

  test.each(searches)('by %s is waited for: nobody else is meant', async (_name, contact) => {
    const { label, wix } = openJobs();
    wix.addContact('grace', { memberId: 'm', emails: ['grace@e.com'] });
    wix.addContact('phone alone', { phones: ['3'] });
    wix.hooks.before = unknown('grace');
    expect(await label(job(contact))).toMatchObject([{ reason: 'contact-not-found' }]);
    wix.hooks.before = () => {};
    expect(await label(job(contact))).toEqual([labelled('grace')]);
  });

  test.each(searches)('by %s was merged: who is left is labelled', async (_name, contact) => {
    const { label, wix } = openJobs();
    const both = { emails: ['x@e.com', 'grace@e.com'] };
    wix.addContact('grace', { memberId: 'm', emails: ['grace@e.com'] });
    wix.addContact('left', both);
    wix.site.queryContacts = async () => ({
      contacts: [{ ...both, id: 'grace', phones: [], createdDate: '', labelKeys: [] } as never],
      complete: true,
    });
    wix.site.getMemberContact = async () => 'grace';
    wix.merge('grace', 'left');
    expect(await label(job(contact))).toEqual([labelled('left')]);
  });

  test('by phone was merged into somebody with an e-mail: nobody is meant', async () => {
    const { label, wix } = openJobs();
    wix.addContact('left', { emails: ['x@e.com'], phones: ['3'] });
    const shown = { id: 'gone', emails: [], phones: ['3'], createdDate: '', labelKeys: [] };
    wix.site.queryContacts = async ({ by }) => ({
      contacts: by === 'phone' ? [shown as never] : [],
      complete: true,
    });
    wix.merge('gone', 'left');
    const contact = { email: 'new@e.com', phone: '3' };
    expect(await label(job(contact))).toMatchObject([{ reason: 'contact-not-found' }]);
    expect(wix.labelsOf('left')).toEqual([]);
  });

  test('by e-mail and is gone for good is nobody: the next reference has its turn', async () => {
    const { label, wix } = openJobs();
    wix.addContact('phone alone', { phones: ['3'] });
    wix.site.queryContacts = async ({ by }) => ({
      contacts: [
        { id: by === 'email' ? 'gone' : 'phone alone', emails: by === 'email' ? ['n@e.com'] : [] },
      ].map((one) => ({ ...one, phones: ['3'], createdDate: '', labelKeys: [] }) as never),
      complete: true,
    });
    expect(await label(job({ email: 'n@e.com', phone: '3' }))).toEqual([labelled('phone alone')]);
  });
});

describe('a phone that a household shares', () => {
  const son = { email: 'son@e.com', phone: '3' };

  test('labels nobody who has an e-mail of their own', async () => {
    const { label, wix } = openJobs();
    wix.addContact('mother', { emails: ['mother@e.com'], phones: ['3'] });
    expect(await label(job(son))).toMatchObject([{ reason: 'contact-not-found' }]);
    expect(await label(job(son, { missing: 'ignore' }))).toMatchObject([
      { reason: 'no-such-contact' },
    ]);
    expect(wix.labelsOf('mother')).toEqual([]);
    expect(await label(job({ phone: '3' }))).toEqual([labelled('mother')]);
  });

  /** A Wix that takes everybody with one phone for one person. */
  function openHousehold() {
    const stage = openJobs();
    const { wix } = stage;
    wix.addContact('mother', { emails: ['mother@e.com'], phones: ['3'] });
    const { createContact } = wix.site;
    const duplicate = refusal('createContact', 409, { code: 'DUPLICATE_CONTACT_EXISTS' }).failure;
    const infos: unknown[] = [];
    wix.site.createContact = async (info) => {
      infos.push(info);
      return info.phone === '3' ? { id: 'mother', duplicate } : createContact(info);
    };
    return { ...stage, infos, duplicate };
  }

  test('is left out where Wix would name somebody else for it', async () => {
    const { label, wix, asked, infos } = openHousehold();
    const [outcome] = await label(job({ ...son, firstName: 'Son' }, { missing: 'create' }));
    expect(outcome).toMatchObject({ kind: 'done', added: ['A'] });
    expect(infos).toEqual([
      { ...son, firstName: 'Son' },
      { email: 'son@e.com', firstName: 'Son' },
    ]);
    expect(asked()).toContain('getContact mother');
    expect(wix.labelsOf('mother')).toEqual([]);
  });

  test('is no matter where Wix names the one with the e-mail, or one who has none', async () => {
    const { label, wix } = openHousehold();
    wix.contacts.set('mother', { ...wix.contacts.get('mother'), emails: ['SON@e.com'] } as never);
    wix.site.queryContacts = async () => ({ contacts: [], complete: true });
    expect(await label(job(son, { missing: 'create' }))).toEqual([labelled('mother')]);
    wix.contacts.set('mother', { ...wix.contacts.get('mother'), emails: [] } as never);
    const daughter = { email: 'daughter@e.com', phone: '3' };
    expect(await label(job(daughter, { missing: 'create', add: ['B'] }))).toEqual([
      done({ contactId: 'mother', added: ['B'] }),
    ]);
  });

  test.each([
    ['whose e-mail Wix gives to somebody else as well', son],
    ['who has no e-mail', { phone: '3' }],
  ])('one %s waits, and Wix’s answer is kept', async (_name, contact) => {
    const { label, wix, duplicate } = openHousehold();
    wix.contacts.set('mother', { ...wix.contacts.get('mother'), phones: ['4'] } as never);
    wix.site.createContact = async () => ({ id: 'mother', duplicate });
    expect(await label(job(contact, { missing: 'create' }))).toEqual([
      { kind: 'retry', reason: 'contact-not-found', failure: duplicate },
    ]);
    expect(wix.labelsOf('mother')).toEqual([]);
  });

  test('is not remembered for one with an e-mail', async () => {
    const { label, wix } = openJobs();
    wix.addContact('phone alone', { phones: ['3'] });
    expect(await label(job(son))).toEqual([labelled('phone alone')]);
    wix.contacts.set('phone alone', {
      ...wix.contacts.get('phone alone'),
      emails: ['mother@e.com'],
    } as never);
    expect(await label(job(son, { add: ['B'] }))).toMatchObject([{ reason: 'contact-not-found' }]);
  });
});

describe('nobody is found', () => {
  const contact = { email: 'new@e.com', phone: '3' };

  test('wait: all wait, and nothing is labelled', async () => {
    const { label } = openJobs();
    const retry = { kind: 'retry', reason: 'contact-not-found', failure: undefined };
    expect(await label(job(contact), job(contact))).toEqual([retry, retry]);
  });

  test('ignore: all are done', async () => {
    const { label } = openJobs();
    const ignored = done({ reason: 'no-such-contact' });
    const { rest: _, ...outcome } = ignored;
    const one = job(contact, { missing: 'ignore' });
    expect(await label(one, one)).toEqual([outcome, outcome]);
  });

  test.each([
    ['e-mail', { email: 'new@e.com', phone: '3' }, 'new@e.com'],
    ['phone', { phone: '3' }, '3'],
  ])('create: it is made by %s, and remembered', async (_name, reference, address) => {
    const { label, asked } = openJobs();
    expect(await label(job(reference, { missing: 'create' }))).toEqual([labelled('new 3')]);
    expect(asked().slice(-2)).toEqual([
      `createContact ${address}`,
      'labelContact new 3 [key of A]',
    ]);
    await label(job(reference, { missing: 'create', add: ['B'] }));
    expect(asked()).toEqual(['labelContact new 3 [key of B]']);
  });

  test('create: one that cannot be labelled yet is waited for', async () => {
    const { label, wix } = openJobs();
    wix.site.createContact = async () => ({ id: 'not yet seen' });
    expect(await label(job(contact, { missing: 'create' }))).toMatchObject([
      { kind: 'retry', reason: 'contact-not-found', failure: { status: 404 } },
    ]);
  });
});

describe('jobs that name one contact in different ways', () => {
  test('are one call while it is there; else each searches for itself', async () => {
    const { label, asked, wix } = openJobs();
    await label(job({ email: 'ada@e.com' }));
    await label(job({ phone: '1' }));
    asked();
    await label(job({ email: 'ada@e.com' }, { add: ['B'] }), job({ phone: '1' }, { add: ['C'] }));
    expect(asked()).toEqual([`labelContact ${ADA} [key of B,key of C]`]);
    wix.contacts.delete(ADA);
    wix.addContact(BOB, { emails: ['ada@e.com'] });
    expect(
      await label(
        job({ email: 'ada@e.com' }, { add: ['D'] }),
        job({ phone: '1' }, { add: ['E'], missing: 'ignore' }),
      ),
    ).toMatchObject([
      { kind: 'done', contactId: BOB, added: ['D'] },
      { kind: 'done', reason: 'no-such-contact' },
    ]);
    expect(wix.labelsOf(BOB)).toEqual(['D']);
  });
});
