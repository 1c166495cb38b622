import { canonical } from '../../../../lib/sources/flat/flat-keys.ts';
import { personWord } from '../../../../lib/sources/flat/form-answers.ts';
import { asText, isObject, type JsonObject, text } from '../../../../lib/sources/payload/access.ts';
import { readEmail } from '../../../../lib/sources/payload/fields.ts';
import { isIndex } from './leaves.ts';

const EMAILS = /[^\s@<>"(),;:]+@[^\s@<>"(),;:]+\.[^\s@<>"(),;:]+/g;
const PHONES = /\+\d[\d ().-]{6,}\d/g;
const URLS = /https?:\/\/[^\s"'<>]+/g;
const ADDRESSES = /\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}\b/gi;
const TOKENS =
  /\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*|\b(?=[\da-z+/_-]*\d)(?=[\da-z+/_-]*[a-z])[\da-z+/_-]{48,}={0,2}/gi;
const WORDS = /(?<![\p{L}\p{N}_])\p{L}[\p{L}'’-]*(?![\p{L}\p{N}_])/gu;
const KEYS_OF_OTHERS =
  /product|item|plan|price|offer|course|variant|form|event|company_?plan|campaign|shop|store|tier|service/i;
const PERSONS =
  /customer|buyer|payer|invitee|subscriber|user|member|contact|person|attendee|guest|respondent|organi[sz]er|owner|billing|shipping|address|recipient|client|lead|attributes|host|sender|author|sponsor/i;

/** What stands in place of a value, by the whole key in letters and digits. */
const BY_KEY: readonly (readonly [RegExp, string | number])[] = [
  [
    /secret|token|signature|password|passwd|apikey|hmac|nonce|authorization|session|csrf|licensekey|clientkey/,
    'invented',
  ],
  [/^(?:first|given|fore)name$|^fname$|^nickname$|^first$/, 'Kim'],
  [/^(?:last|sur|family)name$|^lname$|^last$|^middlename$/, 'Example'],
  [/username$|^login$|^handle$|^twitter|^instagram|^skype/, 'kim'],
  [
    /(?:full|display|customer|buyer|user|contact|billing|shipping|recipient|attendee|guest|cardholder|holder|payer|owner|primarycontact)name$/,
    'Kim Example',
  ],
  [/phone|mobile|telephone|^tel$|^fax|whatsapp|^cell$|smsnumber/, '+12025550123'],
  [
    /^(?:address(?:line)?1?|street(?:address|line)?1?|line1|addr1?|formattedaddress|fulladdress|postaladdress)$/,
    'Example Street 1',
  ],
  [/^(?:address(?:line)?[23]|street(?:line)?2|line[23])$/, 'Floor 2'],
  [/^(?:city|town|locality|suburb)$/, 'Springfield'],
  [/^(?:zip|zipcode|postcode|postalcode|postal)$/, '12345'],
  [/^(?:state|province|region|county|provincecode|statecode|adminarea\w*)$/, 'State'],
  [/^(?:lat|latitude|lng|lon|longitude)$/, 0],
  [
    /^(?:company|companyname|organization|organisation|orgname|businessname|employer|firm)$/,
    'Example Inc.',
  ],
  [/birth|^dob$|^age$/, '1990-01-01'],
  [/^(?:gender|sex|nationality|race)$/, 'not said'],
  [/useragent/, 'Mozilla/5.0'],
  [/^(?:ip|ipaddress|clientip|browserip|remoteaddr)$/, '192.0.2.1'],
  [
    /last4|lastfour|^iban|taxid|vatid|vatnumber|^ssn|cardnumber|accountnumber|fingerprint|^bin$/,
    '4242',
  ],
  [
    /^(?:note|notes|message|comment|comments|bio|about|reason|description|feedback|memo|freetext|subject|text)$/,
    'Some text.',
  ],
];

/** What a text is read with: each sender's person has one invented address, wherever it stands. */
function replacing(names: ReadonlySet<string>, first: string | undefined) {
  const people = new Map<string, string>();
  const urls = new Map<string, string>();
  const nameOf = (email: string): string => {
    const key = email.toLowerCase();
    const invented = ['kim', 'lee', 'ada', 'max'][people.size] ?? `person${people.size}`;
    if (!people.has(key)) people.set(key, `${invented}@example.com`);
    return people.get(key) ?? '';
  };
  const urlOf = (url: string): string => {
    if (!urls.has(url)) urls.set(url, `https://example.com/${urls.size + 1}`);
    return urls.get(url) ?? '';
  };
  if (first !== undefined) nameOf(first);
  return (written: string): string =>
    written
      .replace(URLS, urlOf)
      .replace(EMAILS, nameOf)
      .replace(PHONES, '+12025550123')
      .replace(ADDRESSES, '192.0.2.1')
      .replace(TOKENS, 'invented')
      .replace(WORDS, (word) =>
        /^\p{Lu}/u.test(word) && names.has(word.toLowerCase()) ? 'Kim' : word,
      );
}

/**
 * A body with invented persons in place of those in it: the structure, the ids and the amounts stay.
 * @param answers the places with the answers of a form
 * @param email the customer's, which becomes kim@example.com
 */
export function invented(body: unknown, answers: readonly string[], email?: string): unknown {
  const replaced = replacing(namesIn(body), email);
  const visit = (value: unknown, keys: readonly string[], around: JsonObject): unknown => {
    if (Array.isArray(value))
      return value.map((one, i) => visit(one, [...keys, String(i)], around));
    if (isObject(value)) {
      const inner = (key: string) => visit(value[key], [...keys, key], value);
      return Object.fromEntries(
        Object.keys(value).map((key) => [key.includes('@') ? replaced(key) : key, inner(key)]),
      );
    }
    if (typeof value === 'boolean' || value === null || value === '') return value;
    if (readEmail(asText(value)) !== undefined) return replaced(String(value));
    const isAnswer = answers.some((place) => keys.join('.').startsWith(`${place}.`));
    const stated =
      byKey(keys, value, around) ?? (isAnswer ? answerFor(keys, value, around) : undefined);
    if (stated !== undefined) return typeof value === 'number' ? digitsOf(stated) : stated;
    return typeof value === 'string' ? replaced(value) : value;
  };
  return visit(body, [], {});
}

const digitsOf = (stated: string | number): number =>
  typeof stated === 'number' ? stated : Number(stated.replace(/\D/g, '').slice(0, 11)) || 0;

const keyOf = (keys: readonly string[]): string =>
  canonical(keys.findLast((one) => !isIndex(one)) ?? '');

/** The words of persons' names in a body, which may stand in other texts, too. */
function namesIn(body: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  const visit = (value: unknown, keys: readonly string[], around: JsonObject): void => {
    if (typeof value === 'object' && value !== null) {
      const own = isObject(value) ? value : around;
      for (const [key, one] of Object.entries(value)) visit(one, [...keys, key], own);
    } else if (typeof value === 'string' && NAMES.has(byKey(keys, value, around) ?? '')) {
      for (const [word] of value.matchAll(WORDS))
        if (word.length > 2) words.add(word.toLowerCase());
    }
  };
  visit(body, [], {});
  return words;
}

const NAMES = new Set<string | number>(['Kim', 'Example', 'Kim Example']);

function byKey(
  keys: readonly string[],
  value: unknown,
  around: JsonObject,
): string | number | undefined {
  const key = keyOf(keys);
  const known = BY_KEY.find(([pattern]) => pattern.test(key))?.[1];
  const isOfProduct = keys.slice(0, -1).some((one) => KEYS_OF_OTHERS.test(one));
  if (known !== undefined) {
    // The state of an order is a word of the sender's, the state of a person is a place.
    const isOpen = /^(?:description|text|subject|message|reason)$/.test(key) && isOfProduct;
    const isState = key === 'state' && !keys.some((one) => PERSONS.test(one));
    const isNumber =
      typeof value === 'number' && !/phone|zip|post|lat|lon|lng|last4|iban|account|card/.test(key);
    return isOpen || isState || isNumber ? undefined : known;
  }
  if (key !== 'name') return undefined;
  const parent = keys.slice(0, -1).findLast((one) => !isIndex(one)) ?? '';
  const isPersons = Object.keys(around).some((one) => /e_?mail|first_?name|last_?name/i.test(one));
  return isPersons || (PERSONS.test(parent) && !KEYS_OF_OTHERS.test(parent))
    ? 'Kim Example'
    : undefined;
}

/** An answer's own words; its question, its type and its ids stay. */
function answerFor(
  keys: readonly string[],
  value: unknown,
  around: JsonObject,
): string | undefined {
  const key = keyOf(keys);
  if (ABOUT_ANSWERS.test(key)) return undefined;
  const label = personWord(text(around, 'question', 'label', 'title', 'name', 'key', 'ref') ?? key);
  if (/phone|mobile/.test(label) || /^\+?[\d ().-]{8,}$/.test(String(value))) return '+12025550123';
  if (/^first|^given/.test(label)) return 'Kim';
  if (/^(?:last|sur|family)/.test(label)) return 'Example';
  if (/^(?:full)?name$/.test(label)) return 'Kim Example';
  return typeof value === 'string' ? 'An answer' : undefined;
}

const ABOUT_ANSWERS =
  /^(?:question|label|title|heading|headings|key|ref|slug|type|id|questionid|questionuuid|uuid|position|name|field\w*|kind)$/;
