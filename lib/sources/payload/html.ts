import { decodeHTMLStrict } from 'entities/decode';

// The end of the name is checked first, or a long name without an end would take quadratic time.
const TAG = /<(?:!--|\/?([a-z][a-z\d-]*)(?=[\s/>]))[^<>]*>/gi;
/** Elements of HTML that stand in names; those that begin a new line leave a blank. */
const INLINE = new Set(
  'a abbr b bdi bdo big cite code del em font i img ins kbd mark q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
const BLOCK = new Set('br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p table td th tr ul'.split(' '));
/** An editor that encodes, and a plugin that encodes again, make two; more was never seen. */
const MOST_ENCODINGS = 3;

/**
 * A name as WordPress writes it, as text: without tags, with entities decoded, also those encoded twice, and with
 * single blanks. What was encoded and is no element of HTML stays (`&lt;Variable&gt; Fun Pens!`), and so does what is
 * no entity (`R&D`): WordPress writes the semicolon.
 */
export function plainText(written: string): string {
  let text = written.replace(TAG, (_tag, name?: string) => (isBlock(name) ? ' ' : ''));
  for (let round = 0; round < MOST_ENCODINGS && text.includes('&'); round += 1) {
    const decoded = decodeHTMLStrict(text);
    if (decoded === text) break;
    text = decoded.replace(TAG, (tag, name = '') => {
      if (isBlock(name)) return ' ';
      return INLINE.has(name.toLowerCase()) ? '' : tag;
    });
  }
  return text.replace(/\s+/g, ' ').trim();
}

const isBlock = (name = ''): boolean => BLOCK.has(name.toLowerCase());
