import { maskAddresses, mayHoldAddress } from './mask.ts';
import { escaped } from './visible.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** A line of so few characters is written without a closer look. Most have a tenth of that. */
const SHORT_LINE = 4_000;
/** Characters of one text. CloudWatch cuts a line at 256 KB, and what is left is no JSON. */
const LONGEST_TEXT = 2_000;
/** Nothing that is logged on purpose is nested so deep. */
const DEEPEST = 12;

/** What some readers take for a line's end, and what acts in a terminal: C1, bidirectional marks. */
const UNSAFE = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The fields as one line of JSON that holds no e-mail address, neither in a value nor in a key. Each text
 * is masked before it is written: what is replaced in finished JSON may take an escape apart. Never throws.
 */
export const toLine = (fields: LogFields): string =>
  quickly(fields) ?? toJson(cleanEntries(fields, [fields]));

/** JSON as the log has it: what acts on a terminal is escaped. Throws where `JSON.stringify` does. */
export const toJson = (value: unknown): string => JSON.stringify(value).replace(UNSAFE, escaped);

/** How nearly every line is written, at a fifth of the cost; undefined for a line that needs the closer look. */
function quickly(fields: LogFields): string | undefined {
  try {
    const line = toJson(fields);
    return line.length > SHORT_LINE || mayHoldAddress(line) ? undefined : line;
  } catch {
    return undefined;
  }
}

/** What JSON would make of the value, with every text in it masked and cut. */
function clean(value: unknown, around: readonly object[]): unknown {
  if (typeof value === 'string') return cut(maskAddresses(value));
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  // JSON would ask a function, too, for its toJSON.
  if (typeof value !== 'object') return undefined;
  if (around.includes(value)) return '[circular]';
  if (around.length >= DEEPEST) return '[too deep]';
  try {
    return cleanObject(value, [...around, value]);
  } catch {
    return '[unreadable]';
  }
}

function cleanObject(value: object, around: readonly object[]): unknown {
  if ('toJSON' in value && typeof value.toJSON === 'function') return clean(value.toJSON(), around);
  if (Array.isArray(value)) return value.map((one) => clean(one, around));
  if (value instanceof String) return clean(String(value), around);
  return cleanEntries(value, around);
}

const cleanEntries = (value: object, around: readonly object[]): object =>
  Object.fromEntries(
    Object.entries(value).map(([key, one]) => [cut(maskAddresses(key)), clean(one, around)]),
  );

const cut = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
