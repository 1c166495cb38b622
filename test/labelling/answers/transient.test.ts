import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { LabelJob } from '../../../lib/queue/job.ts';
import type { Fault } from '../../../simulators/wix/simulator.ts';
import {
  ADA,
  type AnswerStage,
  byId,
  DAY,
  envelope,
  FIRST_DELAY,
  MINUTE,
  NOBODY,
  openAnswers,
} from '../../support/answers.ts';
import { aJob, SITE_ID } from '../../support/jobs.ts';

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

describe('what passes by itself', () => {
  const transient: [string, Omit<Fault, 'operation'>][] = [
    ...[400, 402, 403, 405, 407, 410, 411, 413, 414, 415, 421, 422, 423, 424, 426, 428, 431, 451]
      .concat([501, 300, 301, 302, 303, 304, 307, 308])
      .map((status): [string, Omit<Fault, 'operation'>] => [
        `${status} with an empty body`,
        { status, body: '' },
      ]),
    ...[400, 403, 410, 428, 501, 302].flatMap((status): [string, Omit<Fault, 'operation'>][] => [
      [`${status} with HTML`, { status, body: '<html>slow down</html>' }],
      [`${status} with a gateway's JSON`, { status, body: { message: 'Forbidden' } }],
      [`${status} with gRPC's JSON`, { status, body: { code: 5, message: 'no', details: [] } }],
    ]),
    ['302 to a maintenance page', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ["302 in Wix's envelope", { status: 302, body: envelope('MOVED') }],
    ...[408, 409, 425, 500, 502, 503, 504, 522].map(
      (status): [string, Omit<Fault, 'operation'>] => [`${status}`, { status, body: '' }],
    ),
    ['a connection that ends', { drop: true }],
    ['200 that is not JSON', { status: 200, body: '<html>hello</html>' }],
    ['200 without what was asked for', { status: 200, body: {} }],
    [
      '200 that does not say which labels there are',
      { status: 200, body: { contact: { id: 'x' } } },
    ],
  ];

  test.each(transient)('%s: again by age', async (_name, answer) => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'labelContact', ...answer });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.calls()).toHaveLength(2);
    expect(stage.delays).toEqual([FIRST_DELAY]);
    expect(stage.logged('job')).toMatchObject([
      { outcome: 'retry', reason: 'transient', operation: 'labelContact' },
    ]);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('no answer in eight seconds: again by age', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100));
    stage.wix.fault({ operation: 'labelContact', delayMs: 60_000 });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(asked.mock.calls.map(([ms]) => ms)).toEqual([8_000, 8_000]);
    asked.mockRestore();
    expect(stage.logged('job')).toMatchObject([{ reason: 'transient', answer: 'timeout' }]);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
  });

  test('a Wix that is not there: the log says what the system calls it', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.closeWix();
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.logged('job')).toMatchObject([
      { reason: 'transient', answer: 'network', networkCode: 'ECONNREFUSED' },
    ]);
  });

  test('an answer lost on its way: the repeat does no harm', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'labelContact', drop: true, applyBefore: true });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('Retry-After is obeyed', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const headers = { 'retry-after': '120' };
    stage.wix.fault({ operation: 'labelContact', status: 503, body: '', headers });
    await stage.processJob(byId(ada));
    expect(stage.delays).toEqual([126]);
  });

  test('dead three days after the first try, however long the job had queued before', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({
      operation: 'labelContact',
      status: 500,
      body: '',
      times: Number.POSITIVE_INFINITY,
    });
    await stage.send(byId(ada));
    stage.pass(2 * DAY);
    expect(await stage.work(await stage.take())).toEqual([true]);
    expect(await stage.again(3 * DAY - 1)).toEqual([true]);
    // Nobody knows what happened in between: it gets three tries anew.
    expect(await stage.again(15 * MINUTE)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([false]);
    expect(await stage.deadLetters()).toMatchObject([
      {
        attributes: {
          reason: 'transient',
          httpStatus: '500',
          operation: 'labelContact',
          receives: '4',
        },
      },
    ]);
  });

  test('five in a row: the site is not called until a probe comes through', async () => {
    // Prepare
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'any', status: 503, body: '', times: 6 });
    const job = (n: number) =>
      aJob({ id: `${n}`.repeat(64), contact: { email: `${n}@example.com`, contactId: ada } });
    const ids = [1, 2, 3, 4, 5].map((n) => aJob({ ...job(n), contact: { phone: `+1555000${n}` } }));
    // Act
    for (const one of ids) await stage.processJob(one);
    const callsBefore = stage.calls().length;
    await stage.processJob(aJob({ id: '6'.repeat(64), contact: { phone: '+15550006' } }));
    // Assess
    expect(callsBefore).toBe(5);
    expect(stage.calls()).toHaveLength(5);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'transient' }]);
    // The sixth was held back: no line of its own, and it comes back when the 30 s are over.
    expect(stage.logged('job')).toHaveLength(5);
    expect(stage.delays.at(-1)).toBe(32);
  });
});

describe("a gateway's refusal of a look-up is never a missing contact, nor a weaker reference", () => {
  const contact = { contactId: NOBODY, memberId: 'aaaaaaaa-0000-4000-8000-000000000001' };

  test.each([
    ['getContact', 404],
    ['getMember', 400],
    ['getMember', 403],
    ['getMember', 404],
    ['getMember', 428],
    ['queryContacts', 404],
    ['queryContacts', 400],
  ] as const)('%s %i', async (operation, status) => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation, status, body: '<html>', times: Number.POSITIVE_INFINITY });
    const job = aJob({ contact: { ...contact, email: ADA.email }, missing: 'ignore' });
    expect(await stage.processJob(job)).toBe(true);
    expect(stage.logged('job')).toMatchObject([
      { outcome: 'retry', reason: 'transient', operation },
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
    stage.wix.clearFaults();
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });
});

describe('a permanent answer to one job after the other', () => {
  const jobs = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      const email = `person-${n}@example.com`;
      stage.wix.addContact({ email });
      return aJob({ id: `${n}`.repeat(64), contact: { email }, add: [`Label ${n}`] });
    });
  const refuse = (times = Number.POSITIVE_INFINITY) =>
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 400, body: envelope('ODD'), times });

  test('four are dead, the fifth opens the breaker; it and the others wait, and are done', async () => {
    stage = await openAnswers();
    const all = jobs(7);
    refuse();
    for (const job of all) await stage.processJob(job);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'refused' }]);
    expect(stage.logged('job').map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      ...Array(4).fill('dead-letter bad-request'),
      'retry bad-request',
    ]);
    stage.wix.clearFaults();
    for (let n = 0; n < 3; n += 1) await stage.again(MINUTE);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
    expect(await stage.deadLetters()).toHaveLength(4);
    expect(stage.logged('job').filter(({ outcome }) => outcome === 'done')).toHaveLength(3);
  });

  test('the one that is at fault itself is dead at its third refusal', async () => {
    stage = await openAnswers();
    const all = jobs(5);
    refuse();
    for (const job of all) await stage.processJob(job);
    for (const minutes of [1, 2]) expect(await stage.again(minutes * MINUTE)).toHaveLength(1);
    expect(await stage.deadLetters()).toHaveLength(5);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'dead-letter', receives: 3 });
  });

  test('none waits where others are done in between', async () => {
    stage = await openAnswers();
    const all = jobs(10);
    for (const [n, job] of all.entries()) {
      if (n % 2 === 0) refuse(1);
      expect(await stage.processJob(job)).toBe(false);
    }
    expect(stage.logged('breaker')).toEqual([]);
    expect(await stage.deadLetters()).toHaveLength(5);
  });
});

describe('what no row fits', () => {
  test.each([501, 405, 410, 418, 422])('%i in the envelope: dead', async (status) => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'getContact', status, body: envelope('ODD') });
    stage.wix.removeContact(ada);
    expect(await stage.processJob(byId(ada))).toBe(false);
    expect(stage.calls().at(-1)).toBe(`getContact ${status}`);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'unexpected-response', httpStatus: `${status}` } },
    ]);
  });

  test('a 404 at Query Contacts is a wrong route, never a missing contact', async () => {
    stage = await openAnswers();
    stage.wix.fault({ operation: 'queryContacts', status: 404, body: envelope('NOT_FOUND') });
    expect(await stage.processJob(aJob({ missing: 'ignore' }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'unexpected-response', operation: 'queryContacts' } },
    ]);
  });

  test('a 404 of another kind at Get Contact neither', async () => {
    stage = await openAnswers();
    stage.wix.fault({ operation: 'getContact', status: 404, body: envelope('NOT_FOUND') });
    expect(await stage.processJob(byId(NOBODY, { missing: 'ignore' }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'unexpected-response', operation: 'getContact' } },
    ]);
  });

  test('a message that is no job', async () => {
    stage = await openAnswers();
    const future = { ...aJob(), v: 2 } as unknown as LabelJob;
    await stage.sendRaw(future);
    expect(await stage.work(await stage.take())).toEqual([false]);
    expect(await stage.deadLetters()).toMatchObject([
      { body: future, attributes: { reason: 'invalid-job', detail: expect.stringContaining('v') } },
    ]);
    expect(SITE_ID).toBe(future.site);
  });
});

describe('the end of the invocation', () => {
  test('nothing is begun that cannot be finished', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.send(byId(ada));
    expect(await stage.work(await stage.take(), 25_999)).toEqual([true]);
    expect(stage.calls()).toEqual([]);
    expect(stage.delays).toEqual([60]);
    expect(stage.logged('timeout-too-short')).toMatchObject([
      { level: 'error', remainingMs: 25_999, leastTimeoutMs: 30_000, messages: 1 },
    ]);
    expect(await stage.again(59_999)).toEqual([]);
    stage.pass(1);
    expect(await stage.work(await stage.take(), 26_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });
});
