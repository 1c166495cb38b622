import { describe, expect, test } from '@jest/globals';
import { createWixSimulator, type WixSimulator } from '../../simulators/wix/simulator.ts';
import { APP, SITE_ID, START } from '../support/jobs.ts';
import { captureLog } from '../support/log.ts';
import { openWix } from '../support/wix-client.ts';

/** What the endpoint itself answers. */
const issue = (wix: WixSimulator) =>
  wix.handle({
    method: 'POST',
    url: '/oauth2/token',
    headers: {},
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: APP.id,
      client_secret: APP.secret,
      instance_id: SITE_ID,
    }),
  });

describe('the token of an app', () => {
  let held: Promise<void> = Promise.resolve();
  function open() {
    let time = START;
    const wix = createWixSimulator({ app: APP, now: () => time, sleep: () => held });
    const openSite = openWix(wix, { now: () => time, clock: () => time });
    const tokens = () => wix.calls.filter(({ operation }) => operation === 'createToken').length;
    const pass = (ms: number): void => {
      time += ms;
    };
    return { wix, site: openSite(SITE_ID), openSite, tokens, pass };
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
    const site = openSite(SITE_ID);
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
    await expect(openSite('another-instance').findOrCreateLabel('A')).rejects.toMatchObject({
      failure: { operation: 'createToken' },
    });
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

  test.each([
    ['as a number', 7_200, 7_200],
    ['as text', '7200', 7_200],
    ['as text with blanks and a fraction', ' 7200.0 ', 7_200],
    ['missing', undefined, 14_400],
    ['null', null, 14_400],
    ['no text', '', 14_400],
    ['words', 'four hours', 14_400],
    ['zero', 0, 14_400],
    ['negative', -1, 14_400],
    ['without end', 1e15, 14_400],
    ['a list', [7_200], 14_400],
    ['true', true, 14_400],
  ])('lasts as long as it says: %s', async (_name, expires_in, seconds) => {
    const { wix, site, tokens, pass } = open();
    // The simulator takes the token that it gave, and no other.
    const [, access_token] = /"access_token":"([^"]*)"/.exec((await issue(wix)).body) ?? [];
    wix.clearCalls();
    const body = { access_token, token_type: 'Bearer', expires_in };
    wix.fault({ operation: 'createToken', status: 200, body });
    await site.findOrCreateLabel('A');
    pass(seconds * 1000 - 300_001);
    await site.findOrCreateLabel('B');
    expect(tokens()).toBe(1);
    pass(1);
    await site.findOrCreateLabel('C');
    expect(tokens()).toBe(2);
  });

  test.each([
    ['a line break', 'OauthNG.\nJWS'],
    ['a line break at its end', 'OauthNG.JWS\r\n'],
    ['NUL', 'OauthNG\0'],
    ['DEL', 'OauthNG\x7f'],
    ['what is beyond Latin-1', 'OauthNG.ŵ'],
    ['nothing', ''],
  ])('with %s is not kept: the next call asks for another', async (_name, access_token) => {
    const log = captureLog();
    const { wix, site, tokens } = open();
    wix.fault({
      operation: 'createToken',
      status: 200,
      body: { access_token, expires_in: 14_400 },
    });
    await expect(site.findOrCreateLabel('A')).rejects.toMatchObject({
      failure: { operation: 'createToken', kind: 'unexpected-response', status: 200 },
    });
    await expect(site.findOrCreateLabel('A')).resolves.toBe('custom.a');
    expect(tokens()).toBe(2);
    const reported = log.lines().filter(({ message }) => message === 'token-unusable');
    log.restore();
    expect(reported).toHaveLength(access_token === '' ? 0 : 1);
    expect(JSON.stringify(reported)).not.toContain('OauthNG');
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
