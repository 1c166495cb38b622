import { afterEach, expect, test } from '@jest/globals';
import { type AnswerStage, NOBODY, openAnswers } from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

const CONTACTS = [
  ['another e-mail', { emails: { items: [{ email: 'new-address@example.com' }] } }],
  ['a phone alone', { phones: { items: [{ phone: '+12025550102' }] } }],
] as const;

test.each(CONTACTS)('a look-up that gives one who shows %s: nobody found', async (_name, info) => {
  stage = await openAnswers();
  const { ada } = stage;
  const body = { contacts: [{ id: ada, createdDate: '2026-01-01T00:00:00Z', info }] };
  stage.wix.fault({ operation: 'queryContacts', status: 200, body });
  expect(await stage.processJob(aJob({ contact: { email: 'kim@example.com' } }))).toBe(true);
  expect(stage.logged('job')).toMatchObject([{ outcome: 'retry', reason: 'contact-not-found' }]);
  expect(stage.wix.labelNamesOf(ada)).toEqual([]);
});

test('one contact that shows no address came alone: it is taken at Wix’s word', async () => {
  stage = await openAnswers();
  const { ada } = stage;
  stage.wix.fault({ operation: 'queryContacts', status: 200, body: { contacts: [{ id: ada }] } });
  expect(await stage.processJob(aJob({ contact: { email: 'kim@example.com' } }))).toBe(false);
  expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
});

test('several that show none are everybody: nobody found', async () => {
  stage = await openAnswers();
  const { ada } = stage;
  const body = { contacts: [{ id: ada }, { id: NOBODY }] };
  stage.wix.fault({ operation: 'queryContacts', status: 200, body });
  expect(await stage.processJob(aJob({ contact: { email: 'kim@example.com' } }))).toBe(true);
  expect(stage.wix.labelNamesOf(ada)).toEqual([]);
});

test('Get Member that answers with another member: the next reference', async () => {
  stage = await openAnswers();
  const { ada } = stage;
  const bob = stage.wix.addContact({ email: 'bob@example.com' });
  const body = { member: { id: 'another', contactId: ada } };
  stage.wix.fault({ operation: 'getMember', status: 200, body });
  await stage.processJob(aJob({ contact: { memberId: NOBODY, email: 'bob@example.com' } }));
  expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
  expect(stage.wix.labelNamesOf(ada)).toEqual([]);
});

test('a job of an older receiver, with what nobody sees and a phone that is nobody’s', async () => {
  stage = await openAnswers();
  const { ada } = stage;
  const nobody = stage.wix.addContact({ phone: '0000000000' });
  await stage.processJob(
    aJob({ contact: { email: 'ADA@example.com\u200b', phone: '0000000000' } }),
  );
  expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  expect(await stage.processJob(aJob({ contact: { phone: '000 000 0000' } }))).toBe(true);
  expect(stage.wix.labelNamesOf(nobody)).toEqual([]);
  expect(stage.logged('job').at(-1)).toMatchObject({ reason: 'contact-not-found' });
});
