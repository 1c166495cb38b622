import { expect, test } from '@jest/globals';
import { createLabelKeys } from '../../lib/labelling/keys.ts';
import type { WixSite } from '../../lib/wix/wix.ts';

test('a name that another job forgets meanwhile is not lost: its key is used, and proves stale', async () => {
  // Prepare: A is known, B is being asked for.
  const released = Promise.withResolvers<void>();
  const wix = {
    findOrCreateLabel: async (name: string) => {
      if (name === 'B') await released.promise;
      return `custom.${name}`;
    },
  } as unknown as WixSite;
  const keys = createLabelKeys('site');
  await keys.resolve(wix, ['A'], 0);
  // Act
  const resolving = keys.resolve(wix, ['A', 'B'], 0);
  keys.forget(['A']);
  released.resolve();
  // Assess
  const { keys: found, refused } = await resolving;
  expect(Object.fromEntries(found)).toEqual({ A: 'custom.A', B: 'custom.B' });
  expect(refused).toEqual([]);
});
