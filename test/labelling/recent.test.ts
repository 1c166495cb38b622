import { describe, expect, test } from '@jest/globals';
import { createRecentEffects } from '../../lib/labelling/recent.ts';

const MINUTE = 60_000;
const add = (name: string) => ({ add: [name], remove: [] });
const remove = (name: string) => ({ add: [], remove: [name] });

describe('what was done to a contact of late', () => {
  test('settles the same wish for five minutes', () => {
    const recent = createRecentEffects();
    recent.record('c', 'add', ['VIP'], 0, 1_000);
    expect(recent.plan('c', add('VIP'), 1, 1_000 + 5 * MINUTE - 1)).toMatchObject({
      add: [],
      settled: ['VIP'],
    });
    expect(recent.plan('c', add('VIP'), 2, 1_000 + 5 * MINUTE)).toMatchObject({ add: ['VIP'] });
    expect(recent.plan('c', remove('VIP'), 2, 1_000)).toMatchObject({ remove: ['VIP'] });
    expect(recent.plan('another', add('VIP'), 1, 1_000)).toMatchObject({ add: ['VIP'] });
  });

  test('lets no older event through, and one of the same moment', () => {
    const recent = createRecentEffects();
    recent.record('c', 'remove', ['VIP'], 1_000, 2_000);
    expect(recent.plan('c', add('VIP'), 999, 2_000)).toMatchObject({ superseded: ['VIP'] });
    expect(recent.plan('c', add('VIP'), 1_000, 2_000)).toMatchObject({ add: ['VIP'] });
    expect(recent.plan('c', add('VIP'), 999, 2_000 + 60 * MINUTE).superseded).toEqual(['VIP']);
  });

  test('counts an event that found its wish settled', () => {
    const recent = createRecentEffects();
    recent.record('c', 'add', ['VIP'], 1_000, 1_000);
    recent.plan('c', add('VIP'), 3_000, 3_000);
    expect(recent.plan('c', remove('VIP'), 2_000, 4_000)).toMatchObject({
      remove: [],
      superseded: ['VIP'],
    });
  });

  test('of a deleted label: settled nowhere, the order still known', () => {
    const recent = createRecentEffects();
    recent.record('c', 'add', ['VIP', 'Other One'], 1_000, 1_000);
    recent.unsettle(['Other One']);
    expect(recent.plan('c', { add: ['VIP', 'Other One'], remove: [] }, 2_000, 2_000)).toMatchObject(
      {
        add: ['Other One'],
        settled: ['VIP'],
      },
    );
    expect(recent.plan('c', remove('Other One'), 999, 2_000).superseded).toEqual(['Other One']);
  });
});
