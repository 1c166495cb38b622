import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Credentials } from '../../lib/wix/calls/auth.ts';
import { WixError, type WixFailure } from '../../lib/wix/calls/failure.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { openBudget, request } from '../support/budget-stage.ts';
import { APP, SITE_ID } from '../support/jobs.ts';
import { captureLog } from '../support/log.ts';
import { aContext, openWix } from '../support/wix-client.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** What a call may take. */
const CALL = 8 * SECOND;

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const heldFor = (retryAfterMs: number) => ({
  operation: 'getContact',
  kind: 'rate-limited',
  retryAfterMs,
});

describe('a process that has met one site', () => {
  test('sleeps up to 20 s for a turn', async () => {
    const { call, naps, sent } = openBudget(3);
    await call();
    expect(await call()).toBeUndefined();
    expect(naps).toEqual([20 * SECOND]);
    expect(sent).toHaveLength(2);
  });

  test('and holds what would take longer, without asking anything', async () => {
    const { call, naps, sent } = openBudget(2);
    await call();
    expect(await call()).toEqual(heldFor(30 * SECOND));
    expect(naps).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  test('sleeps no longer than leaves time for the call', async () => {
    const { call, naps } = openBudget(3);
    await call();
    expect(await call({ timeLeft: () => CALL + 20 * SECOND - 1 })).toEqual(heldFor(20 * SECOND));
    expect(naps).toEqual([]);
  });

  test('sleeps for what was begun as long as there is time', async () => {
    const { callIn, naps } = openBudget(1);
    let left = CALL + 60 * SECOND - 1;
    const begun = aContext('a-site', { timeLeft: () => left });
    await callIn(begun);
    expect(await callIn(begun)).toEqual(heldFor(60 * SECOND));
    left += 1;
    expect(await callIn(begun)).toBeUndefined();
    expect(naps).toEqual([60 * SECOND]);
  });
});

describe('a process that has met several sites', () => {
  test('sleeps for no first call', async () => {
    const { call, naps } = openBudget(60);
    await call({ site: 'another' });
    for (let n = 0; n < 6; n += 1) expect(await call()).toBeUndefined();
    expect(await call()).toEqual(heldFor(1 * SECOND));
    expect(naps).toEqual([]);
  });

  test.each([
    [30, 3, [2_000], undefined],
    [29, 3, [], heldFor(2_068)],
  ])('and up to 2 s for what was begun: limit %i', async (limit, burst, naps, failure) => {
    const stage = openBudget(limit);
    await stage.call({ site: 'another' });
    const begun = aContext('a-site');
    for (let n = 0; n < burst; n += 1) await stage.callIn(begun);
    expect(await stage.callIn(begun)).toEqual(failure);
    expect(stage.naps).toEqual(naps);
  });

  test('keeps to the time that is left there too', async () => {
    const { call, callIn } = openBudget(60);
    await call({ site: 'another' });
    const begun = aContext('a-site', { timeLeft: () => CALL + 999 });
    for (let n = 0; n < 6; n += 1) await callIn(begun);
    expect(await callIn(begun)).toEqual(heldFor(1_000));
  });

  test('gives each its own budget', async () => {
    const { call, sent } = openBudget(1);
    await call();
    expect(await call({ site: 'another' })).toBeUndefined();
    expect(sent).toEqual(['getContact a-site', 'getContact another']);
  });
});

describe('a process that may yet meet other sites', () => {
  test.each([
    [10 * MINUTE - 1, []],
    [10 * MINUTE, [1_000]],
  ])(
    'sleeps for a first call only when it has met none in ten minutes: %i ms',
    async (age, naps) => {
      const stage = openBudget(60, () => ({}), false);
      stage.pass(age);
      for (let n = 0; n < 6; n += 1) await stage.call();
      expect(await stage.call()).toEqual(naps.length === 0 ? heldFor(1 * SECOND) : undefined);
      expect(stage.naps).toEqual(naps);
    },
  );

  test.each<[string, Credentials, number[]]>([
    ['no, with an API key', { kind: 'api-key', apiKey: 'a-key' }, [10 * SECOND]],
    ['yes, with an app', { kind: 'app', appId: APP.id, appSecret: APP.secret }, []],
  ])('%s', async (_answer, credentials, slept) => {
    const naps: number[] = [];
    const fetch = async () =>
      Response.json({ access_token: 'a-token', expires_in: 14_400, label: { key: 'custom.x' } });
    const sleep = async (ms: number): Promise<void> => {
      naps.push(ms);
    };
    // One call each ten seconds; an app's first is that for its token.
    const site = openWix(
      { fetch },
      { credentials, limit: 6, clock: () => naps.length * 10 * SECOND, sleep },
    )(SITE_ID);
    const ask = () => site.findOrCreateLabel('x').catch(() => {});
    await ask();
    await ask();
    expect(naps).toEqual(slept);
  });
});

describe('nothing is sent, and nothing counted', () => {
  test('when the call could not be heard out', async () => {
    const { call, sent } = openBudget(1);
    const timeLeft = (): number => CALL - 1;
    const onCall = jest.fn();
    const failure = { operation: 'getContact', kind: 'deadline' };
    expect(await call({ timeLeft, onCall })).toEqual(failure);
    expect(onCall).not.toHaveBeenCalled();
    expect(sent).toEqual([]);
    expect(await call({ timeLeft: () => CALL })).toBeUndefined();
  });

  test("while the site's breaker is open", async () => {
    const { call, sent } = openBudget(1);
    expect(await call({ breaker: { waitMs: () => 7 } })).toEqual({
      operation: 'getContact',
      kind: 'circuit-open',
      retryAfterMs: 7,
    });
    expect(sent).toEqual([]);
    expect(await call()).toBeUndefined();
  });
});

test('a breaker that opens while a call stands in line stops it', async () => {
  const { within, call, sent, pass } = openBudget(3);
  await call();
  const waits = [0, 9];
  const onCall = jest.fn();
  const context = aContext('a-site', { breaker: { waitMs: () => waits.shift() ?? 0 }, onCall });
  await expect(within(request, {}, context)).rejects.toMatchObject({
    failure: { kind: 'circuit-open', retryAfterMs: 9 },
  });
  expect(onCall).not.toHaveBeenCalled();
  expect(sent).toHaveLength(1);
  // It is not under way any more.
  pass(60 * SECOND);
  expect(await call()).toBeUndefined();
  expect(await call()).toBeUndefined();
});

test('the breaker is asked as the probe of a probe, before each call and when its turn has come', async () => {
  const { call } = openBudget(9);
  const breaker = { waitMs: jest.fn((probe: boolean) => (probe ? 0 : 7)) };
  expect(await call({ breaker })).toMatchObject({ kind: 'circuit-open', retryAfterMs: 7 });
  expect(await call({ breaker, probe: true })).toBeUndefined();
  expect(breaker.waitMs.mock.calls).toEqual([[false], [true], [true]]);
});

test('what goes out is reported to its context', async () => {
  const { within } = openBudget(9);
  const onCall = jest.fn();
  const context = aContext('a-site', { onCall });
  await within(request, {}, context);
  await within(request, {}, context);
  expect(onCall).toHaveBeenCalledTimes(2);
});

test('an unhurried caller waits for its turn, also in a process that may meet other sites', async () => {
  const { call, naps } = openBudget(1, () => ({}), false);
  const patient = { patience: 'unhurried', timeLeft: () => CALL + 60 * SECOND } as const;
  await call(patient);
  expect(await call(patient)).toBeUndefined();
  expect(naps).toEqual([60 * SECOND]);
});

describe('an answer', () => {
  const refusal = (status: number, over: Partial<WixFailure> = {}): WixError =>
    new WixError({ operation: 'getContact', kind: 'answer', status, ...over });
  const failing = (error: unknown) => (): never => {
    throw error;
  };

  test('of 429 pauses the site, and says for how long', async () => {
    const answer = failing(refusal(429, { code: 'X', requestId: 'r', retryAfterMs: 20 * SECOND }));
    const { call, sent, pass } = openBudget(90, answer);
    expect(await call()).toEqual({
      operation: 'getContact',
      kind: 'answer',
      status: 429,
      code: 'X',
      requestId: 'r',
      retryAfterMs: 21 * SECOND,
    });
    expect(await call()).toEqual(heldFor(21 * SECOND));
    pass(SECOND);
    expect(await call()).toMatchObject({ status: 429 });
    expect(sent).toHaveLength(2);
  });

  test.each([
    ['of another status', refusal(503, { retryAfterMs: 20 * SECOND })],
    ['of none', new WixError({ operation: 'getContact', kind: 'timeout' })],
    ['nobody foresaw', new TypeError('unforeseen')],
  ])('%s goes on as it came, and the next call goes out', async (_name, error) => {
    const { within, call, sent } = openBudget(90, failing(error));
    await expect(within(request, {}, aContext('a-site'))).rejects.toBe(error);
    await call().catch(() => {});
    expect(sent).toHaveLength(2);
  });
});

test("an app's token is asked for within the budget too", async () => {
  const wix = createWixSimulator({ app: APP });
  const site = openWix(wix, { limit: 1 })(SITE_ID);
  await expect(site.findOrCreateLabel('A')).rejects.toMatchObject({
    failure: { operation: 'findOrCreateLabel', kind: 'rate-limited' },
  });
  expect(wix.calls.map(({ operation }) => operation)).toEqual(['createToken']);
});
