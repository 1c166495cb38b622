import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSend } from '../../lib/wix/client.ts';
import { readEnvelope } from '../../lib/wix/failure.ts';
import { retryAfterMs } from '../../lib/wix/retry-after.ts';
import { createWix } from '../../lib/wix/wix.ts';
import { createWixSimulator } from '../../local/wix/simulator.ts';
import { APP, SITE_ID, START } from '../support/label-stage.ts';

const plenty = (): number => 60_000;

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sat, 21 Nov 2026 12:01:40 GMT', 100_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-21T12:01:40Z', undefined],
    ['Sat, 99 Nov 2026 12:01:40 GMT', undefined],
    ['9999999999', undefined],
  ])('"%s": %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  test('no header, no wait; no text throws', () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = retryAfterMs(text, now);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});

describe("Wix's error envelope", () => {
  test.each([
    ['', { envelope: false }],
    ['<html>', { envelope: false }],
    ['{}', { envelope: false }],
    ['[]', { envelope: false }],
    ['{"message":"","details":{}}', { envelope: true }],
    ['{"details":{"applicationError":{"code":"X","data":null}}}', { envelope: true, code: 'X' }],
    ['{"details":{"applicationError":{"code":7}}}', { envelope: true, code: '7' }],
    [
      '{"message":"m","details":{"applicationError":{"code":"X","description":"d","data":{"a":"1"}}}}',
      { envelope: true, code: 'X', data: { a: '1' } },
    ],
    [
      '{"details":{"validationError":{"fieldViolations":[{"field":"labelKeys","description":"d"},{}]}}}',
      { envelope: true, fields: ['labelKeys', '?'] },
    ],
  ])('%s', (text, read) => {
    expect(readEnvelope(text)).toEqual(read);
  });

  test('no text throws', () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(anything, (text) => {
        expect(typeof readEnvelope(text).envelope).toBe('boolean');
      }),
    );
  });
});

describe('a call', () => {
  test('is not begun when it could not be heard out', async () => {
    const sent: unknown[] = [];
    const send = createSend({
      baseUrl: 'https://wix.test/',
      now: () => START,
      fetch: async (url) => {
        sent.push(url);
        return new Response('{}');
      },
    });
    const request = { operation: 'getContact', method: 'GET', path: '/x' } as const;
    const answer = { safeParse: (data: unknown) => ({ success: true, data }) } as never;
    await expect(send({ ...request, answer }, {}, () => 7_999)).rejects.toMatchObject({
      failure: { kind: 'no-time' },
    });
    expect(sent).toEqual([]);
    await send({ ...request, answer }, {}, () => 8_000);
    expect(sent).toEqual(['https://wix.test/x']);
  });
});

describe('the token of an app', () => {
  let held: Promise<void> = Promise.resolve();
  function open() {
    let time = START;
    const wix = createWixSimulator({ app: APP, now: () => time, sleep: () => held });
    const openSite = createWix({
      baseUrl: 'http://wix.test',
      credentials: { kind: 'app', appId: APP.id, appSecret: APP.secret },
      fetch: wix.fetch,
      now: () => time,
    });
    const tokens = () => wix.calls.filter(({ operation }) => operation === 'createToken').length;
    const pass = (ms: number): void => {
      time += ms;
    };
    return { wix, site: openSite(SITE_ID, plenty), openSite, tokens, pass };
  }
  const names = ['A', 'B', 'C'];

  test('is asked for once, however many callers want it at once', async () => {
    const { site, tokens } = open();
    await Promise.all(names.map((name) => site.findOrCreateLabel(name)));
    expect(tokens()).toBe(1);
  });

  test('is renewed once after several callers were refused at once', async () => {
    const { wix, site, tokens } = open();
    await site.findOrCreateLabel('warm');
    wix.fault({ operation: 'findOrCreateLabel', status: 401, times: 3 });
    const keys = await Promise.all(names.map((name) => site.findOrCreateLabel(name)));
    expect(keys).toEqual(['custom.a', 'custom.b', 'custom.c']);
    expect(tokens()).toBe(2);
  });

  test('is not given up by a caller that was refused with the one before', async () => {
    const { wix, openSite, tokens } = open();
    const site = openSite(SITE_ID, plenty);
    await site.findOrCreateLabel('warm');
    const released = Promise.withResolvers<void>();
    const late = wix.fault;
    late({ operation: 'findOrCreateLabel', status: 401 });
    late({ operation: 'labelContact', status: 401, delayMs: 1 });
    held = released.promise;
    const slow = site.labelContact(wix.addContact({ email: 'ada@example.com' }), ['custom.warm']);
    await site.findOrCreateLabel('A');
    released.resolve();
    await slow;
    expect(tokens()).toBe(2);
  });

  test('is each site its own', async () => {
    const { openSite, site } = open();
    await site.findOrCreateLabel('A');
    await expect(openSite('another-instance', plenty).findOrCreateLabel('A')).rejects.toMatchObject(
      { failure: { operation: 'createToken' } },
    );
  });

  test('that could not be had is asked for again', async () => {
    const { wix, site, tokens } = open();
    wix.fault({ operation: 'createToken', status: 500 });
    await expect(site.findOrCreateLabel('A')).rejects.toMatchObject({
      failure: { operation: 'createToken', status: 500 },
    });
    await expect(site.findOrCreateLabel('A')).resolves.toBe('custom.a');
    expect(tokens()).toBe(2);
  });

  test('is renewed five minutes before its end', async () => {
    const { site, tokens, pass } = open();
    await site.findOrCreateLabel('A');
    pass(14_400_000 - 300_001);
    await site.findOrCreateLabel('B');
    expect(tokens()).toBe(1);
    pass(1);
    await site.findOrCreateLabel('C');
    expect(tokens()).toBe(2);
  });
});

describe('a search', () => {
  test('of several contacts takes none for another', async () => {
    const wix = createWixSimulator({ app: APP });
    const openSite = createWix({
      baseUrl: 'http://wix.test',
      credentials: { kind: 'app', appId: APP.id, appSecret: APP.secret },
      fetch: wix.fetch,
      now: Date.now,
    });
    const site = openSite(SITE_ID, plenty);
    const ada = wix.addContact({ email: 'ada@example.com', phone: '+15550001' });
    wix.addContact({ email: 'bob@example.com' });
    expect(await site.queryContacts({ by: 'email', values: ['ada@example.com'] })).toMatchObject([
      { id: ada, primaryEmail: 'ada@example.com', primaryPhone: '+15550001' },
    ]);
    expect(await site.queryContacts({ by: 'phone', values: ['+1'] })).toEqual([]);
    expect(await site.getContact(ada)).toMatchObject({ id: ada });
    expect(await site.getContact('00000000-0000-4000-8000-00000000dead')).toBeUndefined();
  });
});
