import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visibleAddress, visibleName } from '../../lib/events/invisible.ts';

/** One of each kind that draws nothing, wherever it stands between Latin letters. */
const INVISIBLE = [
  ...'\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e',
  ...'\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206f\u3164\ufe00\ufe0f\ufeff\uffa0',
  ...'\ufff9\ufffb\u{1d173}\u{e0001}\u{e0041}\u{e0100}',
];

describe('an address', () => {
  test.each(INVISIBLE.map((one) => [one.codePointAt(0)?.toString(16), one]))(
    'is the same without U+%s',
    (_code, one) => {
      expect(visibleAddress(`${one}kim@exam${one}ple.com${one}`)).toBe('kim@example.com');
      expect(visibleAddress(`+1 ${one}202 555${one} 0102`)).toBe('+1 202 555 0102');
    },
  );

  test('has no control characters, and keeps the blanks that part it', () => {
    expect(visibleAddress('\u0000kim@example.com\u0085')).toBe('kim@example.com');
    expect(visibleAddress(' kim@a.example\tada@b.example\n')).toBe('kim@a.example\tada@b.example');
  });

  test('keeps what is seen', () => {
    expect(visibleAddress('jürgen.😀@пример.рф')).toBe('jürgen.😀@пример.рф');
  });
});

describe('a name', () => {
  test.each(INVISIBLE.map((one) => [one.codePointAt(0)?.toString(16), one]))(
    'is the same without U+%s',
    (_code, one) => {
      expect(visibleName(`${one}Big${one} Spender${one}`)).toBe('Big Spender');
    },
  );

  test.each([
    ['a family', '👨\u200d👩\u200d👧'],
    ['a heart in red, and an hourglass as text', '❤\ufe0f ⌛\ufe0e'],
    ['a skin tone', '👩🏽\u200d🚀'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['the flag of Scotland', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['Persian', 'می\u200cخواهم'],
    ['Persian, an initial form alone', 'ه\u200d'],
    ['Sinhala', 'ශ්\u200dරී'],
    ['a variant of a Japanese name', '葛\u{e0100}城'],
    ['Mongolian', 'ᠨ\u180b'],
    ['Arabic marks that are drawn', '\u0600\u0661'],
  ])('keeps what is seen of it: %s', (_what, name) => {
    expect(visibleName(name)).toBe(name);
  });

  test.each([
    ['a joiner at the end of a word', 'می\u200c خواهم', 'می خواهم'],
    ['a joiner with nothing to join', '👩\u200d', '👩'],
    ['a joiner between letters that do not join', 'Go\u200dld', 'Gold'],
    ['a mark beside a joiner that is needed', 'می\u200f\u200cخواهم', 'می\u200cخواهم'],
    ['a selector with nothing to select', 'Gold\ufe0f', 'Gold'],
    ['tags of no flag', 'Gold\u{e0067}\u{e007f}', 'Gold'],
  ])('loses %s', (_what, name, expected) => {
    expect(visibleName(name)).toBe(expected);
  });

  test('is the same, taken twice', () => {
    const part = fc.constantFrom(...INVISIBLE, ...'aم👩🏽1葛ᠨශ🏴\u20e3❤ ', '\u{e007f}');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const once = visibleName(parts.join(''));
        expect(visibleName(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
