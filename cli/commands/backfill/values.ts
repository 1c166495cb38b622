import { isoTime } from '../../../lib/sources/payload/fields.ts';

/** A text that says nothing: how exports write "none". */
export const isBlank = (text: string | undefined): boolean =>
  text === undefined || /^(?:-|n\/a|null)?$/i.test(text.trim());

/**
 * An amount as exports write it: `1234.5`, `1,234.50`, `1.234,50`, `0,25`, with a currency sign or without.
 * @returns undefined for anything else, and for what may be read in two ways (`1,234`)
 */
export function amount(text: string): number | undefined {
  const bare = text.replaceAll(/[\s\p{Sc}'’]/gu, '');
  if (!/^[+-]?\d[\d.,]*$/.test(bare)) return undefined;
  const decimal = decimalMark(bare);
  if (decimal === undefined) return undefined;
  const [whole = '', fraction, ...more] = decimal === '' ? [bare] : bare.split(decimal);
  if (more.length > 0 || /[.,]/.test(fraction ?? '')) return undefined;
  if (!/^[+-]?(?:\d+|\d{1,3}(?:[.,]\d{3})+)$/.test(whole)) return undefined;
  return Number(`${whole.replaceAll(/[.,]/g, '')}.${fraction || 0}`);
}

/** '' where there are no decimals, undefined where both readings are possible. */
function decimalMark(text: string): '' | '.' | ',' | undefined {
  const commas = text.split(',').length - 1;
  const points = text.split('.').length - 1;
  if (commas > 0 && points > 0) return text.lastIndexOf(',') > text.lastIndexOf('.') ? ',' : '.';
  if (commas === 0 && points === 0) return '';
  if (commas > 1 || points > 1) return '';
  // One point is a decimal point wherever software writes; one comma before three digits may be either.
  if (points === 1) return '.';
  return /,\d{3}$/.test(text) ? undefined : ',';
}

/** Which number comes first in `3/4/2026`. */
export type DateOrder = 'day' | 'month';

const SLASHED =
  /^(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:,? +(\d{1,2}):(\d\d)(?::(\d\d))?(?: *([ap])m)?)?$/i;

/**
 * What the dates of a file say about their own order: a number over 12 is no month. `3.4.2026` has the day
 * first everywhere.
 */
export function dateOrderOf(texts: Iterable<string>): DateOrder | 'either' | 'both' {
  let day = false;
  let month = false;
  for (const text of texts) {
    const match = SLASHED.exec(text.trim());
    if (!match) continue;
    if (match[2] === '.' || Number(match[1]) > 12) day = true;
    else if (Number(match[3]) > 12) month = true;
  }
  if (day && month) return 'both';
  return day ? 'day' : month ? 'month' : 'either';
}

/** True for a time that says how far it is from UTC: with an offset, or in unix seconds. */
export const hasZone = (text: string): boolean =>
  /(?:Z|UTC|\d\d:\d\d.* ?[+-]\d\d:?\d\d|^\d+)$/i.test(text.trim());

/** True for a date whose order has to be known. */
export const isSlashed = (text: string): boolean => SLASHED.test(text.trim());

/**
 * A date as exports write it, in ISO 8601; UTC where it names no zone. Undefined for anything else.
 * `2026-03-04 10:00:00 -0500`, `2026-03-04T10:00:00Z`, `2026-03-04 10:00`, unix seconds, `3/4/2026 6:29 PM`.
 */
export function date(text: string, order: DateOrder): string | undefined {
  const written = text.trim();
  const match = SLASHED.exec(written);
  if (!match)
    return isoTime(written.replace(/ (?=(?:Z|[+-]\d\d:?\d\d)$)/, '').replace(/ UTC$/i, 'Z'));
  const [, first, , second, year, hour = '0', minute = '00', seconds = '00', half] = match;
  const [day, month] = order === 'day' ? [first, second] : [second, first];
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  const two = (part: string | number | undefined) => String(part).padStart(2, '0');
  return isoTime(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${seconds}Z`);
}
