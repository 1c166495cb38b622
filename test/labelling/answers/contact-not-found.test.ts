import { afterEach, describe, expect, test } from '@jest/globals';
import {
  ADA,
  type AnswerStage,
  byId,
  envelope,
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

describe('404 CONTACT_NOT_FOUND', () => {
  test('merged away: GET gives the contact that is left, and that one is labelled', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const old = stage.wix.addContact({ email: 'old@example.com' });
    stage.wix.mergeContacts(old, ada);
    expect(await stage.processJob(byId(old))).toBe(false);
    expect(stage.calls()).toEqual([
      'findOrCreateLabel 200',
      'labelContact 404',
      'getContact 200',
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test("a member's id in place of the contact's", async () => {
    stage = await openAnswers();
    const memberId = 'aaaaaaaa-0000-4000-8000-000000000001';
    const grace = stage.wix.addContact({ email: 'grace@example.com', memberId });
    expect(await stage.processJob(byId(memberId))).toBe(false);
    expect(stage.calls().slice(1)).toEqual([
      'labelContact 404',
      'getContact 404',
      'getMember 200',
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(grace)).toEqual(['Customer']);
  });

  test.each([
    ['e-mail', { email: 'ada@example.com' }, ['queryContacts 200']],
    ['phone', { phone: '+15550001' }, ['queryContacts 200']],
  ])('else by %s', async (_name, rest, lookUps) => {
    stage = await openAnswers();
    const { ada } = stage;
    expect(await stage.processJob(aJob({ contact: { contactId: NOBODY, ...rest } }))).toBe(false);
    expect(stage.calls().slice(1)).toEqual([
      'labelContact 404',
      'getContact 404',
      'getMember 404',
      ...lookUps,
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('else by the phone, of one who shows no e-mail, when nobody has the e-mail', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const grace = stage.wix.addContact({ phone: '+15550002' });
    const contactOf = (phone: string) => ({
      contactId: NOBODY,
      email: 'unknown@example.com',
      phone,
    });
    expect(await stage.processJob(aJob({ contact: contactOf('+15550002') }))).toBe(false);
    expect(stage.calls().slice(-4)).toEqual([
      'queryContacts 200',
      'queryContacts 200',
      'getContact 200',
      'labelContact 200',
    ]);
    expect(await stage.processJob(aJob({ contact: contactOf('+15550001') }))).toBe(true);
    expect(stage.wix.labelNamesOf(grace)).toEqual(['Customer']);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });

  test('a key without "Read Members" does not stop the search', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'getMember', status: 403, body: envelope('PERMISSION_DENIED') });
    await stage.processJob(aJob({ contact: { contactId: NOBODY, email: ADA.email } }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(stage.logged('members-unreadable')).toHaveLength(1);
  });

  test('of a contact that GET finds is transient: it is labelled at the next try, not at once', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const body = envelope('CONTACT_NOT_FOUND');
    stage.wix.fault({ operation: 'labelContact', status: 404, body });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.calls()).toEqual(['findOrCreateLabel 200', 'labelContact 404', 'getContact 200']);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
  });

  test('of a contact that GET finds: nobody else is meant, whatever else the event says', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    const body = envelope('CONTACT_NOT_FOUND');
    stage.wix.fault({ operation: 'labelContact', status: 404, body });
    const contact = { contactId: ada, email: 'bob@example.com' };
    expect(await stage.processJob(aJob({ contact, missing: 'ignore' }))).toBe(true);
    expect(stage.wix.labelNamesOf(bob)).toEqual([]);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test.each([
    ['500', { status: 500, body: '' }, 'transient'],
    ['an empty 403 from the edge', { status: 403, body: '' }, 'transient'],
    ['429', { status: 429, body: '' }, 'throttled'],
    ['401', { status: 401 }, 'credentials'],
  ])(
    '%s to the guess that it is a member: no guess is dropped for that',
    async (_name, answer, reason) => {
      stage = await openAnswers();
      stage.wix.fault({ operation: 'getMember', ...answer });
      const kept = await stage.processJob(byId(NOBODY, { missing: 'ignore' }));
      expect(kept).toBe(true);
      expect(stage.logged('job')).toMatchObject([
        { outcome: 'retry', reason, operation: 'getMember' },
      ]);
    },
  );

  test.each([
    ['428', { status: 428, body: envelope('REQUIRED_APP_NOT_INSTALLED') }],
    ['400', { status: 400 }],
  ])('%s to that guess (no members area): the search goes on', async (_name, answer) => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'getMember', ...answer });
    await stage.processJob(aJob({ contact: { contactId: NOBODY, email: ADA.email } }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('else again by age; a contact that appears late is labelled', async () => {
    stage = await openAnswers();
    expect(await stage.processJob(aJob({ contact: { email: 'late@example.com' } }))).toBe(true);
    expect(stage.delays).toEqual([FIRST_DELAY]);
    expect(await stage.again((FIRST_DELAY - 1) * 1000)).toEqual([]);
    expect(await stage.again(1_000)).toEqual([true]);
    const late = stage.wix.addContact({ email: 'late@example.com' });
    expect(await stage.again(10_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(late)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('the delay is as long as one has tried already, up to 15 minutes', async () => {
    stage = await openAnswers();
    await stage.processJob(byId(NOBODY));
    await stage.again(10 * MINUTE);
    await stage.again(40 * MINUTE);
    expect(stage.delays).toEqual([FIRST_DELAY, 450, 675]);
  });

  test('dead two hours after the event came in', async () => {
    stage = await openAnswers();
    const job = byId(NOBODY);
    await stage.processJob(job);
    await stage.again(HOUR);
    expect(await stage.again(HOUR - 1)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([false]);
    const [deadLetter, ...others] = await stage.deadLetters();
    expect(others).toEqual([]);
    expect(deadLetter?.body).toEqual(job);
    expect(deadLetter?.attributes).toEqual({
      reason: 'contact-not-found',
      source: 'custom',
      operation: 'labelContact',
      httpStatus: '404',
      wixCode: 'CONTACT_NOT_FOUND',
      wixRequestId: expect.stringMatching(/./),
      receives: '4',
      firstTriedAt: '2026-11-21T12:00:00.000Z',
      lastTriedAt: '2026-11-21T14:14:59.999Z',
    });
  });

  test('receives at which nothing could be tried are no tries', async () => {
    // Prepare: the site is paused for longer than the contact is waited for.
    stage = await openAnswers();
    const { ada } = stage;
    await stage.send(byId(NOBODY));
    stage.wix.fault({
      operation: 'any',
      status: 429,
      times: 30,
      headers: { 'retry-after': '900' },
    });
    for (let n = 0; n < 12; n += 1) await stage.again(16 * MINUTE);
    stage.wix.clearFaults();
    // Act, Assess: the first look that finds nobody is not the last.
    expect(await stage.again(17 * MINUTE)).toEqual([true]);
    expect(stage.logged('job').at(-1)).toMatchObject({ reason: 'contact-not-found' });
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });

  test('but not before ten minutes of looks, however old the event', async () => {
    stage = await openAnswers();
    stage.pass(5 * HOUR);
    expect(await stage.processJob(byId(NOBODY))).toBe(true);
    expect(await stage.again(5_000)).toEqual([true]);
    expect(await stage.again(10_000)).toEqual([true]);
    const began = stage.now();
    expect(await stage.toTheEnd()).toBeGreaterThan(5);
    expect(stage.now() - began).toBeGreaterThan(9 * MINUTE);
    expect(stage.now() - began).toBeLessThan(HOUR);
    expect(await stage.deadLetters()).toHaveLength(1);
  });
});
