import type { ContactReference } from './event.ts';
import { visibleAddress } from './invisible.ts';

/** What is equal for all ways to write an e-mail address: no invisible characters, no capitals. */
export const emailKey = (email: string): string => visibleAddress(email).toLowerCase();

/**
 * What is equal for all ways to write a phone number: its digits, after a `+` where they were written with a
 * country code, which is after `+` or `00` (ITU-T E.123); without, the number may be of any country. An
 * extension, which is another person's telephone, follows after an `x`.
 */
export function phoneKey(phone: string): string {
  const written = asciiDigits(visibleAddress(phone));
  const first = Math.max(0, written.search(/\d/));
  const length = written.slice(first).search(EXTENSION);
  const number = length < 0 ? written : written.slice(0, first + length);
  const extension = written.slice(number.length).replace(/\D/g, '');
  return internationalKey(number) + (extension && `x${extension}`);
}

/** What an extension begins with: `ext. 5`, `x5`, `#5`, `;ext=5` (RFC 3966), or a pause in dialling. */
const EXTENSION = /ext|[x#;,]/i;

function internationalKey(number: string): string {
  const digits = number.replace(/\D/g, '');
  if (/^[^\d+＋]*[+＋]/.test(number)) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
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
 * Whether a phone number can be somebody's, and is not made up to fill a field: fewer than seven digits after
 * the country code, one digit repeated, or digits that count up or down, in all of the number or in what
 * follows its country code and leading zeros. Eleven digits and more may begin with a country code without `+`.
 */
export function isSomebodysPhone(phone: string): boolean {
  if (phone.length > MOST_CHARACTERS) return false;
  const [key = ''] = phoneKey(phone).split('x');
  const all = key.replace('+', '');
  const international = /^[1-9]\d{10}/.test(key) ? `+${key}` : key;
  const national = international.replace(COUNTRY_CODE, '').replace(/^0+/, '');
  const counted = key.startsWith('+') ? national : all;
  return counted.length >= LEAST_DIGITS && !isMadeUp(all) && !isMadeUp(national);
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

const idKey = (id: string): string => id.toLowerCase();

export const KEY_OF = {
  contactId: idKey,
  memberId: idKey,
  email: emailKey,
  phone: phoneKey,
} as const;
export type ReferenceKind = keyof typeof KEY_OF;

/** The references of a person, the surest first, each with what is equal for all ways to write it. */
export function* references(contact: ContactReference) {
  for (const by of ['contactId', 'memberId', 'email', 'phone'] as const) {
    const value = contact[by];
    if (value) yield { by, key: KEY_OF[by](value) };
  }
}

/** The first reference as one text: jobs with the same text are about one contact. '' for nobody. */
export function firstReference(contact: ContactReference): string {
  const [first] = references(contact);
  return first ? `${first.by} ${first.key}` : '';
}

/** Whether there is anything to find a contact by; a name alone finds nobody. */
export const namesSomebody = (contact: ContactReference): boolean =>
  firstReference(usableReference(contact)) !== '';
