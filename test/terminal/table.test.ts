import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { table } from '../../terminal/table.ts';
import { columnsOf, printed } from '../../terminal/writer.ts';
import { anyText } from '../support/arbitraries.ts';
import { HOSTILE } from '../support/hostile.ts';

const cell = fc
  .array(fc.oneof(anyText, fc.constantFrom(HOSTILE, '\n', '\t', '漢字', '👩‍👩‍👧', '❤️')), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const word = fc.constantFrom('a', 'label', 'VIP', '漢字', '👩‍👩‍👧', '🇩🇪', '한국');
const prose = fc.array(word, { maxLength: 30 }).map((words) => words.join(' '));

describe('whatever the cells', () => {
  test('each row is a line, and the columns stand below each other', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.constant('|')), { minLength: 1 }), (rows) => {
        const lines = printed(table(rows)).split('\n');
        expect(lines).toHaveLength(rows.length);
        const ends = lines.map((line) => columnsOf(line.slice(0, line.lastIndexOf('|'))));
        expect(new Set(ends).size).toBe(1);
      }),
    );
  });

  test('prose takes no more columns than the terminal has, and loses no word', () => {
    const rows = fc.array(fc.tuple(fc.nat().map(String), prose, fc.constant('|')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 45, max: 120 }), (cells, width) => {
        const lines = table(cells, [0], { column: 1, width }).split('\n');
        expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
        expect(lines.join(' ').replaceAll('|', '').split(/\s+/).filter(Boolean)).toEqual(
          cells.flatMap(([number, text]) => [number, ...text.split(' ')]).filter(Boolean),
        );
        const ends = lines.filter((line) => line.endsWith('|')).map(columnsOf);
        expect(ends).toHaveLength(cells.length);
        expect(new Set(ends).size).toBe(1);
      }),
    );
  });
});

test('numbers stand on the right, and names of any script take their room', () => {
  const rows = [
    ['label', 'contacts'],
    ['👩‍👩‍👧 Familie', '7'],
    ['会員', '1,204'],
    ['VIP', '12'],
  ];
  expect(table(rows, [1])).toBe(
    [
      'label       contacts',
      '👩‍👩‍👧 Familie         7',
      '会員           1,204',
      'VIP               12',
    ].join('\n'),
  );
});

test('prose is wrapped on a terminal of 80 columns, below where it begins', () => {
  const why =
    'the person is no contact of the site, two hours on: create it, or replay with the rules of now';
  expect(table([['12', 'contact-not-found', why]], [0], { column: 2, width: 80 })).toBe(
    [
      '12  contact-not-found  the person is no contact of the site, two hours on:',
      '                       create it, or replay with the rules of now',
    ].join('\n'),
  );
});

test('an id that is longer than its column stays in one piece, to be copied', () => {
  const id = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
  const lines = table([['event', `Its id is ${id} today`]], [], { column: 1, width: 20 });
  expect(lines).toBe(`event  Its id is\n       ${id}\n       today`);
});

test.each([undefined, 0])('with %j columns, as for a file, nothing is wrapped', (width) => {
  const rows = [['a', 'word '.repeat(100).trim()]];
  expect(table(rows, [], { column: 1, width })).toBe(`a  ${'word '.repeat(100).trim()}`);
});

test('a row may have more cells than those before it', () => {
  expect(table([['a'], ['b', 'c', 'd'], ['', 'wide', 'e']])).toBe('a\nb  c     d\n   wide  e');
});

test('no rows make no table', () => {
  expect(table([])).toBe('');
});
