/** Parsing that never throws and keeps big numbers whole, and lenient ways to reach into the result. */

export type JsonObject = Readonly<Record<string, unknown>>;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse` with the third reviver argument (ES2026, in V8 since Node 22), which no TypeScript lib types yet. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whole numbers that a double cannot hold (Shopify's ids) become strings of what was written. */
const keepBigNumbers: Reviver = (_key, value, { source }) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  source !== undefined &&
  /^-?\d+$/.test(source)
    ? source
    : value;

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
function isTooDeep(json: string): boolean {
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
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Whether so many digits stand in a row, be it in a string: to see that, one character in 16 is enough. */
function mayHoldBigNumber(json: string): boolean {
  for (let at = BIG_DIGITS - 1; at < json.length; at += BIG_DIGITS) {
    if (!isDigit(json.charCodeAt(at))) continue;
    let first = at;
    while (isDigit(json.charCodeAt(first - 1))) first -= 1;
    let last = at;
    while (isDigit(json.charCodeAt(last + 1))) last += 1;
    if (last - first + 1 >= BIG_DIGITS) return true;
  }
  return false;
}

/** The object written in `input`, or undefined: not UTF-8, not JSON, deeper than MAX_DEPTH, or no object. */
export function parseObject(input: Uint8Array | string): JsonObject | undefined {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  if (text === undefined || isTooDeep(text)) return undefined;
  try {
    // With a reviver JSON.parse takes five times as long, and few payloads hold such a number.
    const value = mayHoldBigNumber(text) ? parseWithSource(text, keepBigNumbers) : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's own message quotes the text, which may name a person.
    return undefined;
  }
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
