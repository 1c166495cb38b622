/** Parsing that never throws and keeps big numbers whole, and lenient ways to reach into the result. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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

/** Whether JSON opens more than MAX_DEPTH brackets within each other, those in strings not counted. */
export function isTooDeep(json: string): boolean {
  // Most texts hold fewer in all, and to count those takes a tenth of the time.
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

/** The least number that a double may not hold exactly, 2^53, has so many digits. */
const BIG_DIGITS = 16;
const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';

/** Whether so many digits stand in a row, be it in a string: to see that, one character in 16 is enough. */
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
 * become strings of what was written. A reviver, which is told what was written, takes most of a second
 * where a body is full of small numbers. What is no JSON does not become any.
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

/** Where the string that begins here has its closing quote; the end of the text where it has none. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether nothing but this stands between two of the marks that JSON has around a value. */
function isWholeValue(json: string, start: number, end: number): boolean {
  let before = start - 1;
  while (BLANK.has(json[before])) before -= 1;
  let after = end;
  while (BLANK.has(json[after])) after += 1;
  return BEFORE_VALUE.has(json[before]) && AFTER_VALUE.has(json[after]);
}

const BLANK: ReadonlySet<string | undefined> = new Set(' \t\n\r');
const BEFORE_VALUE: ReadonlySet<string | undefined> = new Set('[:,');
// A colon is not among them: a number is no key.
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

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;

/**
 * What stands at a dotted path (`line_items.0.title`), or undefined. A key that holds the dots itself
 * (Wix Automations' `contact.Id`) wins.
 */
export function at(value: unknown, path: string): unknown {
  if (isObject(value) && Object.hasOwn(value, path)) return value[path];
  if (!path.includes('.') && !Array.isArray(value)) return undefined;
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = own(found, key);
  }
  return found;
}

/** A scalar as trimmed text; undefined for blanks, booleans and structures. Numbers are ids here. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

/** The first of the paths that holds text. */
export function text(value: unknown, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = asText(at(value, path));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The list at the path; an empty one where there is none. */
export function list(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
