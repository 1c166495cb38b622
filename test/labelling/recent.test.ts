import { describe, expect, test } from '@jest/globals';
import { createRecentEffects } from '../../lib/labelling/labels/recent.ts';

const MINUTE = 60_000;

describe('who had the last say about a label of a contact', () => {
  test('is the event that happened last, whichever came last', () => {
    const recent = createRecentEffects();
    expect(recent.lastSay('c', 'VIP')).toBeUndefined();
    recent.say('c', ['VIP', 'New'], 10_000);
    recent.say('c', ['VIP'], 6_000);
    expect(recent.lastSay('c', 'VIP')).toBe(10_000);
    recent.say('c', ['VIP'], 12_000);
    expect(recent.lastSay('c', 'VIP')).toBe(12_000);
    expect(recent.lastSay('c', 'New')).toBe(10_000);
    expect(recent.lastSay('d', 'VIP')).toBeUndefined();
  });

  test('may have happened before 1970, or at its very start', () => {
    const recent = createRecentEffects();
    recent.say('c', ['VIP'], -5);
    expect(recent.lastSay('c', 'VIP')).toBe(-5);
    recent.say('c', ['VIP'], 0);
    expect(recent.lastSay('c', 'VIP')).toBe(0);
  });

  test('is forgotten beyond 20,000 labels, the longest untouched first', () => {
    const recent = createRecentEffects();
    recent.say('c', ['first', 'second'], 9_000);
    recent.say(
      'c',
      Array.from({ length: 19_998 }, (_, n) => `label ${n}`),
      9_000,
    );
    recent.say('c', ['first'], 9_000);
    recent.say('c', ['one more'], 9_000);
    expect(recent.lastSay('c', 'first')).toBe(9_000);
    expect(recent.lastSay('c', 'second')).toBeUndefined();
    expect(recent.lastSay('c', 'label 0')).toBe(9_000);
  });
});

describe('what Wix said of a contact', () => {
  test('holds for five minutes', () => {
    const recent = createRecentEffects();
    expect(recent.seen('c', 0)).toBeUndefined();
    recent.see('c', ['a', 'b'], 1_000);
    expect([...(recent.seen('c', 1_000 + 5 * MINUTE - 1) ?? [])]).toEqual(['a', 'b']);
    expect(recent.seen('c', 1_000 + 5 * MINUTE)).toBeUndefined();
    expect(recent.seen('d', 1_000)).toBeUndefined();
  });

  test('gives way to what it says next, and is dropped when it may have changed', () => {
    const recent = createRecentEffects();
    recent.see('c', ['a'], 0);
    recent.see('d', ['a'], 0);
    recent.see('c', ['b'], MINUTE);
    expect([...(recent.seen('c', 5 * MINUTE) ?? [])]).toEqual(['b']);
    recent.invalidate('c');
    expect(recent.seen('c', MINUTE)).toBeUndefined();
    expect(recent.seen('d', MINUTE)).toBeDefined();
  });

  test('is forgotten beyond 1,000 contacts, the longest unseen first', () => {
    const recent = createRecentEffects();
    for (let n = 0; n < 1_000; n += 1) recent.see(`c${n}`, [], 0);
    expect(recent.seen('c0', 0)).toBeDefined();
    recent.see('one more', [], 0);
    expect(recent.seen('c0', 0)).toBeUndefined();
    expect(recent.seen('c1', 0)).toBeDefined();
  });
});
