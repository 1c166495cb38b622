import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { brokenJson } from '../../../cli/commands/rules/broken-json.ts';

test.each([
  ['{', 'it is JSON that ends too early, at line 1, column 2'],
  ['{"id": 1,\n "paid": tru}', "it is no JSON from line 2, column 13 on: Unexpected token '}'"],
  [
    '{"id": 1}\n{"id": 2}',
    'it is no JSON from line 2, column 1 on: Unexpected non-whitespace character after JSON',
  ],
  ['{"id": 1,}', 'it is no JSON from line 1, column 10 on: Expected double-quoted property name'],
  ["{'id': 1}", "it is no JSON from line 1, column 2 on: Expected property name or '}'"],
  ['[01]', 'it is no JSON from line 1, column 3 on: Unexpected number'],
])('%j', (text, words) => {
  expect(brokenJson(text)).toBe(words);
});

test.each(['{"id": 1}', ' [1]\n', 'id=1&b={', '', 'eyJhbGciOi.J9.x'])('none: %j', (text) => {
  expect(brokenJson(text)).toBeUndefined();
});

test('an object that is cut anywhere ends too early, and one with a wrong end breaks off there', () => {
  const json = fc.json().map((inner) => `{"a":${inner}}`);
  fc.assert(
    fc.property(json, fc.nat(), (text, n) => {
      const cut = 1 + (n % (text.length - 1));

      expect(brokenJson(text.slice(0, cut))).toMatch(/^it is JSON that ends too early/);
      expect(brokenJson(`${text.slice(0, -1)}]`)).toMatch(
        new RegExp(`^it is no JSON from line 1, column ${text.length} on`),
      );
    }),
  );
});
