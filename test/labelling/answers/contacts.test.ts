import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type AnswerStage,
  byId,
  FIRST_DELAY,
  HOUR,
  MINUTE,
  NOBODY,
  openAnswers,
} from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

describe('200: the label is on the contact', () => {
  test.each([
    ['by contact id', (id: string) => ({ contactId: id }), []],
    ['by e-mail', () => ({ email: 'Ada@Example.com' }), ['queryContacts 200']],
    ['by phone', () => ({ phone: '+1 555 0001' }), ['queryContacts 200']],
  ])('%s', async (_name, reference, lookUps) => {
    stage = await openAnswers();
    const { ada } = stage;
    const kept = await stage.processJob(aJob({ contact: reference(ada), add: ['Customer'] }));
    expect(kept).toBe(false);
    expect(stage.calls()).toEqual([...lookUps, 'findOrCreateLabel 200', 'labelContact 200']);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('by member id, through the Members API', async () => {
    stage = await openAnswers();
    const memberId = 'aaaaaaaa-0000-4000-8000-000000000001';
    const grace = stage.wix.addContact({ email: 'grace@example.com', memberId });
    await stage.processJob(aJob({ contact: { memberId } }));
    expect(stage.calls()[0]).toBe('getMember 200');
    expect(stage.wix.labelNamesOf(grace)).toEqual(['Customer']);
  });

  test('adds and removes of one job, and a label that never was is removed without harm', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Old', 'VIP'] }));
    stage.pass(10 * MINUTE);
    await stage.processJob(
      byId(ada, { add: ['New'], remove: ['Old', 'Never'], id: 'b'.repeat(64) }),
    );
    expect(stage.wix.labelNamesOf(ada)).toEqual(['New', 'VIP']);
  });

  test('contacts that need one new label at once share one request for it', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await stage.send(byId(ada));
    await stage.send(byId(bob, { id: 'b'.repeat(64) }));
    expect(await stage.work(await stage.take())).toEqual([false, false]);
    expect(stage.calls().toSorted()).toEqual([
      'findOrCreateLabel 200',
      'labelContact 200',
      'labelContact 200',
    ]);
  });

  test('keys go in hundreds', async () => {
    stage = await openAnswers({ requestsPerMinute: Number.POSITIVE_INFINITY });
    const { ada } = stage;
    const add = Array.from({ length: 201 }, (_, index) => `Bought ${index}`);
    await stage.send(byId(ada, { add }));
    await stage.work(await stage.take(), 900_000);
    await stage.send(byId(ada, { add: [], remove: add, id: 'b'.repeat(64) }));
    await stage.work(await stage.take(), 900_000);
    const changes = stage.calls().filter((call) => !call.startsWith('findOrCreateLabel'));
    expect(changes).toEqual([
      ...Array(3).fill('labelContact 200'),
      ...Array(3).fill('unlabelContact 200'),
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });
});

describe('200, and nobody found by e-mail or phone', () => {
  const contact = { email: 'new@example.com', firstName: 'New' };

  test('contacts.missing: wait', async () => {
    stage = await openAnswers();
    expect(await stage.processJob(aJob({ contact }))).toBe(true);
    expect(stage.calls()).toEqual(['queryContacts 200']);
    expect(stage.logged('job')).toMatchObject([
      { outcome: 'retry', reason: 'contact-not-found', delaySeconds: FIRST_DELAY },
    ]);
  });

  test('contacts.missing: create', async () => {
    stage = await openAnswers();
    expect(await stage.processJob(aJob({ contact, missing: 'create' }))).toBe(false);
    expect(stage.calls()).toEqual([
      'queryContacts 200',
      'createContact 200',
      'findOrCreateLabel 200',
      'labelContact 200',
    ]);
    const made = stage.wix
      .contacts()
      .find(({ primaryInfo }) => primaryInfo.email === contact.email);
    expect(stage.wix.labelNamesOf(made?.id ?? '')).toEqual(['Customer']);
  });

  test('create, where the index was behind: 409 names the contact to use', async () => {
    stage = await openAnswers({ queryLagMs: HOUR });
    const fresh = stage.wix.addContact({ email: 'new@example.com' });
    expect(await stage.processJob(aJob({ contact, missing: 'create' }))).toBe(false);
    expect(stage.calls().slice(0, 3)).toEqual([
      'queryContacts 200',
      'createContact 409',
      'getContact 200',
    ]);
    expect(stage.wix.labelNamesOf(fresh)).toEqual(['Customer']);
  });

  test('create, where the 409 names somebody else who has the phone: made without it', async () => {
    stage = await openAnswers();
    const { id = '' } = stage.wix.contacts()[0] ?? {};
    const code = 'DUPLICATE_CONTACT_EXISTS';
    const body = { details: { applicationError: { code, data: { duplicateContactId: id } } } };
    stage.wix.fault({ operation: 'createContact', status: 409, body, times: 1 });
    const withPhone = { ...contact, phone: '+15550001' };
    expect(await stage.processJob(aJob({ contact: withPhone, missing: 'create' }))).toBe(false);
    expect(stage.calls()).toEqual([
      'queryContacts 200',
      'queryContacts 200',
      'createContact 409',
      'getContact 200',
      'createContact 200',
      'findOrCreateLabel 200',
      'labelContact 200',
    ]);
    const made = stage.wix.contacts().at(-1);
    expect(made?.primaryInfo).toEqual({ email: contact.email });
    expect(stage.wix.labelNamesOf(made?.id ?? '')).toEqual(['Customer']);
    expect(stage.wix.labelNamesOf(id)).toEqual([]);
  });

  test('create, where Wix insists on somebody else: it waits, then is dead-lettered with the answer', async () => {
    stage = await openAnswers();
    const { id = '' } = stage.wix.contacts()[0] ?? {};
    const code = 'DUPLICATE_CONTACT_EXISTS';
    const body = { details: { applicationError: { code, data: { duplicateContactId: id } } } };
    stage.wix.fault({ operation: 'createContact', status: 409, body, times: 100 });
    expect(await stage.processJob(aJob({ contact, missing: 'create' }))).toBe(true);
    expect(stage.logged('job')).toMatchObject([
      { reason: 'contact-not-found', operation: 'createContact', httpStatus: 409, wixCode: code },
    ]);
    expect(stage.wix.labelNamesOf(id)).toEqual([]);
  });

  test('create cannot make a contact of an id alone: it waits', async () => {
    stage = await openAnswers();
    expect(await stage.processJob(byId(NOBODY, { missing: 'create' }))).toBe(true);
    expect(stage.calls()).not.toContain('createContact 400');
  });

  test('contacts.missing: ignore', async () => {
    stage = await openAnswers();
    expect(await stage.processJob(aJob({ contact, missing: 'ignore' }))).toBe(false);
    expect(stage.calls()).toEqual(['queryContacts 200']);
    expect(stage.logged('job')).toMatchObject([{ outcome: 'done', reason: 'no-such-contact' }]);
    expect(await stage.deadLetters()).toEqual([]);
  });
});
