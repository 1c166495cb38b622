import { visibleAddress } from '../../events/invisible.ts';
import { asText, text } from './access.ts';

/** A plain decimal (`"19.90"`, `19.9`), or undefined: no thousands separators, signs of money or exponents. */
export function decimal(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const written = typeof value === 'string' ? value.trim() : value;
  if (typeof written === 'string' && !/^[+-]?\d+(\.\d+)?$/.test(written)) return undefined;
  const number = Number(written);
  return Number.isFinite(number) ? number : undefined;
}

const capitals =
  (shape: RegExp) =>
  (value: unknown): string | undefined => {
    const code = asText(value)?.toUpperCase();
    return code !== undefined && shape.test(code) ? code : undefined;
  };

/** ISO 4217 in capitals, or undefined: a rule must never compare with half a currency. */
export const currencyCode = capitals(/^[A-Z]{3}$/);

/** ISO 3166-1 alpha-2 in capitals, or undefined. */
export const countryCode = capitals(/^[A-Z]{2}$/);

/** A language tag as BCP 47 writes it (`pt_br` is `pt-BR`), or undefined. */
export function languageTag(value: unknown): string | undefined {
  const written = asText(value)?.replaceAll('_', '-') ?? '';
  if (!/^[a-z]{2,3}(-[a-z\d]{2,8})*$/i.test(written)) return undefined;
  return written.toLowerCase().replace(/-[a-z\d]{2}(?=-|$)/g, (part) => part.toUpperCase());
}

// docs.stripe.com/currencies, checked 2026-11-21. UGX and ISK have no fractions, but Stripe writes
// both with two decimals ("special cases" on that page), so they are not in the first list.
const ZERO_DECIMALS = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
);
const THREE_DECIMALS = new Set('BHD JOD KWD OMR TND'.split(' '));

/** Stripe's minor units (cents) to major units of the currency. Without a currency there is no amount. */
export function fromMinorUnits(amount: unknown, currency: string | undefined): number | undefined {
  const minor = decimal(amount);
  if (minor === undefined || currency === undefined) return undefined;
  if (ZERO_DECIMALS.has(currency)) return minor;
  return minor / (THREE_DECIMALS.has(currency) ? 1000 : 100);
}

/** What was paid back in all, of amounts that some senders write below zero; undefined where one is not known. */
export function sumOf(amounts: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    sum += Math.abs(amount);
  }
  return Math.round(sum * 1000) / 1000;
}

const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A time as ISO 8601 in UTC, or undefined. Takes ISO 8601 and unix time in seconds, or in milliseconds
 * from 13 digits on. A time without a zone is read as UTC: WooCommerce's `*_gmt` fields are written so.
 */
export function isoTime(value: unknown): string | undefined {
  const written = asText(value);
  if (written === undefined) return undefined;
  if (/^\d{1,16}(\.\d+)?$/.test(written)) {
    const number = Number(written);
    return isoFromMilliseconds(number < 1e12 ? number * 1000 : number);
  }
  const match = ISO_TIME.exec(written);
  if (match === null) return undefined;
  const dateOnly = written.length === 10;
  const zoned = dateOnly || match[1] !== undefined ? written : `${written}Z`;
  return isoFromMilliseconds(Date.parse(zoned.replace(' ', 'T')));
}

const LAST_TIME = Date.UTC(9999, 11, 31);

/** Epoch milliseconds as ISO 8601 in UTC, or undefined outside 1970 to 9999. */
export function isoFromMilliseconds(milliseconds: number): string | undefined {
  return milliseconds >= 0 && milliseconds <= LAST_TIME
    ? new Date(milliseconds).toISOString()
    : undefined;
}

/** How often something is paid: `month`, or several of one as `3 month`. */
export function intervalOf(unit: string | undefined, count: unknown): string | undefined {
  const number = decimal(count) ?? 1;
  return unit === undefined || number === 1 ? unit : `${number} ${unit}`;
}

export interface PersonName {
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
}

export const hasName = ({ firstName, lastName }: Partial<PersonName>): boolean =>
  (firstName ?? lastName) !== undefined;

/** A name in one line as first and last: everything after the first blank is the last name. */
export function splitName(name: string | undefined): PersonName {
  const [, firstName, rest = ''] = /^(\S+)\s*(.*)$/s.exec(name?.trim() ?? '') ?? [];
  return { firstName, lastName: rest.replace(/\s+/g, ' ') || undefined };
}

/** First and last name from the first block that has either, so that the names of two people never mix. */
export const namesOf = (
  blocks: readonly unknown[],
  firstPath: string,
  lastPath: string,
): PersonName | undefined =>
  blocks
    .map((block) => ({ firstName: text(block, firstPath), lastName: text(block, lastPath) }))
    .find(hasName);

/** A list of texts from a list or from comma-separated text; blanks are dropped. */
export function texts(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : (asText(value)?.split(',') ?? []);
  return parts.map(asText).filter((part) => part !== undefined);
}

type TextPair = readonly [name: string | undefined, value: string | undefined];

/**
 * Names and values as one map of texts, the values of a name that comes twice with a comma between. A pair without
 * a name or a value is left out; undefined where none is left.
 */
export function textMap(pairs: Iterable<TextPair>): Record<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name === undefined || value === undefined) continue;
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** The same, but of a name that comes twice the last value counts. */
export const lastTexts = (pairs: readonly TextPair[]): Record<string, string> | undefined =>
  textMap(new Map(pairs.filter(([, value]) => value !== undefined)));

/** The codes in a list of texts or of objects with a `code`; undefined where there is no list. */
export const codesIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value)
    ? value.map((one) => asText(one) ?? text(one, 'code')).filter((code) => code !== undefined)
    : undefined;

/** The codes among them, each once; undefined where there is none. */
export function codes(found: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = [...new Set(found)].filter((code) => code !== undefined);
  return known.length === 0 ? undefined : known;
}

const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/;
const NAMED_EMAIL = /^[^@<>]*<([^@<>]*@[^@<>]*)>$/;

/**
 * The e-mail address that is written here, without invisible characters: one `@` (also a wide one) with something
 * on both sides and no blanks, or such an address in angle brackets after a name.
 */
export function readEmail(written: string | undefined): string | undefined {
  const visible = visibleAddress(written ?? '').replace(/[＠﹫]/g, '@');
  const address = NAMED_EMAIL.exec(visible)?.[1]?.trim() ?? visible;
  return EMAIL.test(address) ? address : undefined;
}

/** Whether this names somebody by an e-mail address, readable or not: `n/a` and the like name nobody. */
export const namesByEmail = (written: string | undefined): boolean =>
  /[@＠﹫]|%40|&(?:#64|#x40|commat);|[([{] ?at ?[)\]}]/i.test(visibleAddress(written ?? ''));
