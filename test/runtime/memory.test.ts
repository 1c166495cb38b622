import { describe, expect, test } from '@jest/globals';
import { createMemory } from '../../lib/runtime/memory.ts';

describe('a memory', () => {
  test('keeps what was set last, until it is deleted', () => {
    const memory = createMemory<string>({ most: 2 });
    expect(memory.get('a')).toBeUndefined();
    memory.set('a', '1');
    memory.set('a', '2');
    expect(memory.get('a')).toBe('2');
    memory.delete('a');
    expect(memory.get('a')).toBeUndefined();
  });

  test('holds so many entries at most: the one that was set longest ago goes', () => {
    const memory = createMemory<number>({ most: 2 });
    memory.set('a', 1);
    memory.set('b', 2);
    memory.set('a', 3);
    memory.set('c', 4);
    expect(['a', 'b', 'c'].map(memory.get)).toEqual([3, undefined, 4]);
  });

  test('forgets an entry so long after it was set', () => {
    let time = 0;
    const memory = createMemory<number>({ most: 2, ttlMs: 10, clock: () => time });
    memory.set('a', 1);
    time = 9;
    expect(memory.get('a')).toBe(1);
    time = 10;
    expect(memory.get('a')).toBeUndefined();
    memory.set('a', 2);
    expect(memory.get('a')).toBe(2);
  });
});
