import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openApply } from '../support/apply-stage.ts';
import { refusal } from '../support/fake-wix.ts';
import { captureLog } from '../support/log.ts';

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** The label A is deleted after a worker learnt its key. */
async function openStale() {
  const stage = openApply();
  await stage.apply('+A', '+B');
  stage.wix.deleteLabel('A');
  stage.wix.contacts.get('ada')?.keys.clear();
  stage.pass(5 * 60_000);
  stage.wix.calls.splice(0);
  return { ...stage, calls: stage.wix.calls };
}

describe('a key that is of no label any more', () => {
  test('404: it is found again, and put', async () => {
    const { apply, calls, wix } = await openStale();
    expect(await apply('+A')).toEqual({ done: ['A'], inPlace: [] });
    expect(calls).toEqual([
      'labelContact ada [key of A]',
      'findOrCreateLabel A',
      'labelContact ada [key 2 of A]',
    ]);
    expect(wix.labelsOf('ada')).toEqual(['A']);
  });

  test('400 where a key was remembered: so, too', async () => {
    const { apply, calls, wix } = await openStale();
    wix.hooks.before = (operation, _id, keys) => {
      if (String(keys).includes('key of A')) throw refusal(operation, 400);
    };
    expect(await apply('+A')).toEqual({ done: ['A'], inPlace: [] });
    expect(calls).toHaveLength(3);
  });

  test('400 where one of several was: so, too', async () => {
    const { apply, calls, wix } = await openStale();
    wix.hooks.before = (operation, _id, keys) => {
      if (String(keys).includes('key of A')) throw refusal(operation, 400);
    };
    expect(await apply('+A', '+New')).toEqual({ done: ['A', 'New'], inPlace: [] });
    expect(calls.at(-1)).toBe('labelContact ada [key 2 of A,key of New]');
  });

  test.each([400, 404, 409, 422, 428])(
    '%i where all are new: they are given time',
    async (status) => {
      const { applyInVain, wix, calls, pass } = { ...openApply(), calls: [] as string[] };
      wix.hooks.before = (operation) => {
        if (operation === 'labelContact') throw refusal(operation, status, { envelope: true });
      };
      const error = `${status === 409 ? 'WixError' : 'LabelTooNew'}: Wix labelContact: ${status}`;
      expect(await applyInVain('+A', '+B')).toEqual({ done: [], inPlace: [], error });
      pass(2 * 60_000 - 1);
      await applyInVain('+A', '+B');
      calls.push(...wix.calls.splice(0));
      expect(calls.filter((call) => call.startsWith('findOrCreate'))).toHaveLength(2);
      expect(calls).toHaveLength(4);
      // What is no longer new is had anew.
      pass(1);
      await applyInVain('+A', '+B');
      expect(wix.calls).toEqual([
        'labelContact ada [key of A,key of B]',
        'findOrCreateLabel A',
        'findOrCreateLabel B',
        'labelContact ada [key of A,key of B]',
      ]);
    },
  );

  test('400 a second time: it is new now, and given time', async () => {
    const { applyInVain, wix, calls } = await openStale();
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact') throw refusal(operation, 400);
    };
    expect((await applyInVain('+A')).error).toBe('LabelTooNew: Wix labelContact: 400');
    expect(calls).toHaveLength(3);
  });

  test('404 a second time: no more is tried at once', async () => {
    const { applyInVain, wix, calls } = await openStale();
    wix.makeLabel('A');
    wix.hooks.before = (operation) => {
      if (operation === 'unlabelContact') throw refusal(operation, 404);
    };
    expect((await applyInVain('-A', '-B')).error).toBe('LabelTooNew: Wix unlabelContact: 404');
    expect(calls).toContain('queryLabels A B');
    expect(calls.filter((call) => call.startsWith('unlabel'))).toHaveLength(2);
  });

  test('200 without it: of several only that one is found again', async () => {
    const { apply, calls, wix } = await openStale();
    wix.labels.set('A', 'key 2 of A');
    const label = wix.site.labelContact;
    wix.site.labelContact = (id, keys) =>
      label(
        id,
        keys.filter((key) => key !== 'key of A'),
      );
    expect(await apply('+A', '+B')).toEqual({ done: ['B', 'A'], inPlace: [] });
    expect(calls).toEqual([
      'labelContact ada [key of B]',
      'findOrCreateLabel A',
      'labelContact ada [key 2 of A]',
    ]);
  });

  test.each([
    ['+A', 'labelContact'],
    ['-A', 'unlabelContact'],
  ])(
    '200 that is not as asked for, twice: %s is reported, not believed',
    async (change, operation) => {
      const { applyInVain, wix, memory } = openApply();
      wix.makeLabel('A');
      wix.site.labelContact = async () => [];
      wix.site.unlabelContact = async () => ['key of A'];
      const error = `LabelTooNew: Wix ${operation}: 200`;
      expect(await applyInVain(change)).toEqual({ done: [], inPlace: [], error });
      expect(memory.labels.lastWriteAt('ada', 'A')).toBeUndefined();
    },
  );

  test('what was done before is done, and remembered', async () => {
    const { applyInVain, wix, memory } = openApply();
    wix.site.labelContact = async () => ['key of B'];
    expect(await applyInVain('+A', '+B')).toMatchObject({ done: ['B'] });
    expect(memory.labels.lastWriteAt('ada', 'B')).toBe(0);
    expect(memory.labels.lastWriteAt('ada', 'A')).toBeUndefined();
  });
});

describe('a site that is full', () => {
  test('gets what it has', async () => {
    const { apply, wix, asked } = openApply();
    await apply('+A');
    wix.hooks.labelsQuota = 1;
    wix.contacts.get('ada')?.keys.clear();
    asked();
    expect(await apply('+A!', '+B', '-C')).toMatchObject({
      done: ['A'],
      inPlace: [],
      refused: ['B'],
      quota: 'LABELS_QUOTA_REACHED',
    });
    expect(asked()).toEqual(['getContact ada', 'labelContact ada [key of A]']);
  });

  test('has no room for a label that was deleted: the others of the call are put', async () => {
    const { apply, wix } = await openStale();
    wix.hooks.labelsQuota = 1;
    expect(await apply('+A', '+B')).toEqual({
      done: ['B'],
      inPlace: [],
      refused: ['A'],
      quota: 'LABELS_QUOTA_REACHED',
    });
    expect(wix.labelsOf('ada')).toEqual(['B']);
  });

  test('nor for any: that ends it', async () => {
    const { apply, wix, calls } = await openStale();
    wix.hooks.labelsQuota = 1;
    expect(await apply('+A')).toEqual({
      done: [],
      inPlace: [],
      refused: ['A'],
      quota: 'LABELS_QUOTA_REACHED',
    });
    expect(calls.filter((call) => call.startsWith('label'))).toHaveLength(1);
  });
});

describe('a call that fails', () => {
  test('ends the try; what was done stays, and what was seen is seen no more', async () => {
    const { applyInVain, apply, wix, asked } = openApply();
    await apply('+A');
    wix.contacts.get('ada')?.keys.add('key of Old');
    wix.labels.set('Old', 'key of Old');
    wix.hooks.before = (operation) => {
      if (operation === 'unlabelContact') throw refusal(operation, 503);
    };
    expect(await applyInVain('+B', '-Old')).toEqual({
      done: ['B'],
      inPlace: [],
      error: 'WixError: Wix unlabelContact: 503',
    });
    asked();
    await apply('+A');
    expect(asked()).toEqual(['labelContact ada [key of A]']);
  });

  test('of an exception it is the same', async () => {
    const { applyInVain, wix } = openApply();
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact') throw new TypeError('unforeseen');
    };
    expect((await applyInVain('+A')).error).toBe('TypeError: unforeseen');
  });
});
