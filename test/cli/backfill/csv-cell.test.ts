import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvCell } from '../../../cli/commands/backfill/files.ts';
import { anyText } from '../../support/arbitraries.ts';
import { FORBIDDEN, HOSTILE } from '../../support/hostile.ts';

/** What a spreadsheet has in the cell, whichever of the two it takes for the delimiter. */
const cellsOf = (text: string | number, delimiter = ','): readonly string[] =>
  (
    parse(csvCell(text), { delimiter, relax_quotes: true, relax_column_count: true }) as string[][]
  )[0] ?? [];

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd@x.example', "'+cmd@x.example"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [
    '=hyperlink("http://evil.example","x")@x.example',
    `'=hyperlink("http://evil.example","x")@x.example`,
  ],
  ['  =1', "' =1"],
  ['"=1', `'"=1`],
  ["'=1", "''=1"],
  ['\t=1', "' =1"],
  ['\r=1', "' =1"],
  ['\n=1', "' =1"],
  ['\tx', "' x"],
  ['\rx', "' x"],
  ['\u0000=1', "'=1"],
  ['\u200b=1', "'=1"],
  ['\ufeff=1', "' =1"],
  ['\u001b[2J=1', '[2J=1'],
  ['\u3000＝1', "' ＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠x', "'＠x"],
  ['a;=1', "a;'=1"],
  ['a; "+1', `a;' "+1`],
])('%j is %j to a spreadsheet', (text, cell) => {
  expect(cellsOf(text)).toEqual([cell]);
});

test.each(['ada@example.com', '#1001', 'Tea - green; black', 'a, b', 'say "hi"', 'Größe 漢字', ''])(
  '%j stays as it is',
  (text) => {
    expect(cellsOf(text)).toEqual([text]);
  },
);

test('our own numbers stay numbers', () => {
  expect(cellsOf(-12.5)).toEqual(['-12.5']);
});

test('whatever the text, the cell is one cell on one line, without what nobody sees, and no formula', () => {
  const parts = fc.constantFrom(
    ...HOSTILE,
    '=',
    '+',
    '-',
    '@',
    '＝',
    ' ',
    '"',
    "'",
    ';',
    ',',
    '\t',
    '\n',
  );
  const text = fc.array(fc.oneof(anyText, parts), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const cells = cellsOf(written);
      expect(cells).toHaveLength(1);
      expect(cells[0]).not.toMatch(FORBIDDEN);
      expect(cells[0]).not.toMatch(/[\t\n]|^[\s"]*[=+\-@＝＋－＠]/);
    }),
  );
});
