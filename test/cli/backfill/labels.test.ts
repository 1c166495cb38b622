import { expect, test } from '@jest/globals';
import { findLabels, makeLabels } from '../../../cli/commands/backfill/labels.ts';
import { backfillStage } from '../../support/backfill-stage.ts';

test('labels are found a hundred names a call, and none is made', async () => {
  const stage = await backfillStage();
  const key = await stage.keyOf('Customer');
  stage.wix.clearCalls();
  const { wix, journal } = await stage.site();
  const names = ['Customer', ...Array.from({ length: 150 }, (_, i) => `Bought ${i}`)];

  const found = await findLabels(wix, names, journal);

  expect([...found]).toEqual([['Customer', key]]);
  expect(stage.wix.calls.map(({ operation }) => operation)).toEqual(['queryLabels', 'queryLabels']);
});

test('a full site is asked for no more labels than one, and which have no room is told', async () => {
  const stage = await backfillStage({ labelsQuota: 2 });
  const { wix, journal } = await stage.site();

  const { keys, refused } = await makeLabels(wix, ['A', 'B', 'C', 'D'], journal);

  expect([...keys.keys()]).toEqual(['A', 'B']);
  expect(refused).toEqual(['C', 'D']);
  expect(stage.asked('findOrCreateLabel')).toBe(3);
});
