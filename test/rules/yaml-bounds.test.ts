import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadTests } from '../../cli/commands/rules/test-file.ts';
import { checkExpression } from '../../lib/rules/authoring/check-expression.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { FileError } from '../../lib/yaml/problem.ts';

const MANY = 20_000;
const indented = (line: string) =>
  Array.from({ length: 500 }, (_, depth) => ' '.repeat(depth) + line).join('\n');
const NINE = 'abcdefghi';
/** Nine to the ninth elements, had they all to be made. */
const BOMB = `a: &a [x, x]\n${[...NINE]
  .slice(1)
  .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${NINE[i]}`).join(', ')}]`)
  .join('\n')}`;

const DEEP = 'nested too deep';
const LOADERS = [
  ['rules', loadRules],
  ['tests', loadTests],
] as const;

describe.each(LOADERS)('a file of %s', (_, load) => {
  test.each([
    ['open lists', '['.repeat(MANY), 1, DEEP],
    ['lists', '['.repeat(MANY) + ']'.repeat(MANY), 1, DEEP],
    ['open mappings', '{a: '.repeat(MANY), 1, DEEP],
    ['mappings', `${'{a: '.repeat(MANY)}1${'}'.repeat(MANY)}`, 1, DEEP],
    ['mappings as keys', '{'.repeat(MANY) + '}'.repeat(MANY), 1, DEEP],
    ['dashes', `${'- '.repeat(MANY)}x`, 1, DEEP],
    ['question marks', `${'? '.repeat(MANY)}x`, 1, DEEP],
    ['colons', ': '.repeat(MANY), 1, DEEP],
    ['keys, each further in', indented('a:'), 60, DEEP],
    ['dashes, each further in', indented('-'), 60, DEEP],
    ['mistakes', 'a: b: c\n'.repeat(MANY), 58, DEEP],
    ['a rule', `rules:\n  - name: a\n    add: ${'['.repeat(MANY)}`, 3, DEEP],
    ['tags', '!a '.repeat(MANY), 1, 'anchors, aliases and tags'],
    ['anchors', Array.from({ length: MANY }, (_, i) => `- &a${i} x`).join('\n'), 1_001, 'anchors'],
    ['keys', Array.from({ length: MANY }, (_, i) => `a${i}: 1`).join('\n'), 1_001, 'keys in one'],
    ['a bomb', BOMB, 1, 'Excessive alias count'],
    ['a list in itself', 'rules: &r [*r]', 1, 'an alias (*) stands inside'],
    ['a body in itself', 'tests:\n  - body: &b { a: *b }', 2, 'an alias (*) stands inside'],
    ['five million characters', 'x'.repeat(5_000_000), 1, 'can be read'],
  ])('of %s is an error with its place', (_name, text, line, message) => {
    const problems = problemsOf(() => load(text, 'a.yml'));
    expect(problems).toEqual([
      expect.objectContaining({ file: 'a.yml', line, message: expect.stringContaining(message) }),
    ]);
  });

  test('whatever is in it, is read or is an error with its place', () => {
    const parts = fc.constantFrom(
      ...[
        '[',
        ']',
        '{',
        '}',
        '- ',
        '? ',
        ': ',
        'a',
        '&a ',
        '*a',
        '!x ',
        '|\n',
        '\n',
        '  ',
        '"',
        '#',
      ],
      'rules:\n',
      'tests:\n',
    );
    const text = fc.oneof(
      fc.array(parts, { maxLength: 60 }).map((all) => all.join('')),
      fc.tuple(parts, fc.nat(3_000)).map(([part, times]) => part.repeat(times)),
    );
    fc.assert(
      fc.property(text, (written) => {
        for (const { line, column } of problemsOf(() => load(written, 'a.yml'))) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
    );
  });
});

/** @throws what is no FileError */
function problemsOf(load: () => unknown) {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}

test('as deep as files of rules and payloads are, is read', () => {
  const body = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
  const written = `tests:\n  - { name: deep, source: custom, body: ${body}, expect: nothing }`;
  expect(loadTests(written, 'a.yml')).toHaveLength(1);
});

test.each([
  `${'!'.repeat(MANY)}true`,
  `${'-'.repeat(MANY)}1 == 1`,
  '('.repeat(MANY),
  '['.repeat(MANY),
  `event${'.a'.repeat(MANY)}`,
  'true?'.repeat(MANY),
  'size('.repeat(MANY),
  'event.tags.exists(a,'.repeat(MANY),
])('an expression that begins %.12s is too long, and says so', (cel) => {
  expect(checkExpression(cel, 'condition')?.message).toContain('make two rules of it');
});
