import { describe, expect, test } from '@jest/globals';
import { createRecentEffects } from '../../lib/labelling/labels/recent.ts';

const MINUTE = 60_000;

describe('the last write of a label of a contact', () => {
  test('is the event that happened last, whichever came last', () => {
    const recent = createRecentEffects();
    expect(recent.lastWriteAt('c', 'VIP')).toBeUndefined();
    recent.recordWrite('c', ['VIP', 'New'], 10_000);
    recent.recordWrite('c', ['VIP'], 6_000);
    expect(recent.lastWriteAt('c', 'VIP')).toBe(10_000);
    recent.recordWrite('c', ['VIP'], 12_000);
    expect(recent.lastWriteAt('c', 'VIP')).toBe(12_000);
    expect(recent.lastWriteAt('c', 'New')).toBe(10_000);
    expect(recent.lastWriteAt('d', 'VIP')).toBeUndefined();
  });

  test('may have happened before 1970, or at its very start', () => {
    const recent = createRecentEffects();
    recent.recordWrite('c', ['VIP'], -5);
    expect(recent.lastWriteAt('c', 'VIP')).toBe(-5);
    recent.recordWrite('c', ['VIP'], 0);
    expect(recent.lastWriteAt('c', 'VIP')).toBe(0);
  });

  test('is forgotten beyond 20,000 labels, the longest untouched first', () => {
    const recent = createRecentEffects();
    recent.recordWrite('c', ['first', 'second'], 9_000);
    recent.recordWrite(
      'c',
      Array.from({ length: 19_998 }, (_, n) => `label ${n}`),
      9_000,
    );
    recent.recordWrite('c', ['first'], 9_000);
    recent.recordWrite('c', ['one more'], 9_000);
    expect(recent.lastWriteAt('c', 'first')).toBe(9_000);
    expect(recent.lastWriteAt('c', 'second')).toBeUndefined();
    expect(recent.lastWriteAt('c', 'label 0')).toBe(9_000);
  });
});

describe('what Wix said of a contact', () => {
  test('holds for five minutes', () => {
    const recent = createRecentEffects();
    expect(recent.observed('c', 0)).toBeUndefined();
    recent.observe('c', ['a', 'b'], 1_000);
    expect([...(recent.observed('c', 1_000 + 5 * MINUTE - 1) ?? [])]).toEqual(['a', 'b']);
    expect(recent.observed('c', 1_000 + 5 * MINUTE)).toBeUndefined();
    expect(recent.observed('d', 1_000)).toBeUndefined();
  });

  test('gives way to what it says next, and is dropped when it may have changed', () => {
    const recent = createRecentEffects();
    recent.observe('c', ['a'], 0);
    recent.observe('d', ['a'], 0);
    recent.observe('c', ['b'], MINUTE);
    expect([...(recent.observed('c', 5 * MINUTE) ?? [])]).toEqual(['b']);
    recent.invalidate('c');
    expect(recent.observed('c', MINUTE)).toBeUndefined();
    expect(recent.observed('d', MINUTE)).toBeDefined();
  });

  test('is forgotten beyond 1,000 contacts, the longest unseen first', () => {
    const recent = createRecentEffects();
    for (let n = 0; n < 1_000; n += 1) recent.observe(`c${n}`, [], 0);
    expect(recent.observed('c0', 0)).toBeDefined();
    recent.observe('one more', [], 0);
    expect(recent.observed('c0', 0)).toBeUndefined();
    expect(recent.observed('c1', 0)).toBeDefined();
  });
});
