import { describe, expect, test } from '@jest/globals';
import { createRecentEffects } from '../../lib/labelling/recent.ts';

const MINUTE = 60_000;
interface Wanted {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}
const add = (name: string): Wanted => ({ add: [name], remove: [] });
const remove = (name: string): Wanted => ({ add: [], remove: [name] });

describe('what was done to a contact of late', () => {
  test('is likely still so for five minutes', () => {
    const recent = createRecentEffects();
    recent.record('c', 'add', ['VIP'], 0, 1_000);
    const likely = (contactId: string, wanted: Wanted, now: number): boolean =>
      recent.plan(contactId, wanted, 1, now).likelySettled;
    expect(likely('c', add('VIP'), 1_000 + 5 * MINUTE - 1)).toBe(true);
    expect(likely('c', add('VIP'), 1_000 + 5 * MINUTE)).toBe(false);
    expect(likely('c', remove('VIP'), 1_000)).toBe(false);
    expect(likely('another', add('VIP'), 1_000)).toBe(false);
    expect(likely('c', { add: ['VIP', 'Other'], remove: [] }, 1_000)).toBe(false);
  });

  test('lets no older event through, but one of about the same time, which clocks cannot tell', () => {
    const recent = createRecentEffects();
    recent.record('c', 'remove', ['VIP'], 10_000, 20_000);
    const older = recent.plan('c', add('VIP'), 4_999, 20_000);
    expect(older).toMatchObject({ add: [], superseded: ['VIP'] });
    expect(recent.plan('c', add('VIP'), 5_000, 20_000)).toMatchObject({ add: ['VIP'] });
    expect(recent.plan('c', add('VIP'), 4_999, 20_000 + 60 * MINUTE).superseded).toEqual(['VIP']);
  });

  test('an event of about the same time does not open the way for older ones', () => {
    const recent = createRecentEffects();
    recent.record('c', 'remove', ['VIP'], 10_000, 20_000);
    recent.record('c', 'add', ['VIP'], 6_000, 20_000);
    expect(recent.plan('c', remove('VIP'), 2_000, 20_000).superseded).toEqual(['VIP']);
  });

  test('what is superseded does not stand in the way of a look at the rest', () => {
    const recent = createRecentEffects();
    recent.record('c', 'add', ['VIP', 'New'], 1_000, 1_000);
    recent.record('c', 'remove', ['Old'], 8_000, 8_000);
    expect(recent.plan('c', { add: ['VIP', 'Old'], remove: [] }, 2_000, 8_000)).toEqual({
      add: ['VIP'],
      remove: [],
      superseded: ['Old'],
      likelySettled: true,
    });
  });

  test('is forgotten, the oldest first, beyond 20,000 labels', () => {
    const recent = createRecentEffects();
    const many = Array.from({ length: 20_000 }, (_, n) => `label ${n}`);
    recent.record('c', 'add', ['first'], 9_000, 9_000);
    recent.record('c', 'add', many, 9_000, 9_000);
    expect(recent.plan('c', add('first'), 0, 9_000).superseded).toEqual([]);
    expect(recent.plan('c', add('label 0'), 0, 9_000).superseded).toEqual(['label 0']);
  });
});
