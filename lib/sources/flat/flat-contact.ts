import { emailKey } from '../../events/contact.ts';
import type { Draft } from '../payload/draft.ts';
import { countryCode, languageTag, namesByEmail, readEmail, splitName } from '../payload/fields.ts';
import { asText, isObject, type JsonObject } from '../payload/json.ts';
import { type Fields, isBlank, plain, shown, yesOrNo } from './flat-keys.ts';
import { type Answer, emailRank, isPhone, personWord } from './form-answers.ts';

type Contact = Draft['contact'];

const EMAIL = ['email', 'email_address', 'your_email', 'your_email_address'] as const;
const PHONE = [
  'phone',
  'phone_number',
  'mobile',
  'mobile_number',
  'your_phone',
  'telephone',
] as const;
export const PERSON = [
  ...EMAIL,
  ...PHONE,
  ...['contact_id', 'member_id', 'first_name', 'last_name', 'name', 'full_name', 'your_name'],
  ...['country', 'country_code', 'language', 'locale', 'accepts_marketing', 'marketing_consent'],
];

/** The person of the flat schema: in its own fields, or in an object `contact`. */
export function flatContact(places: readonly Fields[]): Contact {
  const all = places.flatMap((place) => {
    const contact = place.object('contact');
    return contact === undefined ? [place] : [place, contact];
  });
  const pick = (...keys: readonly string[]): string | undefined => {
    for (const place of all) {
      const found = place.text(...keys);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  // Webflow's `payload.name` is the form's: a name counts beside the e-mail, or at the top.
  const withEmail = all.find((place) => firstEmail([emailOf(place)]) !== undefined);
  const named = withEmail === undefined ? all : [withEmail, ...topOf(places, all)];
  return {
    contactId: contactIdOf(places, all),
    memberId: pick('member_id'),
    email: firstEmail(all.map(emailOf)),
    phone: pick(...PHONE),
    ...namesIn(named),
    country: countryCode(pick('country_code') ?? pick('country')),
    language: languageTag(pick('language', 'locale')),
    acceptsMarketing: yesOrNo(
      all.map((p) => p.get('accepts_marketing', 'marketing_consent')).find((v) => v !== undefined),
    ),
  };
}

/** The body, and the `contact` in any of the places. */
const topOf = (places: readonly Fields[], all: readonly Fields[]): readonly Fields[] =>
  all.filter((place) => place === places[0] || !places.includes(place));

/** Wix Automations: `contact.Id`, and the same as a key of its own. */
function contactIdOf(places: readonly Fields[], all: readonly Fields[]): string | undefined {
  for (const place of all) {
    const id = place.text('contact_id') ?? (places.includes(place) ? undefined : place.text('id'));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The names of one block, so that those of two people never mix. */
function namesIn(blocks: readonly Fields[]): Pick<Contact, 'firstName' | 'lastName'> {
  for (const block of blocks) {
    const parts = block.object('name');
    const split = splitName(shown(block.text('name', 'full_name', 'your_name')));
    const firstName =
      shown(block.text('first_name')) ?? shown(parts?.text('first')) ?? split.firstName;
    const lastName = shown(block.text('last_name')) ?? shown(parts?.text('last')) ?? split.lastName;
    if ((firstName ?? lastName) !== undefined) return { firstName, lastName };
  }
  return { firstName: undefined, lastName: undefined };
}

/**
 * What stands for an e-mail in one place. A list, as of a form's key that came twice, is read where all of it
 * is one e-mail; all else becomes a text that is none, so that it is not taken for nothing.
 */
function emailOf(place: Fields): string | undefined {
  for (const key of EMAIL) {
    const written = place.get(key);
    if (isBlank(written)) continue;
    if (typeof written !== 'object') return plain(written);
    const all = Array.isArray(written) ? written.map(asText) : [];
    if (all.includes(undefined) || all.length === 0) return `no text: ${JSON.stringify(written)}`;
    return joined(all.map((one = '') => one));
  }
  return undefined;
}

/** Several that are one, as one; several that differ are a text that is no address. */
const joined = (all: readonly string[]): string | undefined =>
  [...new Map(all.map((one) => [emailKey(readEmail(one) ?? one), one])).values()].join(', ') ||
  undefined;

/** The first that names somebody, be it readable or not: `n/a` does not hide what comes later. */
export const firstEmail = (written: readonly (string | undefined)[]): string | undefined =>
  written.find((one) => readEmail(one) !== undefined || namesByEmail(one));

/**
 * The submitter's e-mail among the answers of a form: the most surely asked for (`Email` before `Work email`),
 * and never one of somebody else (`friend_email`). Several that differ are a text that is no address.
 */
export const emailAsked = (answers: readonly Answer[]): string | undefined =>
  firstEmail(
    [0, 1, 2].map((rank) =>
      joined(
        answers
          .filter((answer) => namesByEmail(answer.value) && emailRank(answer) === rank)
          .map(({ value }) => value),
      ),
    ),
  );

/** What the answers of a form say of the one who gave them. */
export function answeringContact(answers: readonly Answer[]): Contact {
  const given = answers.filter(({ value }) => value !== '');
  const phones = new Set(given.filter(isPhone).map(({ value }) => value));
  const by = (...words: readonly string[]): string | undefined =>
    shown(given.find(({ label }) => words.includes(personWord(label)))?.value);
  const split = splitName(by('name', 'fullname'));
  return {
    email: emailAsked(given),
    phone: phones.size === 1 ? [...phones][0] : undefined,
    firstName: by('firstname', 'givenname') ?? split.firstName,
    lastName: by('lastname', 'surname', 'familyname') ?? split.lastName,
  };
}

const PEOPLE = 'customer user buyer invitee subscriber respondent lead attendee submitter'.split(
  ' ',
);
/** Where platforms of their own vocabulary put an entity: JSON:API, Pipedrive. */
const ENTITIES = ['attributes', 'current'];

/**
 * The person of a sender who does not know the flat schema, where it is certain who that is: one object or one
 * prefix (`customer.email`, `user_email`), or the primary one of Clerk's `email_addresses`.
 */
export function foreignContact(places: readonly Fields[]): Contact | undefined {
  const entities = [
    ...places,
    ...places.flatMap((place) =>
      ENTITIES.map((key) => place.object(key)).filter((one) => one !== undefined),
    ),
  ];
  const found = entities.flatMap(peopleIn).filter(({ email }) => readEmail(email) !== undefined);
  const [first] = found;
  const emails = new Set(found.map(({ email = '' }) => emailKey(readEmail(email) ?? email)));
  if (first === undefined) return undefined;
  return emails.size === 1 ? first : { email: joined(found.map(({ email = '' }) => email)) };
}

function peopleIn(place: Fields): readonly Contact[] {
  const direct = [place.text('primary_email'), primaryOf(place)].map((email) => ({
    email,
    ...namesIn([place]),
  }));
  const people = PEOPLE.flatMap((key) => {
    const person = place.object(key);
    const prefixed = {
      email: place.text(`${key}_email`),
      ...splitName(shown(place.text(`${key}_name`))),
    };
    return person === undefined
      ? [prefixed]
      : [prefixed, { email: emailOf(person), ...namesIn([person]) }];
  });
  return [...direct, ...people];
}

/**
 * Clerk's primary address by its id. `email_addresses` is in clerk.com/docs/core-1/integrations/webhooks/overview
 * (read 2026-11-28), `primary_email_address_id` in logged deliveries in public repositories; without it nobody is taken.
 */
function primaryOf(place: Fields): string | undefined {
  const addresses = place.get('email_addresses');
  const id = place.text('primary_email_address_id');
  if (!Array.isArray(addresses) || id === undefined) return undefined;
  const primary = addresses.find((one) => isObject(one) && one.id === id);
  return isObject(primary) ? plain((primary as JsonObject).email_address) : undefined;
}

const FOREIGN = [
  ...PEOPLE,
  'customer_id',
  'user_id',
  'email_addresses',
  'current',
  'relationships',
];

/** Whether a body has what senders of another vocabulary have and the flat schema has not. */
export const looksForeign = (places: readonly Fields[]): boolean =>
  places.some((place) => FOREIGN.some((key) => !isBlank(place.get(key))));
