import { describe, expect, test } from '@jest/globals';
import { CREDENTIALS, codeOf, simulatedWix } from '../support/simulated-wix.ts';

const FIND = 'POST /contacts/v4/labels';
const LIST = 'GET /contacts/v4/labels';
const VIP = { displayName: 'VIP' };
const WIX = 'https://www.wixapis.com';
const post = { method: 'POST', headers: CREDENTIALS, body: JSON.stringify(VIP) };

/** A sleep that ends when the test says so. */
function handSleep() {
  const asleep: { ms: number; wake: () => void }[] = [];
  const sleep = (ms: number) => new Promise<void>((wake) => asleep.push({ ms, wake }));
  return { sleep, asleep };
}

describe('a fault', () => {
  test('strikes its operation, as often as asked, and then no more', async () => {
    const { wix, call } = simulatedWix();
    wix.fault({ operation: 'findOrCreateLabel', status: 503, times: 2 });

    const statuses = [];
    for (const route of [LIST, FIND, LIST, FIND, FIND]) {
      statuses.push((await call(route, route === FIND ? VIP : undefined)).status);
    }

    expect(statuses).toEqual([200, 503, 200, 503, 200]);
  });

  test('strikes once and any operation unless asked otherwise; the first one given goes first', async () => {
    const { wix, call } = simulatedWix();
    wix.fault({ status: 500 });
    wix.fault({ status: 502 });
    expect([await call(LIST), await call(FIND, VIP), await call(LIST)]).toMatchObject([
      { status: 500 },
      { status: 502 },
      { status: 200 },
    ]);
  });

  test.each([Number.POSITIVE_INFINITY, null])('times %p goes on until cleared', async (times) => {
    const { wix, call } = simulatedWix();
    wix.fault({ status: 503, times });
    for (let n = 0; n < 50; n++) expect(await call(LIST)).toMatchObject({ status: 503 });
    wix.clearFaults();
    expect(await call(LIST)).toMatchObject({ status: 200 });
  });

  test('leaves things undone, or done with applyBefore', async () => {
    const { wix, call } = simulatedWix();
    const names = () => wix.labels().map(({ displayName }) => displayName);

    wix.fault({ status: 504 });
    await call(FIND, VIP);
    expect(names()).not.toContain('VIP');

    wix.fault({ status: 504, applyBefore: true });
    expect(await call(FIND, VIP)).toMatchObject({ status: 504 });
    expect(names()).toContain('VIP');
  });

  test.each([
    [{ status: 401 }, 'UNAUTHENTICATED'],
    [{ status: 403 }, 'PERMISSION_DENIED'],
    [{ status: 429 }, 'RESOURCE_EXHAUSTED'],
    [{ status: 418 }, 'SIMULATED_FAULT'],
    [{ status: 500 }, undefined],
    [{ status: 302 }, undefined],
    [{ status: 200 }, undefined],
    [
      { status: 428, body: { details: { applicationError: { code: 'PREMIUM_ONLY' } } } },
      'PREMIUM_ONLY',
    ],
  ])('%j answers in the envelope', async (fault, code) => {
    const { wix, call } = simulatedWix();
    wix.fault(fault);
    const answer = await call(LIST);
    expect([answer.status, codeOf(answer)]).toEqual([fault.status, code]);
  });

  test('a text goes out as it is, with the headers asked for', async () => {
    const { wix } = simulatedWix();
    const headers = { 'Retry-After': '7', 'X-Wix-Request-Id': 'from-the-fault' };
    wix.fault({ status: 403, body: '<html>', headers });
    const request = { method: 'GET', url: '/contacts/v4/labels', headers: CREDENTIALS, body: '' };
    expect(await wix.handle(request)).toEqual({
      status: 403,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'retry-after': '7',
        'x-wix-request-id': 'from-the-fault',
      },
      body: '<html>',
    });
  });

  test('waits before the operation, or after it with applyBefore', async () => {
    const { sleep, asleep } = handSleep();
    const { wix, call } = simulatedWix({ sleep });
    const made = (name: string) =>
      wix.labels().filter(({ displayName }) => displayName === name).length;

    for (const [displayName, fault, before] of [
      ['VIP', { delayMs: 9_000 }, 0],
      ['Customer', { delayMs: 9_000, applyBefore: true }, 1],
    ] as const) {
      wix.fault(fault);
      const answer = call(FIND, { displayName });
      expect([asleep.at(-1)?.ms, made(displayName)]).toEqual([9_000, before]);
      asleep.at(-1)?.wake();
      expect(await answer).toMatchObject({ status: 200, body: { newLabel: true } });
    }
  });

  test.each([
    [{}, /nothing/],
    [{ times: 3 }, /nothing/],
    [{ status: 503, drop: true }, /exclude/],
    [{ status: 99 }, /status/],
    [{ status: 503, times: 0 }, /times/],
    [{ status: 503, operation: 'labelContacts' }, /operation/],
    [{ status: 503, delay: 5 }, /delay/],
    ['503', /fault/],
  ])('%j is refused with the reason', async (fault, message) => {
    const { wix } = simulatedWix();
    const body = JSON.stringify(fault);
    const url = '/_simulator/faults';
    const answer = await wix.handle({ method: 'POST', url, headers: {}, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(message);
  });

  test('comes after credentials and the rate limit, and is kept for a call that passes them', async () => {
    const { wix, call } = simulatedWix({ requestsPerMinute: 1 });
    wix.fault({ status: 503 });
    expect(await call(LIST, undefined, {})).toMatchObject({ status: 401 });
    expect(await call(LIST)).toMatchObject({ status: 503 });
    expect(await call(LIST)).toMatchObject({ status: 429 });
  });
});

describe('the in-process fetch', () => {
  test('answers as handle does, whatever the host', async () => {
    const { wix } = simulatedWix();
    const response = await wix.fetch(new URL('/contacts/v4/labels', WIX), post);
    expect(response.status).toBe(200);
    expect(response.headers.get('X-Wix-Request-Id')).toMatch(/^\S+$/);
    expect(await response.json()).toMatchObject({ label: VIP });
  });

  test('a dropped connection is the TypeError of fetch, recorded without a status', async () => {
    const { wix } = simulatedWix();
    wix.fault({ drop: true, applyBefore: true });
    await expect(wix.fetch(`${WIX}/contacts/v4/labels`, post)).rejects.toThrow(TypeError);
    expect(wix.calls).toMatchObject([{ operation: 'findOrCreateLabel', status: 0 }]);
    expect(wix.labels()).toContainEqual(expect.objectContaining(VIP));
  });

  test('an abort rejects with its reason at once, and the server goes on', async () => {
    const { sleep, asleep } = handSleep();
    const { wix } = simulatedWix({ sleep });
    wix.fault({ delayMs: 60_000 });
    const abort = new AbortController();
    const reason = new Error('out of time');

    const answer = wix.fetch(`${WIX}/contacts/v4/labels`, { ...post, signal: abort.signal });
    const refused = expect(answer).rejects.toBe(reason);
    await new Promise(setImmediate);
    abort.abort(reason);

    await refused;
    asleep[0]?.wake();
    await new Promise(setImmediate);
    expect(wix.labels()).toContainEqual(expect.objectContaining(VIP));
  });

  test('what is aborted before it starts never reaches the server', async () => {
    const { wix } = simulatedWix();
    const signal = AbortSignal.abort(new Error('too late'));
    const answer = wix.fetch(`${WIX}/contacts/v4/labels`, { ...post, signal });
    await expect(answer).rejects.toThrow('too late');
    expect(wix.calls).toEqual([]);
  });

  test('a status without a body has none', async () => {
    const { wix } = simulatedWix();
    wix.fault({ status: 204 });
    const response = await wix.fetch(`${WIX}/contacts/v4/labels`, post);
    expect([response.status, await response.text()]).toEqual([204, '']);
  });
});
