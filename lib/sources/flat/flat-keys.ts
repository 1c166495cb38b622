import { asText, firstOf, isObject, type JsonObject } from '../payload/access.ts';
import { parseJson } from '../payload/parse.ts';

/** A key or a label as letters and digits alone: `First Name`, `first-name` and `FIRST_NAME` are the same. */
export const canonical = (key: string): string =>
  // Most keys are canonical already, and a body may hold 100,000.
  /[^a-z\d]/.test(key) ? key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') : key;

/** The canonical label without what asks for it: `What is your name?` is `name`, Jotform's `q3_email` `email`. */
export const asked = (label: string): string =>
  canonical(label)
    .replace(/^q\d+(?=\p{L})/u, '')
    .replace(/^(?:please)?(?:enter|provide|whatis|whats|tellus)?(?:your|my)?(?=\p{L})/u, '');

/** What programs write for a missing value, and template fields that nobody filled in. */
const NOTHING = /^(?:undefined|null|NaN|\[object \w+\])$|\{\{[^{}]*\}\}|\$\{[^{}]*\}/;

/** A scalar as text that somebody wrote: neither blank nor what programs write for a missing value. */
export function plain(value: unknown): string | undefined {
  const written = asText(value);
  return written === undefined || NOTHING.test(written) ? undefined : written;
}

/** The same for a name or a title, which people see: one with U+FFFD lost a character on its way, and is dropped. */
export function shown(value: unknown): string | undefined {
  const written = plain(value);
  return written?.includes('\ufffd') ? undefined : written;
}

const BEGINS_JSON = /^(?:\[\s*[[{"'\]]|\{\s*["'}]|\[[^\]]*\]$)/;

/** The list or object in a text of JSON; every other value as it is. */
export function fromJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parseJson(value);
  return typeof parsed === 'object' && parsed !== null ? parsed : value;
}

/** Whether a text begins like a list or an object of JSON, as `[SALE] Lamp` does not. */
export const isBrokenJson = (value: unknown): boolean =>
  plain(value) !== undefined && BEGINS_JSON.test(String(value).trim());

/** Tools send an empty field as blank text, as an empty list, or as `undefined`. */
export const isBlank = (value: unknown): boolean =>
  value == null ||
  (typeof value === 'string' && plain(value) === undefined) ||
  (Array.isArray(value) && value.every(isBlank));

/** An object, looked up by canonical keys. */
export class FlatFields {
  readonly #values = new Map<string, readonly [string, unknown]>();
  readonly #objects = new Map<string, FlatFields | undefined>();
  readonly source: JsonObject;

  constructor(source: JsonObject) {
    this.source = source;
    for (const key of Object.keys(source)) {
      const value = source[key];
      const name = canonical(key);
      const found = this.#values.get(name);
      // Of several spellings the one in lower case wins, whichever stands first; and never a blank value.
      if (!isBlank(value) && (found === undefined || found[0] < key)) {
        this.#values.set(name, [key, value]);
      }
    }
  }

  /** The value of the first of the keys that has one. */
  get(...keys: readonly string[]): unknown {
    return firstOf(keys, (key) => this.#values.get(canonical(key))?.[1]);
  }

  text(...keys: readonly string[]): string | undefined {
    return firstOf(keys, (key) => plain(this.get(key)));
  }

  /** The object under a key, also where it is written as text. */
  object(key: string): FlatFields | undefined {
    const name = canonical(key);
    // Many readers ask for the same object, which may be the whole body.
    if (!this.#objects.has(name)) {
      const found = fromJson(this.get(name));
      this.#objects.set(name, isObject(found) ? new FlatFields(found) : undefined);
    }
    return this.#objects.get(name);
  }
}

/** The values that a sender wrote, each from the first of the places that holds it. */
export const pickerOf = (places: readonly FlatFields[]) => ({
  /** A list or an object, also one written as text, or a scalar. */
  any: (...keys: readonly string[]): unknown =>
    fromJson(firstOf(places, (place) => place.get(...keys))),
  text: (...keys: readonly string[]) => firstOf(places, (place) => place.text(...keys)),
});
export type Picker = ReturnType<typeof pickerOf>;

/** Yes or no as people and programs write it; undefined for everything else. */
export function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const written = asText(value) ?? '';
  if (/^(?:true|yes|y|on|1)$/i.test(written)) return true;
  return /^(?:false|no|n|off|0)$/i.test(written) ? false : undefined;
}
