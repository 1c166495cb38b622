import { describe, expect, test } from '@jest/globals';
import { labelName, MAX_LABEL_NAME } from '../../lib/rules/label-name.ts';

describe('labelName', () => {
  test.each([
    ['plain', 'VIP', 'VIP'],
    ['blanks at the ends and runs of them', '  Repeat \t\n customer ', 'Repeat customer'],
    ['two blanks between plain words', 'Repeat  customer', 'Repeat customer'],
    ['a blank at one end of plain words', 'Repeat customer ', 'Repeat customer'],
    ['Unicode blanks', '\u00a0Big\u2003\u3000spender\ufeff', 'Big spender'],
    ['control characters', 'a\u0000b\u0085c', 'a b c'],
    ['a letter and its accent (NFC)', 'Cafe\u0301', 'Caf\u00e9'],
    ['half a surrogate pair', 'x\ud83dy', 'x\ufffdy'],
    ['what draws nothing', 'Big\u200b \u2060Spen\u00adder\ufeff', 'Big Spender'],
    ['what draws nothing between a letter and its accent', 'Cafe\u200b\u0301', 'Caf\u00e9'],
    ['a joiner on a mark that NFC takes into a letter', 'A\u0325\u200d', '\u1e00'],
    ['a joiner on a blank of Mongolian', 'a\u202f\u200d b', 'a b'],
    ['only what draws nothing', '\u200b\u2060 \ufeff\u00ad', ''],
    [
      'joiners, which scripts and emoji need',
      'می\u200cخواهم 👩\u200d🚀',
      'می\u200cخواهم 👩\u200d🚀',
    ],
    ['nothing to see', ' \u0000\u2028 ', ''],
    ['case is kept', 'vip', 'vip'],
  ])('%s', (_, text, expected) => {
    expect(labelName(text)).toBe(expected);
  });

  test('leaves 180 units as they are', () => {
    expect(labelName('x'.repeat(180))).toBe('x'.repeat(180));
  });

  test('cuts 181 units to 180, ellipsis and all', () => {
    expect(labelName('x'.repeat(181))).toBe(`${'x'.repeat(179)}…`);
  });

  test('cuts before a grapheme that would not fit', () => {
    const family = '👨‍👩‍👧‍👦';

    expect(labelName(`${'x'.repeat(175)}${family}!`)).toBe(`${'x'.repeat(175)}…`);
  });

  test('leaves no blank before the ellipsis', () => {
    expect(labelName(`${'x'.repeat(178)} ${'y'.repeat(20)}`)).toBe(`${'x'.repeat(178)}…`);
  });

  test('measures once the blanks are folded', () => {
    expect(labelName(`a${' '.repeat(500)}b`)).toBe('a b');
  });

  test('cuts a single grapheme over the limit hard, so that two names stay two', () => {
    const struck = (letter: string) => labelName(`${letter}${'\u0335'.repeat(500)}`);

    expect(struck('a')).toBe(`a${'\u0335'.repeat(178)}…`);
    expect(struck('a')).toHaveLength(MAX_LABEL_NAME);
    expect(struck('b')).not.toBe(struck('a'));
  });

  test('cuts no surrogate pair in two', () => {
    // A grapheme of one unit and then pairs: unit 179 is the first half of one.
    const name = labelName(`a${'\u{1d165}'.repeat(200)}`);

    expect(name).toBe(`a${'\u{1d165}'.repeat(89)}…`);
    expect(labelName(`${'👩\u200d'.repeat(100)}👩`).isWellFormed()).toBe(true);
  });

  // Milliseconds each; normalised as a whole, the marks take a minute and a half.
  test.each([
    ['marks', `a${'\u0301\u0323'.repeat(500_000)}`, /^\u1ea1\u0323{178}…$/],
    ['blanks in front', `${' \t'.repeat(500_000)}VIP`, /^VIP$/],
    ['what nobody sees in front', `${'\u200b\u2060\u{e0001}'.repeat(250_000)}VIP`, /^VIP$/],
    [
      'both in front and between',
      `${'\u200b \u0000'.repeat(300_000)}a${'\u200b '.repeat(9_000)}b`,
      /^a b$/,
    ],
    ['what nobody sees in the middle of a word', `a${'\u200b'.repeat(900_000)}b`, /^ab$/],
    ['byte order marks in the middle of a word', `a${'\ufeff'.repeat(900_000)}b`, /^ab$/],
    ['letters', 'x'.repeat(1_000_000), /^x{179}…$/],
    ['nothing else', '\u2060 '.repeat(500_000), /^$/],
  ])('reads of a megabyte what it needs: %s', (_, text, expected) => {
    expect(labelName(text)).toMatch(expected);
  });

  test('joins over the places where a long text is cut to be read', () => {
    for (let before = 4_090; before < 4_100; before++) {
      const name = labelName(`${' '.repeat(before)}👩\u200d🚀 e\u0301`);

      expect(name).toBe('👩\u200d🚀 é');
    }
  });
});
