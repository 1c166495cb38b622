import { describe, expect, test } from '@jest/globals';
import { quotaNumbers } from '../../lib/labelling/labels/label-keys.ts';
import { refusal } from '../support/fake-wix.ts';
import { openKeys, read } from '../support/keys-stage.ts';

const MINUTE = 60_000;

describe('the keys of names', () => {
  test('are asked for once, and then remembered', async () => {
    const { resolve, asked } = openKeys();
    expect(read(await resolve(['A', 'B', 'A']))).toEqual({
      keys: { A: 'key of A', B: 'key of B' },
      fresh: ['A', 'B'],
      young: ['A', 'B'],
      absent: [],
      refused: [],
    });
    expect(asked()).toEqual(['findOrCreateLabel A', 'findOrCreateLabel B']);
    expect(read(await resolve(['B', 'C']))).toMatchObject({
      keys: { B: 'key of B', C: 'key of C' },
    });
    expect(asked()).toEqual(['findOrCreateLabel C']);
  });

  test('are asked for once however many want them at once', async () => {
    const { resolve, asked } = openKeys();
    const all = await Promise.all([resolve(['A']), resolve(['A', 'B']), resolve(['B'])]);
    expect(all.map(({ keys }) => [...keys.keys()])).toEqual([['A'], ['A', 'B'], ['B']]);
    expect(asked().toSorted()).toEqual(['findOrCreateLabel A', 'findOrCreateLabel B']);
  });

  test('that could not be had are asked for again', async () => {
    const { resolve, wix, asked } = openKeys();
    const down = refusal('findOrCreateLabel', 503);
    wix.hooks.before = () => {
      throw down;
    };
    await expect(resolve(['A'])).rejects.toBe(down);
    wix.hooks.before = () => {};
    expect(read(await resolve(['A'])).keys).toEqual({ A: 'key of A' });
    expect(asked()).toHaveLength(2);
  });

  test('are forgotten where they prove to be of no label, and found again', async () => {
    const { resolve, forget, wix } = openKeys();
    await resolve(['A', 'B']);
    wix.deleteLabel('A');
    forget(['A']);
    expect(read(await resolve(['A', 'B'], 1))).toMatchObject({
      keys: { A: 'key 2 of A', B: 'key of B' },
    });
  });

  test('that another job forgets meanwhile are not lost: they are used, and prove stale', async () => {
    // Prepare: A is known, B is being asked for.
    const { resolve, forget, wix } = openKeys();
    await resolve(['A']);
    const released = Promise.withResolvers<void>();
    wix.hooks.before = () => released.promise;
    // Act
    const resolving = resolve(['A', 'B']);
    forget(['A']);
    released.resolve();
    // Assess
    expect(read(await resolving)).toMatchObject({
      keys: { A: 'key of A', B: 'key of B' },
      fresh: ['B'],
      refused: [],
    });
  });

  test('are fresh for a minute from when Wix gave or took them', async () => {
    const { resolve, confirm } = openKeys();
    await resolve(['A', 'B'], 1_000);
    expect(read(await resolve(['A', 'B'], 1_000 + MINUTE - 1)).fresh).toEqual(['A', 'B']);
    confirm('A', 'add', 1_000 + MINUTE - 1);
    confirm('unheard of', 'add', 1_000 + MINUTE - 1);
    expect(read(await resolve(['A', 'B'], 1_000 + MINUTE)).fresh).toEqual(['A']);
    expect(read(await resolve(['A'], 1_000 + 2 * MINUTE - 1)).fresh).toEqual([]);
    expect(read(await resolve(['-unheard of'], 1_000 + MINUTE)).keys).toEqual({});
  });

  test('are young for two minutes from when Wix gave them, until a contact has them', async () => {
    const { resolve, confirm, forget } = openKeys();
    await resolve(['A', 'B', 'C'], 0);
    confirm('A', 'add', 1);
    confirm('B', 'remove', 1);
    const young = async (now: number) => read(await resolve(['A', 'B', 'C'], now)).young;
    expect(await young(2 * MINUTE - 1)).toEqual(['B', 'C']);
    expect(await young(2 * MINUTE)).toEqual([]);
    forget(['A']);
    expect(await young(2 * MINUTE)).toEqual(['A']);
  });

  test('of labels to remove are looked up a hundred at a time, and none is made', async () => {
    const { resolve, wix, asked } = openKeys();
    const names = Array.from({ length: 201 }, (_, n) => `L${n}`);
    wix.makeLabel('L200');
    const found = await resolve(names.map((name) => `-${name}`));
    expect(Object.fromEntries(found.keys)).toEqual({ L200: 'key of L200' });
    expect(found.absent).toHaveLength(200);
    expect(asked().map((call) => call.split(' ').length - 1)).toEqual([100, 100, 1]);
    expect(wix.labels.size).toBe(1);
  });

  test('an exception goes on as it is', async () => {
    const { resolve, wix } = openKeys();
    wix.hooks.before = () => {
      throw new TypeError('unforeseen');
    };
    await expect(resolve(['A'])).rejects.toThrow('unforeseen');
  });
});

test.each([
  [{ labelsQuota: '100', labelsCurrentTotal: 100 }, ['100', '100']],
  [{ labelsQuota: null }, ['unknown', 'unknown']],
  [undefined, ['unknown', 'unknown']],
])('both numbers of the quota are read, whatever their type: %j', (data, numbers) => {
  const { labelsQuota, labelsCurrentTotal } = quotaNumbers({
    operation: 'findOrCreateLabel',
    kind: 'answer',
    ...(data && { data }),
  });
  expect([labelsQuota, labelsCurrentTotal]).toEqual(numbers);
});
