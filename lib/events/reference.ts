import type { ContactReference } from './event.ts';
import { visibleAddress } from './invisible.ts';

/** What is equal for all ways to write an e-mail address: no invisible characters, no capitals. */
export const emailKey = (email: string): string => visibleAddress(email).toLowerCase();

/**
 * What is equal for all ways to write a phone number: its digits, after a `+` where they begin with a country
 * code. They do after `+` or `00` (ITU-T E.123), and where there are eleven or more and no leading zero: a
 * shorter number without a `+` may well be somebody's of another country.
 */
export function phoneKey(phone: string): string {
  const written = asciiDigits(visibleAddress(phone));
  const digits = written.replace(/\D/g, '');
  if (/^[^\d+＋]*[+＋]/.test(written)) return `+${digits}`;
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  return /^[1-9]\d{10}/.test(digits) ? `+${digits}` : digits;
}

/** Digits of any script as ASCII writes them: Unicode has the ten of each in a row, from zero on. */
const asciiDigits = (text: string): string =>
  text.replace(/(?!\d)\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (isDigit(code - value - 1)) value += 1;
    return String(value % 10);
  });
const isDigit = (code: number): boolean => /\p{Nd}/u.test(String.fromCodePoint(code));

/** Country codes by their length (ITU-T E.164 and its list of assigned codes, checked 2026-11-28). */
const COUNTRY_CODE = /^\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
const LEAST_DIGITS = 7;
/** Wix takes no phone that is longer (npm @wix/auto_sdk_crm_contacts 1.0.1375, checked 2026-11-21). */
const MOST_CHARACTERS = 50;
const UP = '01234567890123456789';
const DOWN = '98765432109876543210';

/**
 * Whether a phone number can be somebody's. What people put into a field that they do not want to fill is
 * everybody's, and so nobody's: fewer than seven digits, one digit repeated, digits that count up or down,
 * be it all of the number or what follows its country code and its leading zeros.
 */
export function isSomebodysPhone(phone: string): boolean {
  if (phone.length > MOST_CHARACTERS) return false;
  const key = phoneKey(phone);
  const all = key.replace('+', '');
  const national = key.replace(COUNTRY_CODE, '').replace(/^0+/, '');
  return all.length >= LEAST_DIGITS && !isMadeUp(all) && !isMadeUp(national);
}

const isMadeUp = (digits: string): boolean =>
  digits.length === 0 ||
  /^(\d)\1*$/.test(digits) ||
  (digits.length >= LEAST_DIGITS && (counts(UP, digits) || counts(DOWN, digits)));

/** After 9 comes 0, as on a keyboard. */
const counts = (row: string, digits: string): boolean =>
  row.repeat(1 + Math.ceil(digits.length / row.length)).includes(digits);

/** The reference as it is looked up: nothing invisible in its addresses, and no phone that is nobody's. */
export function usableReference({ email, phone, ...rest }: ContactReference): ContactReference {
  const [visibleEmail, visiblePhone] = [email, phone].map((one) => one && visibleAddress(one));
  return {
    ...rest,
    ...(visibleEmail && { email: visibleEmail }),
    ...(visiblePhone && isSomebodysPhone(visiblePhone) && { phone: visiblePhone }),
  };
}
