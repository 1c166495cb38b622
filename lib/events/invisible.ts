/**
 * Zero-width characters, bidirectional marks, byte order marks, soft hyphens, fillers, variation selectors, tags
 * (Default_Ignorable_Code_Point, UAX #44, Unicode 17, checked 2026-11-28), and the interlinear marks.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** A byte order mark is a blank to regular expressions, and to nobody else. */
const BLANK = /[^\S\ufeff]|\p{Cc}/u;
const GAP = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]+/gu;
/** Control characters that are no blanks: an address is never written with them. */
const CONTROLS = /(?!\s)\p{Cc}/gu;

/** Those that change how their neighbours are drawn: joiners, selectors of a glyph, the tags of a flag. */
const SHAPING =
  /[\u180b-\u180f\u200c]|\u200d|[\ufe00-\ufe0f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u;

/** Scripts in common use whose letters join or stack, so that a joiner between them is seen. */
const JOINING_SCRIPTS =
  'Arabic Syriac Nko Adlam Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada ' +
  'Malayalam Sinhala Khmer Myanmar Balinese Javanese Sundanese';

/** Shaping characters: in group 1 with what they are seen on, or elsewhere. */
function shaping(): RegExp {
  const scripts = JOINING_SCRIPTS.split(' ').map((script) => `\\p{Script_Extensions=${script}}`);
  const letter = `(?!${SHAPING.source})[${scripts.join('')}]`;
  const emoji = '\\p{Extended_Pictographic}';
  const seen = [
    '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}',
    `${emoji}[\\ufe0e\\ufe0f\\p{Emoji_Modifier}]?(?:\\u200d(?=${emoji}))?`,
    '[#*0-9]\\ufe0f(?=\\u20e3)',
    '\\p{Script=Han}[\\ufe00-\\ufe0d\\u{e0100}-\\u{e01ef}]',
    '(?![\\u180b-\\u180f])\\p{Script=Mongolian}[\\u180b-\\u180f]',
    `${letter}(?:\\u200d|\\u200c(?=${letter}))`,
  ];
  return new RegExp(`(${seen.join('|')})|${SHAPING.source}`, 'gu');
}
let inPlace: RegExp | undefined;

/** An e-mail address or a phone number without what nobody sees in it, and without blanks at its ends. */
export const visibleAddress = (address: string): string =>
  address.replace(INVISIBLE, '').replace(CONTROLS, '').trim();

/**
 * A name without what nobody sees in it. What joins an emoji or shapes a letter of some scripts stays where
 * it does that: Persian, Indic scripts and many emoji are written with it. Idempotent.
 */
export function visibleName(name: string): string {
  // Few names hold any: the tables of the second expression are not loaded for the others.
  if (name.search(INVISIBLE) < 0) return name;
  const shaped = name.replace(INVISIBLE, (one) => (SHAPING.test(one) ? one : ''));
  if (!SHAPING.test(shaped)) return shaped;
  inPlace ??= shaping();
  return shaped.replace(inPlace, '$1');
}

/**
 * A text whose gaps, of blanks and what nobody sees, have at most 17 characters: of longer ones the ends
 * stay, which may shape their neighbours, and a blank where one was.
 */
export function shortGaps(text: string): string {
  return text.replace(GAP, (gap) => {
    if (gap.length <= 17) return gap;
    const all = [...gap];
    if (all.length <= 17) return gap;
    return [...all.slice(0, 8), BLANK.test(gap) ? ' ' : '', ...all.slice(-8)].join('');
  });
}
