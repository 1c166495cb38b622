// Why a rule failed, without a value of the event: reasons end up in logs and dead letters, and cel-js puts
// values into some of its messages (bool("…"), computed keys, overflows). So a reason is made of the error's
// code and the rule's own text.

import { oneLine } from './one-line.ts';

/** Characters shown of a rule's text, and of the names of types, which nest as deep as the sender's data. */
const SHOWN = 120;
const MISSING = new Set(['no_such_key', 'index_out_of_bounds']);
/** Codes of cel-js 8.0.0 whose summary names types and functions only (read in its source). */
const TYPES_ONLY = new Set([
  'no_such_overload',
  'no_matching_overload',
  'invalid_condition_type',
  'invalid_logical_operand',
  'variable_type_mismatch',
]);

/** The reason for a value that cel-js threw. `expression` is the rule's own text. */
export function failureReason(error: unknown, expression: string): string {
  const { code, summary, node } = (error ?? {}) as {
    code?: unknown;
    summary?: unknown;
    node?: { start?: unknown; end?: unknown };
  };
  const from = typeof node?.start === 'number' ? node.start : 0;
  const to = typeof node?.end === 'number' ? node.end : expression.length;
  const part = `\`${oneLine(expression.slice(from, to), SHOWN)}\``;
  if (typeof code !== 'string') return `${part} cannot be computed for this event`;
  if (MISSING.has(code) && part.startsWith('`{')) return `${part} has no such key`;
  if (MISSING.has(code)) return `${part} is missing from this event`;
  if (TYPES_ONLY.has(code)) return `${part}: ${oneLine(String(summary), SHOWN)}`;
  return `${part} cannot be computed for this event (${code})`;
}

/** The CEL type of a value, for a reason that must not show the value itself. */
export function celTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const names: Record<string, string> = { boolean: 'bool', bigint: 'int', number: 'double' };
  return names[typeof value] ?? (value instanceof Map ? 'map' : typeof value);
}
