import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitted } from '../../terminal/fitted.ts';
import { columnsOf, styled } from '../../terminal/writer.ts';

test.each<[string, readonly string[]]>([
  ['it fits', ['it fits']],
  ['a sentence that is too wide', ['a sentence that is', 'too wide']],
  ['  2026-11-28  came in again', ['  2026-11-28  came', '    in again']],
  ['a\n\nsecond paragraph that is wide', ['a', '', 'second paragraph', 'that is wide']],
  ['averyveryverylongword and more', ['averyveryverylongword', 'and more']],
  ['日本語日本語 日本語日本語', ['日本語日本語', '日本語日本語']],
])('%j', (text, lines) => {
  expect(fitted(text, 20).split('\n')).toEqual(lines);
});

test('a command line is not broken', () => {
  const line = './earmark dead-letters show 1f2e3d4c';
  expect(fitted(`See it: ${line}. Then (${line} --body) go on`, 30)).toBe(
    `See it:\n${line}.\nThen\n(${line} --body)\ngo on`,
  );
});

test('a style takes no columns', () => {
  const text = `${styled('red', 'ten letter')} ten letter`;
  expect(fitted(text, 21)).toBe(text);
});

test('no line is wider than the terminal, unless it is one word, and no word is lost', () => {
  const words = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }));
  const texts = words.map((list) => list.join(' ').replace(/\p{Z}/gu, ' '));
  fc.assert(
    fc.property(texts, fc.integer({ min: 10, max: 40 }), (text, columns) => {
      const lines = fitted(text, columns).split('\n');
      for (const line of lines) {
        const isOneWord = !line.trim().includes(' ');
        expect(columnsOf(line) <= columns || isOneWord).toBe(true);
      }
      const wordsOf = (all: string) => all.split(/[ \n]+/).filter((word) => word !== '');
      expect(wordsOf(lines.join('\n'))).toEqual(wordsOf(text));
    }),
  );
});
