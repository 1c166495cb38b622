import { describe, expect, test } from '@jest/globals';
import { createWixSimulator } from '../../local/wix/simulator.ts';
import { APP, SITE_ID, START } from '../support/jobs.ts';
import { openWix } from '../support/wix-client.ts';

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
