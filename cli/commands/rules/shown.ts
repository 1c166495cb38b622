import { oneLine } from '../../../lib/rules/one-line.ts';

/** Characters of a value that fit into a line. */
const MOST = 60;
const MOST_OF_A_LIST = 3;

/** A CEL value for a person, in one short line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(oneLine(value, MOST));
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? 'no time' : value.toISOString();
  if (Array.isArray(value)) return shownList(value);
  if (value instanceof Map) return value.size === 0 ? 'empty' : `{${keys([...value.keys()])}}`;
  if (typeof value !== 'object' || value === null) return String(value);
  // Durations and types of cel-js say what they are; its records do not.
  const own = String(value);
  if (!own.startsWith('[object ')) return own;
  const { title, id } = value as { title?: unknown; id?: unknown };
  const name = title ?? id;
  return typeof name === 'string' ? shown(name) : `{${keys(Object.keys(value))}}`;
}

/** `"a", "b" and 3 more`; each value once. */
export function shownList(values: readonly unknown[]): string {
  const all = [...new Set(values.map(shown))];
  if (all.length === 0) return 'empty';
  const rest = all.length - MOST_OF_A_LIST;
  const first = all.slice(0, MOST_OF_A_LIST).join(', ');
  return rest > 0 ? `${first} and ${rest} more` : first;
}

const keys = (names: readonly unknown[]): string => oneLine(names.map(String).join(', '), MOST);
