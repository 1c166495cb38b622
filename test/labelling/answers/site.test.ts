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
import { APP, aJob } from '../../support/jobs.ts';

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

describe('401 and 403: credentials', () => {
  test.each([
    ['401', { status: 401 }],
    ['403 with the envelope', { status: 403, body: envelope('PERMISSION_DENIED') }],
  ])('%s with an API key: the breaker opens, the jobs stay', async (_name, answer) => {
    // Prepare
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'any', times: 1, ...answer });
    // Act: the first job meets the answer, the second is not begun.
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(await stage.processJob(byId(ada, { contact: { email: ADA.email } }))).toBe(true);
    // Assess
    expect(stage.calls()).toHaveLength(1);
    expect(stage.delays).toEqual([FIRST_DELAY, 32]);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'credentials' }]);
    expect(await stage.again(35_000)).toEqual([false, true]);
    expect(stage.delays.at(-1)).toBe(6);
    expect(await stage.again(6_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
    expect(await stage.deadLetters()).toEqual([]);
  });

  const app = {
    credentials: { kind: 'app', appId: APP.id, appSecret: APP.secret },
  } as const;

  test('401 with an app: one new token, and on it goes', async () => {
    stage = await openAnswers(app);
    const { ada } = stage;
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 401 });
    expect(await stage.processJob(byId(ada))).toBe(false);
    expect(stage.calls()).toEqual([
      'createToken 200',
      'findOrCreateLabel 401',
      'createToken 200',
      'findOrCreateLabel 200',
      'labelContact 200',
    ]);
  });

  test('400 at the token endpoint is no answer to the guess that it is a member', async () => {
    stage = await openAnswers(app);
    const { ada } = stage;
    await stage.processJob(byId(ada, { id: 'b'.repeat(64) }));
    stage.wix.fault({ operation: 'getMember', status: 401 });
    stage.wix.fault({ operation: 'createToken', status: 400 });
    expect(await stage.processJob(byId(NOBODY, { missing: 'ignore' }))).toBe(true);
    expect(stage.logged('job').at(-1)).toMatchObject({
      reason: 'credentials',
      operation: 'createToken',
    });
  });

  test('401 with an app, again: the breaker opens', async () => {
    stage = await openAnswers(app);
    const { ada } = stage;
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 401, times: 2 });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'credentials' }]);
    expect(stage.calls().filter((call) => call === 'createToken 200')).toHaveLength(2);
    expect(await stage.again(35_000)).toEqual([false]);
    expect(stage.calls().filter((call) => call === 'createToken 200')).toHaveLength(3);
  });

  const REFUSED = [302, 400, 401, 404, 405, 409, 410, 415, 422, 428, 501].flatMap((status) =>
    ['', '<html>', envelope('LABELS_QUOTA_REACHED')].map((body) => [status, body] as const),
  );
  const UNUSABLE = [
    '',
    '<html>',
    [],
    { token_type: 'Bearer' },
    { error: 'invalid_client' },
    ...[5, null, '', '日', 'a\nb', 'a\u0000b'].map((access_token) => ({ access_token })),
  ].map((body) => [200, body] as const);

  test.each([...REFUSED, [204, ''] as const, ...UNUSABLE])(
    '%i at the token endpoint: the breaker opens, the job stays: %j',
    async (status, body) => {
      stage = await openAnswers(app);
      const { ada } = stage;
      stage.wix.fault({ operation: 'createToken', status, body });
      expect(await stage.processJob(byId(ada))).toBe(true);
      expect(stage.logged('job')).toMatchObject([
        { outcome: 'retry', reason: 'credentials', operation: 'createToken' },
      ]);
      expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'credentials' }]);
      expect(await stage.again(35_000)).toEqual([false]);
      expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    },
  );

  const OUTAGES = [
    ['408', { status: 408, body: '' }],
    ['425', { status: 425, body: '' }],
    ['500', { status: 500 }],
  ] as const;

  test.each(OUTAGES)('%s at the token endpoint passes by itself', async (_name, answer) => {
    stage = await openAnswers(app);
    const { ada } = stage;
    stage.wix.fault({ operation: 'createToken', ...answer });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.logged('job')).toMatchObject([{ reason: 'transient', operation: 'createToken' }]);
    expect(stage.logged('breaker')).toEqual([]);
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
  });

  test.each([...OUTAGES, ['200 and no token', { status: 200, body: '<html>' }] as const])(
    '%s at the token endpoint: again, however long it lasts',
    async (_name, answer) => {
      stage = await openAnswers(app);
      const { ada } = stage;
      stage.wix.fault({ operation: 'createToken', times: 8, ...answer });
      await stage.processJob(byId(ada));
      for (let days = 1; days <= 7; days += 1) expect(await stage.again(24 * HOUR)).toEqual([true]);
      expect(await stage.deadLetters()).toEqual([]);
      expect(await stage.again(24 * HOUR)).toEqual([false]);
      expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    },
  );

  test('the token is renewed before its end and shared until then', async () => {
    stage = await openAnswers(app);
    const { ada } = stage;
    await stage.processJob(byId(ada));
    stage.pass(3 * HOUR);
    await stage.processJob(byId(ada, { id: 'b'.repeat(64) }));
    expect(stage.calls().filter((call) => call.startsWith('createToken'))).toHaveLength(1);
    stage.pass(56 * MINUTE);
    await stage.processJob(byId(ada, { id: 'c'.repeat(64) }));
    expect(stage.calls().filter((call) => call.startsWith('createToken'))).toHaveLength(2);
    expect(stage.calls().filter((call) => call.endsWith('401'))).toEqual([]);
  });
});

describe('429 pauses the whole site', () => {
  test.each([
    ['seconds', { 'retry-after': '30' }, 32],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:01:40 GMT' }, 105],
    ['nothing', {}, 63],
  ])('Retry-After: %s', async (_name, headers, seconds) => {
    stage = await openAnswers();
    const { ada } = stage;
    stage.wix.fault({ operation: 'labelContact', status: 429, body: '', headers });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.delays).toEqual([seconds]);
    const other = aJob({ contact: { email: 'other@example.com' } });
    expect(await stage.processJob(other)).toBe(true);
    expect(stage.calls()).toHaveLength(2);
    expect(stage.delays[1]).toBe(seconds);
  });

  test('a pause of days is looked at again after an hour', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const headers = { 'retry-after': '9999999' };
    stage.wix.fault({ operation: 'labelContact', status: 429, body: '', headers });
    await stage.processJob(byId(ada));
    expect(stage.delays).toEqual([3_780]);
    expect(await stage.again(3_780_000)).toEqual([false]);
  });

  test("the simulated site's own limit: nobody is lost, nobody is dead", async () => {
    stage = await openAnswers({ requestsPerMinute: 2 });
    const { ada } = stage;
    await stage.processJob(byId(ada));
    expect(await stage.processJob(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }))).toBe(true);
    expect(await stage.again(70_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer', 'VIP']);
  });
});
