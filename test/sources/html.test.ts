import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plainText } from '../../lib/sources/payload/html.ts';

test.each([
  ['a &amp; b', 'a & b'],
  ['&#8211;&#x2013;&ndash;', '–––'],
  ['Caf&eacute; &Uuml;ber &frac12; &check; &hearts;', 'Café Über ½ ✓ ♥'],
  ['Mugs &amp;amp; cups', 'Mugs & cups'],
  ['&amp;amp;ndash;', '–'],
  ['&#36;22.00', '$22.00'],
  ['10&nbsp;cm', '10 cm'],
  ['&unknown; &; & R&D AT&T &copy=1', '&unknown; &; & R&D AT&T &copy=1'],
  ['&constructor;', '&constructor;'],
  ['<strong>Desk</strong> <em class="x">oak</em>', 'Desk oak'],
  ['Desk<br />oak', 'Desk oak'],
  ['<p>Desk</p><p>Lamp</p>', 'Desk Lamp'],
  ['Desk<!-- sale -->', 'Desk'],
  ['&lt;b&gt;Desk&lt;/b&gt;', 'Desk'],
  ['&amp;lt;b&amp;gt;Desk', 'Desk'],
  ['&lt;Variable&gt; Fun Pens!', '<Variable> Fun Pens!'],
  ['I <3 you, 1 < 2 > 0', 'I <3 you, 1 < 2 > 0'],
  ['<b', '<b'],
  ['', ''],
])('plainText(%j) is %j', (written, expected) => {
  expect(plainText(written)).toBe(expected);
});

test('text without a mark of HTML is only trimmed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!/[<&]/.test(text));
      expect(plainText(text)).toBe(text.replace(/\s+/g, ' ').trim());
    }),
  );
});

test.each(['<', '<a', '<!--', '&', '&amp;', '<a '.repeat(3), '&lt;a', 'a'])(
  'a mebibyte of %j is passed over, and not again for each part of it',
  (part) => {
    for (const text of [
      part.repeat(2 ** 20 / part.length),
      `<${part.repeat(2 ** 20 / part.length)}`,
    ]) {
      // What takes the square of a mebibyte does not end within a test's time.
      expect(plainText(text).length).toBeLessThanOrEqual(text.length);
    }
  },
);
