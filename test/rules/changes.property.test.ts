import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  foldChanges,
  type LabelChanges,
  reachOf,
  reversible,
  toLists,
} from '../../lib/rules/changes.ts';
import { rulesConfig } from './arbitraries.ts';

const names = fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 3 });
const change: fc.Arbitrary<LabelChanges> = fc.record({ add: names, remove: names });
const changes = fc.array(change, { maxLength: 5 });

/** What a site holds after the changes, made on it one by one: each removes first. */
function made(on: readonly string[], all: readonly LabelChanges[]): Set<string> {
  const labels = new Set(on);
  for (const { add, remove } of all) {
    for (const name of remove) labels.delete(name);
    for (const name of add) labels.add(name);
  }
  return labels;
}

describe('foldChanges', () => {
  test('comes to one change that does what all of them do one by one, on any labels', () => {
    fc.assert(
      fc.property(changes, names, (all, on) => {
        expect(made(on, [toLists(foldChanges(all))])).toEqual(made(on, all));
      }),
    );
  });

  test('names each label once, in the order of first mention', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const last = foldChanges(all);
        const { add, remove } = toLists(last);
        const mentioned = [...new Set(all.flatMap((one) => [...one.remove, ...one.add]))];

        expect([...last.keys()]).toEqual(mentioned);
        expect(add).toEqual(mentioned.filter((name) => add.includes(name)));
        expect(remove).toEqual(mentioned.filter((name) => !add.includes(name)));
      }),
    );
  });

  test('goes on from what came before, and leaves that as it was', () => {
    fc.assert(
      fc.property(changes, changes, (first, then) => {
        const before = foldChanges(first);
        const copy = new Map(before);

        expect(foldChanges(then, before)).toEqual(foldChanges([...first, ...then]));
        expect(before).toEqual(copy);
      }),
    );
  });
});

test('reversible is what some rule does the opposite of', () => {
  fc.assert(
    fc.property(change, rulesConfig, (one, config) => {
      const listed = (verb: 'add' | 'remove', name: string) =>
        config.rules.some((rule) => {
          const list = rule[verb];
          return list && ('labels' in list ? list.labels.includes(name) : true);
        });

      expect(reversible(one, reachOf(config))).toEqual([
        ...one.add.filter((name) => listed('remove', name)),
        ...one.remove.filter((name) => listed('add', name)),
      ]);
    }),
  );
});
