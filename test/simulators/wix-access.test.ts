import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { API_KEY, CREDENTIALS, codeOf, SITE_ID, simulatedWix } from '../support/simulated-wix.ts';

const LIST = 'GET /contacts/v4/labels';
const [SHOP_A, SHOP_B] = [
  '1257a0ce-0000-4000-8000-00000000000a',
  '1257a0ce-0000-4000-8000-00000000000b',
];
const APP = { id: 'the-app', secret: 'the-secret', instanceIds: [SHOP_A, SHOP_B] };
const HOUR = 3_600_000;

const grant = {
  grant_type: 'client_credentials',
  client_id: APP.id,
  client_secret: APP.secret,
  instance_id: SHOP_A,
};

describe('API key', () => {
  test.each([
    ['key and site', CREDENTIALS, 200],
    ['names in another case', { Authorization: API_KEY, 'Wix-Site-Id': SITE_ID }, 200],
    ['no credentials', {}, 401],
    ['a wrong key', { ...CREDENTIALS, authorization: 'IST.other' }, 401],
    ['a Bearer prefix', { ...CREDENTIALS, authorization: `Bearer ${API_KEY}` }, 401],
    ['no site', { authorization: API_KEY }, 403],
    ['another site', { ...CREDENTIALS, 'wix-site-id': SHOP_A }, 403],
    ['an account id as well', { ...CREDENTIALS, 'wix-account-id': SHOP_A }, 403],
  ])('%s', async (_, headers, status) => {
    const { call } = simulatedWix();
    const answer = await call(LIST, undefined, headers);
    expect(answer.status).toBe(status);
    const codes = new Map([
      [401, 'UNAUTHENTICATED'],
      [403, 'PERMISSION_DENIED'],
    ]);
    if (status !== 200) expect(codeOf(answer)).toBe(codes.get(status));
  });
});

describe('app token', () => {
  async function tokenFor(room: ReturnType<typeof simulatedWix>, instance_id: string) {
    const { body } = await room.call('POST /oauth2/token', { ...grant, instance_id }, {});
    return z.object({ access_token: z.string() }).parse(body).access_token;
  }

  test('is a Bearer token of four hours, new each time', async () => {
    const { call } = simulatedWix({ app: APP });
    const first = await call('POST /oauth2/token', grant, {});
    const second = await call('POST /oauth2/token', grant, {});
    expect(first).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^OauthNG\.JWS\./),
        token_type: 'Bearer',
        expires_in: 14_400,
      },
    });
    expect(second.body).not.toEqual(first.body);
  });

  test('opens the site of its instance, and ends', async () => {
    let now = 0;
    const room = simulatedWix({ app: APP, now: () => now });
    const authorization = await tokenFor(room, SHOP_A);
    const ada = room.wix.addContact({ email: 'ada@example.com' }, SHOP_A);
    const get = `GET /contacts/v4/contacts/${ada}`;

    now = 4 * HOUR - 1;
    expect(await room.call(get, undefined, { authorization })).toMatchObject({ status: 200 });
    const stray = { authorization, 'wix-site-id': SITE_ID };
    expect(await room.call(get, undefined, stray)).toMatchObject({ status: 200 });
    const other = await tokenFor(room, SHOP_B);
    expect(await room.call(get, undefined, { authorization: other })).toMatchObject({
      status: 404,
    });
    now = 4 * HOUR;
    expect(await room.call(get, undefined, { authorization })).toMatchObject({ status: 401 });
  });

  test.each([
    ['another grant', { ...grant, grant_type: 'refresh_token' }, 400, 'unsupported_grant_type'],
    ['a wrong secret', { ...grant, client_secret: 'x' }, 401, 'invalid_client'],
    ['another app', { ...grant, client_id: 'x' }, 401, 'invalid_client'],
    ['a site without the app', { ...grant, instance_id: SITE_ID }, 400, 'invalid_grant'],
    ['no body', undefined, 400, 'invalid_request'],
  ])('%s is refused', async (_, body, status, error) => {
    const { call } = simulatedWix({ app: APP });
    const answer = await call('POST /oauth2/token', body, {});
    expect(answer).toMatchObject({ status, body: { error } });
  });
});

describe('sites', () => {
  test('are all open to the API key of their account', async () => {
    const { wix, call } = simulatedWix({ app: APP });
    const id = wix.addContact({ email: 'ada@example.com' }, SHOP_B);
    const get = `GET /contacts/v4/contacts/${id}`;
    const at = (site: string) => ({ authorization: API_KEY, 'wix-site-id': site });
    expect(await call(get, undefined, at(SHOP_B))).toMatchObject({ status: 200 });
    expect(await call(get, undefined, at(SHOP_A))).toMatchObject({ status: 404 });
  });

  test('share neither labels nor contacts', async () => {
    const { wix, keyOf } = simulatedWix({ app: APP });
    await keyOf('VIP');
    wix.addContact({ email: 'ada@example.com' }, SHOP_B);

    const own = (siteId: string) =>
      wix.labels(siteId).filter(({ labelType }) => labelType === 'USER_DEFINED');
    expect([SITE_ID, SHOP_A, SHOP_B].map((id) => own(id).length)).toEqual([1, 0, 0]);
    expect([SITE_ID, SHOP_A, SHOP_B].map((id) => wix.contacts(id).length)).toEqual([0, 0, 1]);
  });

  test.each([
    ['no access', {}, /apiKey and siteId, or app/],
    ['a key without a site', { apiKey: API_KEY }, /together/],
    ['a site without a key', { siteId: SITE_ID }, /together/],
  ])('options that open %s are refused', (_, options, message) => {
    expect(() => createWixSimulator(options)).toThrow(message);
  });

  test('an unknown site names those there are', () => {
    const { wix } = simulatedWix();
    expect(() => wix.addContact({ email: 'ada@example.com' }, SHOP_A)).toThrow(SITE_ID);
  });
});

describe('rate limit', () => {
  test('counts each site over any 60 seconds', async () => {
    let now = 0;
    const { call } = simulatedWix({ requestsPerMinute: 3, app: APP, now: () => now });
    const statusAt = async (at: number) => {
      now = at;
      return (await call(LIST)).status;
    };

    expect(await statusAt(0)).toBe(200);
    expect(await statusAt(30_000)).toBe(200);
    expect(await statusAt(30_000)).toBe(200);
    expect(await statusAt(59_999)).toBe(429);
    expect(await statusAt(60_000)).toBe(200);
    expect(await statusAt(60_000)).toBe(429);
    expect(await statusAt(90_000)).toBe(200);
  });

  test('one site at its limit leaves another alone, and tokens are free', async () => {
    const { call } = simulatedWix({ requestsPerMinute: 1, app: APP });
    await call(LIST);
    expect(await call(LIST)).toMatchObject({ status: 429 });
    const { body } = await call('POST /oauth2/token', grant, {});
    const { access_token } = z.object({ access_token: z.string() }).parse(body);
    const answer = await call(LIST, undefined, { authorization: access_token });
    expect(answer.status).toBe(200);
  });

  test.each([
    [false, undefined],
    [true, '46'],
  ])('sendRetryAfter %s: Retry-After is %s', async (sendRetryAfter, seconds) => {
    let now = 0;
    const { call } = simulatedWix({ requestsPerMinute: 1, sendRetryAfter, now: () => now });
    await call(LIST);
    now = 14_500;
    const answer = await call(LIST);
    expect(codeOf(answer)).toBe('RESOURCE_EXHAUSTED');
    expect(answer.headers['retry-after']).toBe(seconds);
  });

  test('Infinity lifts it', async () => {
    const { call } = simulatedWix({ requestsPerMinute: Number.POSITIVE_INFINITY, now: () => 0 });
    const answers = await Promise.all(Array.from({ length: 500 }, () => call(LIST)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('routes', () => {
  test.each([
    'GET /',
    'GET /contacts/v4/label',
    'PUT /contacts/v4/labels',
    'GET /contacts/v4/labels/a/b',
    'POST /contacts/v5/contacts',
  ])('%s is a 404 without a code', async (route) => {
    const { call } = simulatedWix();
    expect(await call(route)).toMatchObject({ status: 404, body: { message: '', details: {} } });
  });

  test('a body that is not JSON is a 400', async () => {
    const { wix } = simulatedWix();
    const request = { method: 'POST', url: '/contacts/v4/labels', headers: CREDENTIALS, body: '{' };
    const answer = await wix.handle(request);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('not valid JSON') });
  });

  test('a path is decoded', async () => {
    const { call, keyOf } = simulatedWix();
    await keyOf('VIP');
    expect(await call('GET /contacts/v4/labels/custom%2Evip')).toMatchObject({ status: 200 });
  });

  test('a path that cannot be decoded is taken as it is', async () => {
    const { call } = simulatedWix();
    expect(await call('GET /contacts/v4/contacts/%')).toMatchObject({ status: 400 });
  });

  test('every answer has a request id of its own', async () => {
    const { call } = simulatedWix();
    const answers = [await call(LIST), await call('GET /'), await call(LIST, undefined, {})];
    const ids = answers.map(({ headers }) => headers['x-wix-request-id']);
    expect(new Set(ids.filter(Boolean)).size).toBe(3);
  });

  test('calls are recorded with what was answered, until cleared', async () => {
    const { wix, call } = simulatedWix({ app: APP, now: () => 7 });
    await call(`${LIST}?labelType=SYSTEM`);
    await call(LIST, undefined, {});
    await call('POST /oauth2/token', grant, {});
    await call('GET /nowhere');

    const path = '/contacts/v4/labels';
    const list = { at: 7, operation: 'listLabels', method: 'GET', path };
    expect(wix.calls).toEqual([
      { ...list, status: 200, siteId: SITE_ID },
      { ...list, status: 401, siteId: '' },
      {
        ...list,
        operation: 'createToken',
        method: 'POST',
        path: '/oauth2/token',
        status: 200,
        siteId: SHOP_A,
      },
      { ...list, operation: 'unknown', path: '/nowhere', status: 404, siteId: '' },
    ]);
    wix.clearCalls();
    expect(wix.calls).toEqual([]);
  });

  test('the same random numbers give the same ids', () => {
    const idWith = (seed: number) => {
      let state = seed;
      const random = () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state / 2 ** 31;
      };
      return simulatedWix({ random }).wix.addContact({ email: 'ada@example.com' });
    };
    expect(idWith(1)).toBe(idWith(1));
    expect(idWith(1)).not.toBe(idWith(2));
    expect(idWith(1)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
