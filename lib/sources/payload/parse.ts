import { isObject, type JsonObject } from './access.ts';

// Parsing never throws, and keeps big numbers whole.

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes as text, or undefined where they are not UTF-8. A byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Far deeper than any platform nests, and safe for all that walks a body by recursion. */
export const MAX_DEPTH = 100;

/** Whether JSON nests more than MAX_DEPTH brackets; those in strings do not count. */
export function isTooDeep(json: string): boolean {
  // Most texts have fewer brackets in all. Counting them takes a tenth of the time.
  if (count(json, '{') + count(json, '[') <= MAX_DEPTH) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i += 1) {
    const character = json[i];
    if (character === '"') inString = !inString;
    else if (inString && character === '\\') i += 1;
    else if (!inString && (character === '{' || character === '[')) depth += 1;
    else if (!inString && (character === '}' || character === ']')) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** The digits of 2^53: from there on a double may not hold a whole number exactly. */
const BIG_DIGITS = 16;
const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';

/** Whether 16 digits stand in a row, also within a string. One character in 16 shows it. */
function mayHoldBigNumber(json: string): boolean {
  for (let at = BIG_DIGITS - 1; at < json.length; at += BIG_DIGITS) {
    if (!isDigit(json[at])) continue;
    let first = at;
    while (isDigit(json[first - 1])) first -= 1;
    if (endOfDigits(json, at) - first >= BIG_DIGITS) return true;
  }
  return false;
}

/**
 * The JSON with quotes around the whole numbers that a double cannot hold (Shopify's ids), so that they
 * become strings as written. A reviver sees the source text, too, but takes most of a second for a body
 * full of small numbers. Invalid JSON stays invalid.
 */
function quoteBigNumbers(json: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === '"') at = endOfString(json, at);
    if (!isDigit(json[at])) continue;
    const start = json[at - 1] === '-' ? at - 1 : at;
    const end = endOfDigits(json, at);
    if (end - at >= BIG_DIGITS && json[at] !== '0' && isWholeValue(json, start, end)) {
      const written = json.slice(start, end);
      if (!Number.isSafeInteger(Number(written))) {
        parts.push(json.slice(copied, start), `"${written}"`);
        copied = end;
      }
    }
    at = end - 1;
  }
  parts.push(json.slice(copied));
  return parts.join('');
}

function endOfDigits(json: string, digit: number): number {
  let end = digit + 1;
  while (isDigit(json[end])) end += 1;
  return end;
}

/** The place of the closing quote of the string that begins here, or the end of the text. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether this is a whole JSON value: nothing else stands between the marks around it. */
function isWholeValue(json: string, start: number, end: number): boolean {
  let before = start - 1;
  while (BLANK.has(json[before])) before -= 1;
  let after = end;
  while (BLANK.has(json[after])) after += 1;
  return BEFORE_VALUE.has(json[before]) && AFTER_VALUE.has(json[after]);
}

const BLANK: ReadonlySet<string | undefined> = new Set(' \t\n\r');
const BEFORE_VALUE: ReadonlySet<string | undefined> = new Set('[:,');
// No colon: a number is no key.
const AFTER_VALUE: ReadonlySet<string | undefined> = new Set(',]}');

/** The JSON written here, or undefined: none, or deeper than MAX_DEPTH. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(mayHoldBigNumber(text) ? quoteBigNumbers(text) : text);
  } catch {
    // The parser's own message quotes the text, which may name a person.
    return undefined;
  }
}

/** The object written in `input`, or undefined: not UTF-8, not JSON, deeper than MAX_DEPTH, or no object. */
export function parseObject(input: Uint8Array | string): JsonObject | undefined {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const value = text === undefined ? undefined : parseJson(text);
  return isObject(value) ? value : undefined;
}

/** The value itself, or the object inside where it is a string of JSON: Wix sends both forms. */
export function objectOrJson(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value;
  return typeof value === 'string' ? parseObject(value) : undefined;
}
