import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  byLabel,
  bySet,
  type ContactKeys,
  callsAlone,
  callsFor,
  type Grouping,
  group,
  IDS_PER_TASK,
} from '../../../cli/commands/backfill/groups.ts';

const KEYS = Array.from({ length: 130 }, (_, i) => `custom.${i}`);

/** Contacts that want some of a few sets of labels; sets of over a hundred among them. */
const wanted = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof(fc.subarray(KEYS.slice(0, 4)), fc.constant(KEYS)),
        fc.subarray(KEYS.slice(4, 6)),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    fc.array(fc.nat(), { maxLength: 40 }),
    fc.constantFrom(1, 30),
  )
  .map(([sets, members, times]): ContactKeys[] =>
    Array.from({ length: times }, () => members)
      .flat()
      .flatMap((member, i) => {
        const [add = [], remove = []] = sets[member % sets.length] ?? [];
        const free = remove.filter((key) => !add.includes(key));
        return add.length + free.length > 0 ? [{ contactId: `c${i}`, add, remove: free }] : [];
      }),
  );

/** What each contact gets and loses when the groups are carried out. */
function effect({ tasks, singles }: Grouping) {
  const effects = new Map<string, { add: Set<string>; remove: Set<string> }>();
  const all = [...tasks, ...singles.map((one) => ({ ...one, contactIds: [one.contactId] }))];
  for (const { contactIds, add, remove } of all) {
    for (const id of contactIds) {
      const its = effects.get(id) ?? { add: new Set(), remove: new Set() };
      for (const key of add) its.add.add(key);
      for (const key of remove) its.remove.add(key);
      effects.set(id, its);
    }
  }
  const sorted = (keys: ReadonlySet<string>) => [...keys].toSorted();
  return Object.fromEntries(
    [...effects].map(([id, { add, remove }]) => [id, [sorted(add), sorted(remove)]]),
  );
}

test.each([
  ['by set', bySet],
  ['by label', byLabel],
  ['the cheaper', group],
])('%s: each contact gets exactly what it wants', (_how, way) => {
  fc.assert(
    fc.property(wanted, (all) => {
      const expected = all.map(({ contactId, add, remove }) => [
        contactId,
        [add.toSorted(), remove.toSorted()],
      ]);
      const grouping = way(all);
      expect(effect(grouping)).toEqual(Object.fromEntries(expected));
      for (const { contactIds, add, remove } of grouping.tasks) {
        expect(contactIds.length).toBeLessThanOrEqual(IDS_PER_TASK);
        expect(Math.max(add.length, remove.length)).toBeLessThanOrEqual(100);
      }
    }),
    { numRuns: 25 },
  );
});

test('the cheaper way is never dearer than a call for each contact', () => {
  fc.assert(
    fc.property(wanted, (all) => {
      const alone = all.reduce((sum, one) => sum + callsAlone(one), 0);

      expect(callsFor(group(all))).toBeLessThanOrEqual(alone);
      expect(callsFor(group(all))).toBeLessThanOrEqual(callsFor(byLabel(all)));
    }),
    { numRuns: 25 },
  );
});

test('1,200 contacts that want the same take three jobs, and one that wants something else a call', () => {
  const many = Array.from({ length: 1200 }, (_, i) => ({
    contactId: `c${i}`,
    add: ['a'],
    remove: [],
  }));

  const { tasks, singles } = group([...many, { contactId: 'x', add: ['b'], remove: [] }]);

  expect(tasks.map(({ contactIds }) => contactIds.length)).toEqual([500, 500, 200]);
  expect(singles.map(({ contactId }) => contactId)).toEqual(['x']);
});
