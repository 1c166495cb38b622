import { decimal } from '../payload/fields.ts';
import { asText, isObject, type JsonObject, parseJson } from '../payload/json.ts';

/** A key or a label as letters and digits alone: `First Name`, `first-name` and `FIRST_NAME` are one. */
export const canonical = (key: string): string =>
  // Most keys are so already, and a body may hold 100,000.
  /[^a-z\d]/.test(key) ? key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') : key;

/** The canonical label without what asks for it: `What is your name?` is `name`, Jotform's `q3_email` `email`. */
export const asked = (label: string): string =>
  canonical(label)
    .replace(/^q\d+(?=\p{L})/u, '')
    .replace(/^(?:please)?(?:enter|provide|whatis|whats|tellus)?(?:your|my)?(?=\p{L})/u, '');

/** What programs write where they had nothing to write, and templates that nobody filled in. */
const NOTHING = /^(?:undefined|null|NaN|\[object \w+\])$|\{\{[^{}]*\}\}|\$\{[^{}]*\}/;

/** A scalar as text that somebody wrote: neither blank nor what a program writes for nothing. */
export function plain(value: unknown): string | undefined {
  const written = asText(value);
  return written === undefined || NOTHING.test(written) ? undefined : written;
}

/** The same of a name or a title, which shows: one with U+FFFD lost a letter on its way, and is none. */
export const shown = (value: unknown): string | undefined => {
  const written = plain(value);
  return written?.includes('\ufffd') ? undefined : written;
};

const BEGINS_JSON = /^(?:\[\s*[[{"'\]]|\{\s*["'}]|\[[^\]]*\]$)/;

/** What a text of JSON holds, where it holds a list or an object; every other value as it is. */
export function fromJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parseJson(value);
  return typeof parsed === 'object' && parsed !== null ? parsed : value;
}

/** Whether a text means to be a list or an object of JSON, as `[SALE] Lamp` does not. */
export const isBrokenJson = (value: unknown): boolean =>
  plain(value) !== undefined && BEGINS_JSON.test(String(value).trim());

/** Tools send a field that is empty as blank text, as an empty list, or as `undefined`. */
export const isBlank = (value: unknown): boolean =>
  value == null ||
  (typeof value === 'string' && plain(value) === undefined) ||
  (Array.isArray(value) && value.every(isBlank));

/** An object by its canonical keys. */
export class Fields {
  readonly #values = new Map<string, readonly [string, unknown]>();
  readonly #objects = new Map<string, Fields | undefined>();
  readonly source: JsonObject;

  constructor(source: JsonObject) {
    this.source = source;
    for (const key of Object.keys(source)) {
      const value = source[key];
      const name = canonical(key);
      const found = this.#values.get(name);
      // Of several spellings the one in lower case, whatever stands first; and never a blank one.
      if (!isBlank(value) && (found === undefined || found[0] < key)) {
        this.#values.set(name, [key, value]);
      }
    }
  }

  /** The value of the first of the keys that has one. */
  get(...keys: readonly string[]): unknown {
    for (const key of keys) {
      const found = this.#values.get(canonical(key));
      if (found !== undefined) return found[1];
    }
    return undefined;
  }

  text = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const found = plain(this.get(key));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  /** The object under a key, be it as text. */
  object(key: string): Fields | undefined {
    const name = canonical(key);
    // Many readers ask for the same one, which may be the whole body.
    if (!this.#objects.has(name)) {
      const found = fromJson(this.get(name));
      this.#objects.set(name, isObject(found) ? new Fields(found) : undefined);
    }
    return this.#objects.get(name);
  }
}

/** The values that a sender wrote, from the first of the places that holds each. */
export interface Picker {
  /** A list or an object, be it as text, or a scalar. */
  any(...keys: readonly string[]): unknown;
  text(...keys: readonly string[]): string | undefined;
  shown(...keys: readonly string[]): string | undefined;
  number(...keys: readonly string[]): number | undefined;
}

export function pickerOf(places: readonly Fields[]): Picker {
  const first = <T>(read: (place: Fields) => T | undefined): T | undefined => {
    for (const place of places) {
      const found = read(place);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const text: Picker['text'] = (...keys) => first((place) => place.text(...keys));
  return {
    any: (...keys) => fromJson(first((place) => place.get(...keys))),
    text,
    shown: (...keys) => shown(text(...keys)),
    number: (...keys) => decimal(text(...keys)),
  };
}

/** Yes or no as people and programs write it; undefined for all else. */
export function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const written = asText(value) ?? '';
  if (/^(?:true|yes|y|on|1)$/i.test(written)) return true;
  return /^(?:false|no|n|off|0)$/i.test(written) ? false : undefined;
}
