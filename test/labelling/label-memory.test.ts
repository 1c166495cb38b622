import { describe, expect, test } from '@jest/globals';
import { createLabelMemory } from '../../lib/labelling/labels/label-memory.ts';

const MINUTE = 60_000;

/** A memory on a clock that each call sets. */
function open() {
  let time = 0;
  const memory = createLabelMemory(() => time);
  return {
    ...memory,
    recordWrite(id: string, names: readonly string[], occurredAt: number) {
      for (const name of names) memory.recordWrite(id, name, occurredAt);
    },
    observe(id: string, keys: readonly string[], now: number) {
      time = now;
      memory.observe(id, keys);
    },
    observed(id: string, now: number) {
      time = now;
      return memory.observed(id);
    },
  };
}

describe('the last write of a label of a contact', () => {
  test('is the event that happened last, whichever came last', () => {
    const labels = open();
    expect(labels.lastWriteAt('c', 'VIP')).toBeUndefined();
    labels.recordWrite('c', ['VIP', 'New'], 10_000);
    labels.recordWrite('c', ['VIP'], 6_000);
    expect(labels.lastWriteAt('c', 'VIP')).toBe(10_000);
    labels.recordWrite('c', ['VIP'], 12_000);
    expect(labels.lastWriteAt('c', 'VIP')).toBe(12_000);
    expect(labels.lastWriteAt('c', 'New')).toBe(10_000);
    expect(labels.lastWriteAt('d', 'VIP')).toBeUndefined();
  });

  test('may have happened before 1970, or at its very start', () => {
    const labels = open();
    labels.recordWrite('c', ['VIP'], -5);
    expect(labels.lastWriteAt('c', 'VIP')).toBe(-5);
    labels.recordWrite('c', ['VIP'], 0);
    expect(labels.lastWriteAt('c', 'VIP')).toBe(0);
  });

  test('is forgotten beyond 20,000 labels, the longest untouched first', () => {
    const labels = open();
    labels.recordWrite('c', ['first', 'second'], 9_000);
    labels.recordWrite(
      'c',
      Array.from({ length: 19_998 }, (_, n) => `label ${n}`),
      9_000,
    );
    labels.recordWrite('c', ['first'], 9_000);
    labels.recordWrite('c', ['one more'], 9_000);
    expect(labels.lastWriteAt('c', 'first')).toBe(9_000);
    expect(labels.lastWriteAt('c', 'second')).toBeUndefined();
    expect(labels.lastWriteAt('c', 'label 0')).toBe(9_000);
  });
});

describe('what Wix said of a contact', () => {
  test('holds for five minutes', () => {
    const labels = open();
    expect(labels.observed('c', 0)).toBeUndefined();
    labels.observe('c', ['a', 'b'], 1_000);
    expect([...(labels.observed('c', 1_000 + 5 * MINUTE - 1) ?? [])]).toEqual(['a', 'b']);
    expect(labels.observed('c', 1_000 + 5 * MINUTE)).toBeUndefined();
    expect(labels.observed('d', 1_000)).toBeUndefined();
  });

  test('gives way to what it says next, and is dropped when it may have changed', () => {
    const labels = open();
    labels.observe('c', ['a'], 0);
    labels.observe('d', ['a'], 0);
    labels.observe('c', ['b'], MINUTE);
    expect([...(labels.observed('c', 5 * MINUTE) ?? [])]).toEqual(['b']);
    labels.invalidate('c');
    expect(labels.observed('c', MINUTE)).toBeUndefined();
    expect(labels.observed('d', MINUTE)).toBeDefined();
  });

  test('is forgotten beyond 1,000 contacts, the longest unseen first', () => {
    const labels = open();
    for (let n = 0; n < 1_000; n += 1) labels.observe(`c${n}`, [], 0);
    expect(labels.observed('c0', 0)).toBeDefined();
    labels.observe('one more', [], 0);
    expect(labels.observed('c0', 0)).toBeUndefined();
    expect(labels.observed('c1', 0)).toBeDefined();
  });
});
