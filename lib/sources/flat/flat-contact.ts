import { emailKey } from '../../events/contact.ts';
import { asText, firstOf, isObject } from '../payload/access.ts';
import type { ContactDraft } from '../payload/draft.ts';
import { hasName, namesByEmail, type PersonName, readEmail, splitName } from '../payload/fields.ts';
import { type FlatFields, pickerOf, plain, shown, yesOrNo } from './flat-keys.ts';
import { emailRank, type FormAnswer, isPhone, personWord } from './form-answers.ts';

const EMAIL = ['email', 'email_address', 'your_email', 'your_email_address'];
const PHONE = 'phone phone_number mobile mobile_number your_phone telephone'.split(' ');
export const PERSON = [
  ...EMAIL,
  ...PHONE,
  ...['contact_id', 'member_id', 'first_name', 'last_name', 'name', 'full_name', 'your_name'],
  ...['country', 'country_code', 'language', 'locale', 'accepts_marketing', 'marketing_consent'],
];

/** The person of the flat schema: in its own fields, or in an object `contact`. */
export function flatContact(places: readonly FlatFields[]): ContactDraft {
  const all = places
    .flatMap((place) => [place, place.object('contact')])
    .filter((place) => place !== undefined);
  const isContact = (place: FlatFields): boolean => !places.includes(place);
  const pick = pickerOf(all);
  // Webflow's `payload.name` is the form's: a name counts beside the e-mail, at the top, or in a `contact`.
  const withEmail = all.find((place) => firstEmail([emailOf(place)]) !== undefined);
  const atTop = all.filter((place) => place === places[0] || isContact(place));
  return {
    // Wix Automations: `contact.Id`, and the same as a key of its own.
    contactId: firstOf(all, (place) =>
      isContact(place) ? place.text('contact_id', 'id') : place.text('contact_id'),
    ),
    memberId: pick.text('member_id'),
    email: firstEmail(all.map(emailOf)),
    phone: pick.text(...PHONE),
    ...namesIn(withEmail === undefined ? all : [withEmail, ...atTop]),
    country: pick.text('country_code') ?? pick.text('country'),
    language: pick.text('language', 'locale'),
    acceptsMarketing: yesOrNo(pick.any('accepts_marketing', 'marketing_consent')),
  };
}

/** The names of one block, so that those of two people never mix. */
const namesIn = (blocks: readonly FlatFields[]): PersonName | undefined =>
  firstOf(blocks, (block) => {
    const parts = block.object('name');
    const split = splitName(shown(block.text('name', 'full_name', 'your_name')));
    const found = {
      firstName: shown(block.text('first_name')) ?? shown(parts?.text('first')) ?? split.firstName,
      lastName: shown(block.text('last_name')) ?? shown(parts?.text('last')) ?? split.lastName,
    };
    return hasName(found) ? found : undefined;
  });

/**
 * The e-mail in one place. A list, as of a form's key that came twice, is read where all its entries are one
 * e-mail; anything else becomes a text that is no address, so that it does not count as missing.
 */
function emailOf(place: FlatFields): string | undefined {
  const written = place.get(...EMAIL);
  if (typeof written !== 'object') return plain(written);
  const all = Array.isArray(written) ? written.map(asText) : [];
  const given = all.filter((one) => one !== undefined);
  const isText = given.length > 0 && given.length === all.length;
  return isText ? joinedEmails(given) : `no text: ${JSON.stringify(written)}`;
}

/** Several spellings of one address as one; several addresses as a text that is no address. */
export const joinedEmails = (all: readonly string[]): string | undefined =>
  [...new Map(all.map((one) => [emailKey(readEmail(one) ?? one), one])).values()].join(', ') ||
  undefined;

/** The first that names somebody, readable or not: `n/a` does not hide what comes later. */
export const firstEmail = (written: readonly (string | undefined)[]): string | undefined =>
  written.find((one) => readEmail(one) !== undefined || namesByEmail(one));

/**
 * The submitter's e-mail among the answers of a form: the surest one (`Email` before `Work email`), and never
 * another person's (`friend_email`). Several addresses become a text that is no address.
 */
export const emailAsked = (answers: readonly FormAnswer[]): string | undefined =>
  firstEmail(
    [0, 1, 2].map((rank) =>
      joinedEmails(
        answers
          .filter((answer) => namesByEmail(answer.value) && emailRank(answer) === rank)
          .map(({ value }) => value),
      ),
    ),
  );

/** The person who gave the answers of a form. */
export function answeringContact(answers: readonly FormAnswer[]): ContactDraft {
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
/** Where platforms with a vocabulary of their own put an entity: JSON:API, Pipedrive. */
const ENTITIES = ['attributes', 'current'];

/**
 * The person of a sender who does not know the flat schema, where it is certain who that is: one object or one
 * prefix (`customer.email`, `user_email`), or the primary one of Clerk's `email_addresses`.
 */
export function foreignContact(places: readonly FlatFields[]): ContactDraft | undefined {
  const inner = places.flatMap((place) => ENTITIES.flatMap((key) => place.object(key) ?? []));
  const found = [...places, ...inner]
    .flatMap(peopleIn)
    .filter(({ email }) => readEmail(email) !== undefined);
  const emails = new Set(found.map(({ email = '' }) => emailKey(readEmail(email) ?? email)));
  return emails.size < 2 ? found[0] : { email: joinedEmails(found.map(({ email = '' }) => email)) };
}

const peopleIn = (place: FlatFields): readonly ContactDraft[] => [
  ...[place.text('primary_email'), primaryOf(place)].map((email) => ({
    email,
    ...namesIn([place]),
  })),
  ...PEOPLE.flatMap((key) => {
    const person = place.object(key);
    const name = splitName(shown(place.text(`${key}_name`)));
    const prefixed = { email: place.text(`${key}_email`), ...name };
    return person === undefined
      ? [prefixed]
      : [prefixed, { email: emailOf(person), ...namesIn([person]) }];
  }),
];

/**
 * Clerk's primary address by its id. `email_addresses` is in clerk.com/docs/core-1/integrations/webhooks/overview
 * (read 2026-11-28), `primary_email_address_id` in logged deliveries in public repositories; without it nobody is taken.
 */
function primaryOf(place: FlatFields): string | undefined {
  const addresses = place.get('email_addresses');
  const id = place.text('primary_email_address_id');
  if (!Array.isArray(addresses) || id === undefined) return undefined;
  return plain(addresses.filter(isObject).find((one) => one.id === id)?.email_address);
}

const FOREIGN = [
  ...PEOPLE,
  ...'customer_id user_id email_addresses current relationships'.split(' '),
];

/** Whether a body has fields that only senders with a vocabulary of their own write. */
export const looksForeign = (places: readonly FlatFields[]): boolean =>
  places.some((place) => FOREIGN.some((key) => place.get(key) !== undefined));
