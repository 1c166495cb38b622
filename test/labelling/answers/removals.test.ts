import { afterEach, describe, expect, test } from '@jest/globals';
import { ADA, type AnswerStage, byId, MINUTE, NOBODY, openAnswers } from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

// A job that only removes makes nothing. What is not there for two minutes, as Wix's indexes have it, is done.

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

const id = (letter: string): string => letter.repeat(64);
const REFUND = { add: [], remove: ['Customer'] };

describe('a job that only removes', () => {
  test.each(['wait', 'create', 'ignore'] as const)(
    'from somebody who is no contact is done after two minutes, and makes none: %s',
    async (missing) => {
      stage = await openAnswers();
      const contact = { email: 'nobody@example.com', phone: '+15559999' };
      expect(await stage.processJob(aJob({ ...REFUND, contact, missing }))).toBe(true);
      expect(stage.calls()).toEqual(['queryContacts 200', 'queryContacts 200']);
      expect(stage.logged('job')).toMatchObject([
        { outcome: 'retry', reason: 'contact-not-found', delaySeconds: 32 },
      ]);
      expect(await stage.toTheEnd()).toBeLessThan(5);
      expect(stage.wix.contacts()).toHaveLength(1);
      expect(stage.logged('job').at(-1)).toMatchObject({
        outcome: 'done',
        reason: 'no-such-contact',
      });
      expect(await stage.deadLetters()).toEqual([]);
    },
  );

  test('from an id that is no contact is done after two minutes', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada));
    expect(
      await stage.processJob(byId(NOBODY, { ...REFUND, missing: 'create', id: id('b') })),
    ).toBe(true);
    expect(await stage.again(2 * MINUTE)).toEqual([false]);
    expect(stage.wix.contacts()).toHaveLength(1);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test.each([
    ['with room', 1000],
    ['that is full', 0],
  ])('at a site %s without that label makes none', async (_name, labelsQuota) => {
    stage = await openAnswers({ labelsQuota });
    const { ada } = stage;
    const labels = stage.wix.labels().length;
    expect(await stage.processJob(byId(ada, REFUND))).toBe(true);
    expect(stage.calls()).toEqual(['queryLabels 200']);
    expect(await stage.toTheEnd()).toBeLessThan(5);
    expect(stage.calls().length).toBeLessThan(6);
    expect(new Set(stage.calls())).toEqual(new Set(['queryLabels 200']));
    expect(stage.wix.labels()).toHaveLength(labels);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'done', inPlace: ['Customer'] });
    expect(stage.logged('labels-quota-reached')).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('takes off what there is, in a process that has not met the label', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Customer', 'VIP'] }));
    stage.restart();
    stage.wix.clearCalls();
    const remove = ['Customer', 'VIP', 'Never'];
    await stage.processJob(aJob({ add: [], remove, contact: { email: ADA.email }, id: id('b') }));
    expect(stage.calls()).toEqual(['queryContacts 200', 'queryLabels 200', 'unlabelContact 200']);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });

  test('jobs of one batch look their labels up together', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['A', 'B', 'C'] }));
    stage.restart();
    const others = ['b', 'c'].map((name) => stage.wix.addContact({ email: `${name}@example.com` }));
    stage.wix.clearCalls();
    for (const [n, contact] of [ada, ...others].entries()) {
      await stage.send(
        byId(contact, { add: [], remove: [['A', 'B', 'C'][n] ?? ''], id: id(`${n}`) }),
      );
    }
    expect(await stage.work(await stage.take())).toEqual([false, false, false]);
    expect(stage.calls().toSorted()).toEqual([
      'queryLabels 200',
      ...Array(3).fill('unlabelContact 200'),
    ]);
  });

  test('waits behind what puts a label on the same person and came before', async () => {
    stage = await openAnswers();
    const contact = { email: 'late@example.com' };
    await stage.send(aJob({ contact, add: ['Customer', 'VIP'] }));
    await stage.send(aJob({ ...REFUND, contact, id: id('b') }));
    expect((await stage.work(await stage.take())).includes(false)).toBe(false);
    const late = stage.wix.addContact(contact);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      stage.pass(60_000);
      await stage.work(await stage.take());
    }
    expect(stage.wix.labelNamesOf(late)).toEqual(['VIP']);
    const outcomes = stage.logged('job').filter(({ outcome }) => outcome === 'done');
    expect(outcomes).toHaveLength(2);
    expect(outcomes[1]).not.toHaveProperty('reason');
  });
});

describe('a refund right after the payment, in a process that knows nothing of it', () => {
  test.each(['wait', 'create', 'ignore'] as const)(
    'takes the label off a contact that the index does not show yet: %s',
    async (missing) => {
      stage = await openAnswers({ queryLagMs: 10_000 });
      const contact = { email: 'new@example.com' };
      await stage.processJob(aJob({ contact, missing: 'create' }));
      const { id: made = '' } = stage.wix.contacts().at(-1) ?? {};
      expect(stage.wix.labelNamesOf(made)).toEqual(['Customer']);
      stage.restart();
      expect(await stage.processJob(aJob({ ...REFUND, contact, missing, id: id('b') }))).toBe(true);
      await stage.toTheEnd();
      expect(stage.wix.labelNamesOf(made)).toEqual([]);
      expect(stage.wix.contacts()).toHaveLength(2);
    },
  );

  test('takes off a label that the index does not show yet', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada));
    stage.restart();
    stage.wix.fault({ operation: 'queryLabels', status: 200, body: { labels: [] }, times: 1 });
    const refund = { add: [], remove: ['Customer'], id: id('b') };
    expect(await stage.processJob(byId(ada, refund))).toBe(true);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'retry', reason: 'label-too-new' });
    expect(await stage.toTheEnd()).toBe(1);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });
});

test('a removal of a hundred long keys is cut by the length of its URL', async () => {
  stage = await openAnswers({ requestsPerMinute: Number.POSITIVE_INFINITY, longestTarget: 4_096 });
  const { ada } = stage;
  const names = Array.from({ length: 100 }, (_, n) => `${n} ${'long '.repeat(30)}`.trim());
  await stage.send(byId(ada, { add: names }));
  await stage.work(await stage.take(), 900_000);
  stage.pass(600_000);
  stage.wix.clearCalls();
  expect(await stage.processJob(byId(ada, { add: [], remove: names, id: id('b') }))).toBe(false);
  expect(stage.calls().length).toBeGreaterThan(2);
  expect(new Set(stage.calls())).toEqual(new Set(['unlabelContact 200']));
  expect(stage.wix.labelNamesOf(ada)).toEqual([]);
});
