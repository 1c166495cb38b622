/** Lenient ways to reach into a payload: nothing throws, and what is not there is `undefined`. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value at a dotted path (`line_items.0.title`), or undefined. A key that itself holds the dots
 * (Wix Automations' `contact.Id`) wins.
 */
export function at(value: unknown, path: string): unknown {
  if (isObject(value) && Object.hasOwn(value, path)) return value[path];
  if (!path.includes('.') && !Array.isArray(value)) return undefined;
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.hasOwn(found, key) ? (found as JsonObject)[key] : undefined;
  }
  return found;
}

/** A scalar as trimmed text; undefined for blanks, booleans and structures. Numbers are ids here. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

/** The first result that is not undefined; what comes after it is not read. */
export function firstOf<T, R>(all: Iterable<T>, read: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = read(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text at the first of the paths that holds any. */
export const text = (value: unknown, ...paths: readonly string[]): string | undefined =>
  firstOf(paths, (path) => asText(at(value, path)));

/** The list at the path; an empty one where there is none. */
export function list(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
