import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { refusal } from '../support/fake-wix.ts';
import { openKeys, read } from '../support/keys-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const MINUTE = 60_000;

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a full site', () => {
  /** It has one label, A, and room for no other. */
  async function full() {
    const stage = openKeys();
    await stage.resolve(['A']);
    stage.wix.hooks.labelsQuota = 1;
    stage.asked();
    return stage;
  }

  test('gives the keys that there are, and says which names it has no room for', async () => {
    const { resolve, asked } = await full();
    const found = await resolve(['A', 'B', 'C']);
    expect(read(found)).toEqual({
      keys: { A: 'key of A' },
      fresh: ['A'],
      young: ['A'],
      absent: [],
      refused: ['B', 'C'],
    });
    expect(found.quota).toMatchObject({ status: 428, code: 'LABELS_QUOTA_REACHED' });
    expect(asked()).toEqual(['findOrCreateLabel B', 'queryLabels B C']);
    expect((await resolve(['A'])).quota).toBeUndefined();
  });

  test('is asked for the labels it has once in 30 s', async () => {
    const { resolve, asked, wix } = await full();
    await resolve(['B'], 1_000);
    asked();
    wix.labels.set('Old', 'key of Old');
    for (const calls of [['queryLabels Old'], []]) {
      expect(read(await resolve(['B', 'Old'], 1_000 + 30_000 - 1))).toMatchObject({
        keys: { Old: 'key of Old' },
        refused: ['B'],
      });
      expect(asked()).toEqual(calls);
    }
  });

  test('is asked no new name for ten minutes, and has the labels that somebody makes meanwhile', async () => {
    const { resolve, asked, wix } = await full();
    await resolve(['B', 'C'], 1_000);
    asked();
    wix.labels.set('B', 'key of B');
    const found = await resolve(['B', 'C'], 1_000 + 10 * MINUTE - 1);
    expect(read(found)).toMatchObject({ keys: { B: 'key of B' }, refused: ['C'] });
    expect(asked()).toEqual(['queryLabels B C']);
  });

  test('is then asked one name for all of them', async () => {
    const { resolve, asked, wix } = await full();
    await resolve(['B'], 0);
    asked();
    const released = Promise.withResolvers<void>();
    wix.hooks.before = (operation) =>
      operation === 'findOrCreateLabel' ? released.promise : undefined;
    const probe = resolve(['C', 'D'], 10 * MINUTE);
    const other = resolve(['E'], 10 * MINUTE);
    released.resolve();
    expect([(await probe).refused, (await other).refused]).toEqual([['C', 'D'], ['E']]);
    expect(asked().filter((call) => call.startsWith('find'))).toEqual(['findOrCreateLabel C']);
    await resolve(['F'], 20 * MINUTE - 1);
    expect(asked()).toEqual(['queryLabels F']);
    await resolve(['F'], 20 * MINUTE);
    expect(asked()).toEqual(['findOrCreateLabel F', 'queryLabels F']);
  });

  test('that has room again is reported once, and asked for every name', async () => {
    const { resolve, asked, wix } = await full();
    await resolve(['B'], 0);
    wix.hooks.labelsQuota = 9;
    asked();
    expect(read(await resolve(['B', 'C'], 10 * MINUTE))).toMatchObject({
      keys: { B: 'key of B', C: 'key of C' },
      refused: [],
    });
    await resolve(['D'], 10 * MINUTE);
    expect(asked()).toEqual(['findOrCreateLabel B', 'findOrCreateLabel C', 'findOrCreateLabel D']);
    expect(log.lines()).toMatchObject([
      {
        level: 'error',
        message: 'labels-quota-reached',
        site: 'a-site',
        labelsQuota: '1',
        labelsCurrentTotal: '1',
      },
      { level: 'info', message: 'labels-quota-lifted', site: 'a-site' },
    ]);
  });

  test('whose probe met another failure is probed by the next', async () => {
    const { resolve, asked, wix } = await full();
    await resolve(['B'], 0);
    wix.hooks.before = () => {
      throw refusal('findOrCreateLabel', 503);
    };
    await expect(resolve(['C'], 10 * MINUTE)).rejects.toThrow('503');
    wix.hooks.before = () => {};
    asked();
    expect((await resolve(['C'], 10 * MINUTE)).refused).toEqual(['C']);
    expect(asked()).toEqual(['findOrCreateLabel C', 'queryLabels C']);
    expect(log.lines()).toHaveLength(1);
  });

  test('stays full for a find that was under way when it came to be', async () => {
    const { wix, resolve, asked } = openKeys();
    wix.labels.set('Old', 'key of Old');
    wix.hooks.labelsQuota = 1;
    const released = Promise.withResolvers<void>();
    wix.hooks.before = (_operation, name) => (name === 'Old' ? released.promise : undefined);
    const old = resolve(['Old'], 0);
    await resolve(['New'], 0);
    released.resolve();
    await old;
    asked();
    expect((await resolve(['Newer'], 0)).refused).toEqual(['Newer']);
    expect(asked()).toEqual(['queryLabels Newer']);
  });
});
