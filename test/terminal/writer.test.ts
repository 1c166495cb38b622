import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unbroken, visible } from '../../lib/runtime/visible.ts';
import { columnsOf, printed, styled } from '../../terminal/writer.ts';
import { anyText } from '../support/arbitraries.ts';
import { FORBIDDEN, HOSTILE, SHOWN } from '../support/hostile.ts';

/** Ours hold no control character but the first. */
const STYLES = /\p{Cc}\[\d{1,2}m/gu;
/** Text with forbidden characters in most of its runs. */
const hostileText = fc
  .array(
    fc.oneof(
      anyText,
      fc.integer({ min: 0, max: 0x9f }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        ...HOSTILE,
        '\u{e0041}',
        '\u001b[31m',
        '\u001b[0m',
        '\r\n',
        '\u061c',
        '\ud800',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('whatever the text', () => {
  test('what is printed holds nothing that a terminal obeys, and is printed again as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = printed(text);
        expect(shown).not.toMatch(FORBIDDEN);
        expect(shown.isWellFormed()).toBe(true);
        expect(printed(shown)).toBe(shown);
      }),
    );
  });

  test('only our own styles come out, and all of them', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (before, inside) => {
        const shown = printed(`${before}${styled('red', inside)}`);
        expect(shown.match(STYLES)).toEqual(['\u001b[31m', '\u001b[39m']);
        expect(shown.replace(STYLES, '')).toBe(visible(before) + visible(inside));
      }),
    );
  });

  test('JSON stays the same JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (value) => {
        const text = printed(JSON.stringify(value, null, 2));
        expect(text).not.toMatch(FORBIDDEN);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

test.each([
  ['\u001b[31mred', String.raw`\u001b[31mred`],
  ['\u009b2J', String.raw`\u009b2J`],
  ['abc\rxyz', String.raw`abc\u000dxyz`],
  [HOSTILE, expect.stringContaining(SHOWN)],
  ['\u{e0041}', String.raw`\udb40\udc41`],
  ['one\r\ntwo\tthree', 'one\ntwo\tthree'],
  ['Ünïcode 漢字 👩‍👩‍👧 ❤️ می‌خواهم 0,50 €', 'Ünïcode 漢字 👩‍👩‍👧 ❤️ می‌خواهم 0,50 €'],
])('%j is printed as %j', (text, shown) => {
  expect(printed(text)).toEqual(shown);
});

test('a value on one line cannot look like two', () => {
  expect(unbroken('paid\r\n  → Done.\t!')).toBe(String.raw`paid\u000d\u000a  → Done.\u0009!`);
});

test.each([
  ['', 0],
  ['Lamp', 4],
  ['漢字', 4],
  ['👩‍👩‍👧', 2],
  ['❤️', 2],
  ['e\u0301', 1],
  ['🇩🇪 1️⃣ 👍🏽 ❤ ™', 12],
  ['한국 ｱｲｳ', 8],
  ['한국', 4],
  ['\u{1b001}', 2],
  ['नमस्ते', 4],
  ['\u202e', 6],
  [styled('bold', 'Lamp'), 4],
])('%j is %i columns wide', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test('nothing of the command or the engine writes past a clean writer', () => {
  const root = resolve(import.meta.dirname, '../..');
  const files = ['cli', 'engine', 'simulators', 'samples', 'terminal'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(room, name),
    ),
  );
  const writing = files.filter(
    (file) =>
      file.endsWith('.ts') &&
      /\bconsole\.|\bprocess\.std(?:out|err)\.write/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(writing).toEqual([]);
});
