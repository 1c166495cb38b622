import { afterEach, describe, expect, test } from '@jest/globals';
import {
  ADA,
  type AnswerStage,
  byId,
  HOUR,
  MINUTE,
  NOBODY,
  openAnswers,
} from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

// How few calls a label costs, and what becomes of those that the budget has no room for.

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

/** A message id of its own. */
const id = (letter: string): string => letter.repeat(64);
/** The calls since it was asked last. */
function asked(): readonly string[] {
  const calls = stage.calls();
  stage.wix.clearCalls();
  return calls;
}

describe('the same label earned again within minutes', () => {
  test('costs no call where no rule takes it', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { reversible: [] }));
    asked();
    stage.pass(5 * MINUTE - 1);
    expect(await stage.processJob(byId(ada, { reversible: [], id: id('b') }))).toBe(false);
    expect(asked()).toEqual([]);
    expect(stage.logged('job').at(-1)).toMatchObject({ added: [], inPlace: ['Customer'] });
    stage.pass(1);
    await stage.processJob(byId(ada, { reversible: [], id: id('c') }));
    expect(asked()).toEqual(['labelContact 200']);
  });

  test('costs a look, which sends no event, where some rule takes it', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { reversible: ['Customer'] }));
    asked();
    expect(await stage.processJob(byId(ada, { reversible: ['Customer'], id: id('b') }))).toBe(
      false,
    );
    expect(asked()).toEqual(['getContact 200']);
    expect(stage.logged('job').at(-1)).toMatchObject({ added: [], inPlace: ['Customer'] });
  });

  test('is put again where the look shows that it is gone', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    await stage.processJob(byId(ada, { id: id('b') }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });
});

describe('what an answer has said is not asked', () => {
  test('that a label to take is not there', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Paid'], remove: ['Lead'] }));
    expect(asked()).toEqual(['findOrCreateLabel 200', 'queryLabels 200', 'labelContact 200']);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Paid']);
    expect(stage.logged('job').at(-1)).toMatchObject({ added: ['Paid'], inPlace: ['Lead'] });
  });

  test('that it is there, it is taken', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Lead'] }));
    await stage.processJob(byId(ada, { add: ['Paid'], remove: ['Lead'], id: id('b') }));
    expect(asked().slice(-2)).toEqual(['labelContact 200', 'unlabelContact 200']);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Paid']);
  });

  test('which contact one was merged into', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const old = stage.wix.addContact({ email: 'old@example.com' });
    stage.wix.mergeContacts(old, ada);
    await stage.processJob(byId(old));
    asked();
    await stage.processJob(byId(old, { add: ['VIP'], id: id('b') }));
    expect(asked()).toEqual(['findOrCreateLabel 200', 'labelContact 200']);
  });

  test.each([
    ['an e-mail', { email: ADA.email }],
    ['a phone', { phone: ADA.phone }],
    ['a member id', { memberId: 'aaaaaaaa-0000-4000-8000-000000000001' }],
  ])('whom %s means, for ten minutes', async (_name, contact) => {
    stage = await openAnswers();
    stage.wix.addContact({
      email: 'm@example.com',
      memberId: 'aaaaaaaa-0000-4000-8000-000000000001',
    });
    await stage.processJob(aJob({ contact }));
    asked();
    stage.pass(10 * MINUTE - 1);
    await stage.processJob(aJob({ contact, add: ['VIP'], id: id('b') }));
    expect(asked()).toEqual(['findOrCreateLabel 200', 'labelContact 200']);
    stage.pass(1);
    await stage.processJob(aJob({ contact, add: ['VIP'], id: id('c'), reversible: [] }));
    expect(asked()).toHaveLength(1);
  });

  test.each([
    ['e-mails', 'email', ['queryContacts 200']],
    ['phones', 'phone', ['queryContacts 200']],
    ['members', 'memberId', ['queryMembers 200']],
  ] as const)('whom the %s of a batch mean is asked for once', async (_name, field, lookUps) => {
    stage = await openAnswers();
    for (const n of [1, 2, 3]) {
      const memberId = `aaaaaaaa-0000-4000-8000-00000000000${n}`;
      const person = { email: `${n}@example.com`, phone: `+1555000${n}${n}`, memberId };
      stage.wix.addContact(person);
      await stage.send(aJob({ contact: { [field]: person[field] } }));
    }
    expect(await stage.work(await stage.take())).toEqual([false, false, false]);
    expect(asked().toSorted()).toEqual([
      'findOrCreateLabel 200',
      ...Array(3).fill('labelContact 200'),
      ...lookUps,
    ]);
  });
});

describe('a process at its limit', () => {
  test('sleeps for a while; what would take longer is set aside until its turn, without a line', async () => {
    // Prepare: a call every thirty seconds.
    stage = await openAnswers({ budget: { requestsPerMinute: 4, workers: 2 } });
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    const began = stage.now();
    // Act: the first job needs two calls, and is carried on.
    expect(await stage.processJob(byId(ada))).toBe(false);
    expect(stage.now() - began).toBe(30_000);
    expect(await stage.processJob(byId(bob, { id: id('b') }))).toBe(true);
    // Assess
    expect(asked()).toEqual(['findOrCreateLabel 200', 'labelContact 200']);
    expect(stage.delays).toEqual([30]);
    expect(stage.logged('job')).toHaveLength(1);
    expect(stage.logged('rate-limited')).toMatchObject([{ level: 'warn', waitSeconds: 30 }]);
    expect(await stage.again(29_999)).toEqual([]);
    expect(await stage.again(1)).toEqual([false]);
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('is never at 429: the site is asked no more than it allows', async () => {
    stage = await openAnswers({
      requestsPerMinute: 4,
      budget: { requestsPerMinute: 4, workers: 1 },
    });
    for (let n = 0; n < 6; n += 1) {
      const contact = stage.wix.addContact({ email: `${n}@example.com` });
      await stage.send(byId(contact, { id: id(`${n}`) }));
    }
    for (let rounds = 0; rounds < 30; rounds += 1) await stage.again(10_000);
    expect(stage.logged('job').filter(({ outcome }) => outcome === 'done')).toHaveLength(6);
    expect(stage.calls().filter((call) => call.endsWith('429'))).toEqual([]);
  });
});

describe('however long a job was held', () => {
  test('it gets three looks at a contact that is missing', async () => {
    // Prepare: the site refuses everything for four hours.
    stage = await openAnswers();
    await stage.send(byId(NOBODY));
    stage.wix.fault({ operation: 'any', status: 401, times: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 14; n += 1) await stage.again(20 * MINUTE);
    stage.wix.clearFaults();
    // Act, Assess
    expect(await stage.again(HOUR)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([false]);
    expect((await stage.deadLetters()).map(({ attributes }) => attributes.reason)).toEqual([
      'contact-not-found',
    ]);
  });

  test('it is not dead of the hold', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.send(byId(ada));
    stage.wix.fault({ operation: 'any', status: 401, times: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 100; n += 1) await stage.again(HOUR);
    expect(await stage.deadLetters()).toEqual([]);
    stage.wix.clearFaults();
    for (let n = 0; n < 3; n += 1) await stage.again(HOUR);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });
});

test('a site that was full and has room again: one name finds out, and all go on', async () => {
  stage = await openAnswers({ labelsQuota: 1 });
  const { ada } = stage;
  await stage.processJob(byId(ada, { add: ['Customer', 'VIP'] }));
  stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
  asked();
  stage.pass(10 * MINUTE);
  await stage.processJob(byId(ada, { add: ['VIP'], id: id('b') }));
  expect(asked()).toEqual(['findOrCreateLabel 200', 'labelContact 200']);
  expect(stage.logged('labels-quota-lifted')).toHaveLength(1);
  expect(stage.wix.labelNamesOf(ada)).toEqual(['VIP']);
});
