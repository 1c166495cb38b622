import { visibleAddress } from '../../events/invisible.ts';
import { asText, text } from './json.ts';

/** A plain decimal (`"19.90"`, `19.9`), or undefined: no thousands separators, signs of money or exponents. */
export function decimal(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const written = typeof value === 'string' ? value.trim() : value;
  if (typeof written === 'string' && !/^[+-]?\d+(\.\d+)?$/.test(written)) return undefined;
  const number = Number(written);
  return Number.isFinite(number) ? number : undefined;
}

/** ISO 4217 in capitals, or undefined: a rule must never compare with half a currency. */
export function currencyCode(value: unknown): string | undefined {
  const code = asText(value)?.toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** ISO 3166-1 alpha-2 in capitals, or undefined. */
export function countryCode(value: unknown): string | undefined {
  const code = asText(value)?.toUpperCase();
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined;
}

/** A language tag as BCP 47 writes it (`pt_br` is `pt-BR`), or undefined. */
export function languageTag(value: unknown): string | undefined {
  const written = asText(value)?.replaceAll('_', '-') ?? '';
  if (!/^[a-z]{2,3}(-[a-z\d]{2,8})*$/i.test(written)) return undefined;
  const [language = '', ...rest] = written.toLowerCase().split('-');
  return [language, ...rest.map((part) => (part.length === 2 ? part.toUpperCase() : part))].join(
    '-',
  );
}

// docs.stripe.com/currencies, checked 2026-11-21. UGX and ISK have no fractions, but Stripe writes
// both with two decimals ("special cases" of that page), so they are not in the first list.
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

/** One line of name as first and last: everything after the first blank is the last name. */
export function splitName(name: string | undefined): {
  firstName: string | undefined;
  lastName: string | undefined;
} {
  const [, firstName, rest = ''] = /^(\S+)\s*(.*)$/s.exec(name?.trim() ?? '') ?? [];
  return { firstName, lastName: rest.replace(/\s+/g, ' ') || undefined };
}

/** A list of texts from a list or from comma-separated text; blanks are dropped. */
export function texts(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : (asText(value)?.split(',') ?? []);
  return parts.map(asText).filter((part) => part !== undefined);
}

/**
 * Names and values as one map of texts, those of a name that comes twice with a comma between. What has no
 * name or no value is left out; undefined where nothing is left.
 */
export function textMap(
  pairs: Iterable<readonly [name: string | undefined, value: string | undefined]>,
): Record<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name === undefined || value === undefined) continue;
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** The codes among them, each once; undefined where there is none. */
export function codes(found: readonly (string | undefined)[]): readonly string[] | undefined {
  const spelt = [...new Set(found)].filter((code) => code !== undefined);
  return spelt.length === 0 ? undefined : spelt;
}

const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/;
const NAMED_EMAIL = /^[^@<>]*<([^@<>]*@[^@<>]*)>$/;

/**
 * The e-mail address that is written here: one `@`, be it a wide one, with something on both sides and no
 * blanks; or such a one in angle brackets after a name. Without what nobody sees in it.
 */
export function readEmail(written: string | undefined): string | undefined {
  const visible = visibleAddress(written ?? '').replace(/[＠﹫]/g, '@');
  const address = NAMED_EMAIL.exec(visible)?.[1]?.trim() ?? visible;
  return EMAIL.test(address) ? address : undefined;
}

/** Whether somebody is named by an e-mail address here, readable or not: `n/a` and the like name nobody. */
export const namesByEmail = (written: string | undefined): boolean =>
  /[@＠﹫]|%40|&(?:#64|#x40|commat);|[([{] ?at ?[)\]}]/i.test(visibleAddress(written ?? ''));

/** First and last name from the first block that has either, so that the names of two people never mix. */
export function namesOf(
  blocks: readonly unknown[],
  firstPath: string,
  lastPath: string,
): { firstName: string | undefined; lastName: string | undefined } {
  const names = blocks.map((block) => ({
    firstName: text(block, firstPath),
    lastName: text(block, lastPath),
  }));
  const found = names.find(({ firstName, lastName }) => (firstName ?? lastName) !== undefined);
  return found ?? { firstName: undefined, lastName: undefined };
}
