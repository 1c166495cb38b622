/**
 * The characters that no terminal may get, by Unicode's own properties: controls (escape sequences begin with
 * one), bidirectional controls, separators of lines and paragraphs, halves of surrogate pairs, invisible
 * characters, and interlinear annotation. Joiners and variation selectors belong to emoji and to scripts.
 * https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point (checked 2026-11-28)
 */
const UNSEEN =
  /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\n\t\u200c\u200d\p{Variation_Selector}]]/gv;

/**
 * The text with everything visible: what a terminal would obey, or not show, stands as JSON writes it
 * (`\u202e`). A line's end is a line feed. JSON stays the same JSON. Idempotent.
 */
export const visible = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(UNSEEN, escaped);

/** The text without what `visible` would show, for files that nobody's terminal shows. */
export const withoutUnseen = (text: string): string => text.replace(UNSEEN, '');

/** The text on one line, its line feeds and tabs visible: a value cannot look like a further line of ours. */
export const unbroken = (text: string): string => text.replace(/\r?\n|\t/g, escaped);

/** Each UTF-16 unit by its number, as JSON writes it: `\u202e`. */
export const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
