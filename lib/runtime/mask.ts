/**
 * At signs in the spellings that reach a log: as it is, wide, URL-encoded once or oftener, as an entity
 * of HTML, and as an escape of JSON within a text.
 */
const AT_SIGN = /[@＠﹫]|%(?:25)*40|&(?:#0*64|#x0*40|commat);|\\u0040/gi;

/** A sign of one character behind this is no address: `Meet @ noon`, `@home`. No line ends. */
const BLANK = /\p{Zs}/u;
/** JavaScript calls the byte order mark a blank, but it is invisible and ends no word. */
const REST_OF_WORD = /(?:\S|\ufeff)*/y;
const END_OF_WORD = /[^\S\ufeff]/;

/**
 * The text with `[e-mail]` in place of each word that holds an address. A quoted local part belongs to the
 * word, with its blanks (RFC 5321 §4.1.2), and so does all that is glued to an address. Linear in the length.
 */
export function maskAddresses(text: string): string {
  let masked = '';
  let end = 0;
  for (const { 0: sign, index } of text.matchAll(AT_SIGN)) {
    if (index < end) continue;
    const before = text[index - 1];
    if (sign.length === 1 && (before === undefined || BLANK.test(before))) continue;
    const start = beginOfAddress(text, end, index);
    REST_OF_WORD.lastIndex = index + sign.length;
    REST_OF_WORD.test(text);
    masked += `${text.slice(end, start)}[e-mail]`;
    end = REST_OF_WORD.lastIndex;
  }
  return end === 0 ? text : masked + text.slice(end);
}

/** Whether the text may hold what `maskAddresses` changes: a quick look. */
export const mayHoldAddress = (text: string): boolean => text.search(AT_SIGN) >= 0;

/** Looks back from the sign, to `from` at most: what is before that is written already. */
function beginOfAddress(text: string, from: number, sign: number): number {
  let start = text[sign - 1] === '"' ? openingQuote(text, from, sign - 1) : sign;
  while (start > from && !END_OF_WORD.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/**
 * Where the quote that is closed at `close` was opened. A quote behind an odd number of backslashes is part of
 * the quoted text; where the closing one stands behind an odd number, the text is JSON within a text.
 */
function openingQuote(text: string, from: number, close: number): number {
  const depth = backslashesBefore(text, from, close);
  let earliest = close;
  for (let at = close - depth - 1; at >= from; at -= 1) {
    if (text[at] !== '"') continue;
    const own = backslashesBefore(text, from, at);
    if (depth % 2 === 0 ? own % 2 === 0 : own <= depth) return at;
    earliest = at;
    at -= own;
  }
  // It may have been opened in what is masked already; else the earliest quote is taken.
  return from > 0 ? from : earliest;
}

function backslashesBefore(text: string, from: number, end: number): number {
  let start = end;
  while (start > from && text[start - 1] === '\\') start -= 1;
  return end - start;
}
