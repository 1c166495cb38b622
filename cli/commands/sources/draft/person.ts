import { canonical } from '../../../../lib/sources/flat/flat-keys.ts';
import { asText } from '../../../../lib/sources/payload/access.ts';
import { readEmail } from '../../../../lib/sources/payload/fields.ts';
import { isIndex, isInList, isScalar, type Leaf, named, parentOf, shared } from './leaves.ts';

/** Whose address it is not, where a key speaks of them. */
const OTHERS =
  /organi[sz]er|owner|affiliate|merchant|seller|host|sender|staff|agent|assign|support(?!er)|store|shop|vendor|creator|created_?by|admin|referr|friend|reply|company|account_?email|^from$|^b?cc$|sponsorable|^app$/i;
/** Whose it most likely is, by a key around it, the likeliest first. */
const PEOPLE = [
  /customer|buyer|payer|invitee|subscriber|purchaser|patron/i,
  /respondent|registrant|attendee|guest|submitter|client|lead|recipient|^to$/i,
  /user|member|contact|person|supporter/i,
  /attributes|billing/i,
  /shipping/i,
];

export interface Person {
  /** The places of the contact's fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** Other e-mails that are as likely the customer's. */
  readonly doubts: readonly string[];
}

/** The person of a body outside of its form's answers. */
export function personIn(all: readonly Leaf[], answers: readonly string[]): Person {
  const isAnswer = ({ place }: Leaf) => answers.some((one) => place.startsWith(`${one}.`));
  const leaves = all.filter((leaf) => isScalar(leaf) && !isAnswer(leaf) && !isOthers(leaf));
  const emails = leaves
    .filter(({ value }) => readEmail(asText(value)) !== undefined)
    .map((leaf) => ({ leaf, score: emailScore(leaf) }))
    .sort((a, b) => b.score - a.score);
  const [best] = emails;
  const doubts = emails
    .filter(({ leaf, score }) => best && score > best.score - 1 && leaf.value !== best.leaf.value)
    .map(({ leaf }) => placeOf(leaf));
  const email = best && placeOf(best.leaf);
  const near = nearest(leaves, email ?? '');
  const name = namesIn(near, best?.leaf);
  const fields = {
    email,
    phone: named(near, 'phone|phonenumber|mobile|mobilephone|telephone|cell|smsnumber')?.place,
    ...name,
    country: named(near, 'country|countrycode', isCode)?.place,
    language: named(near, 'language|locale|preferredlanguage|lang')?.place,
  };
  const found = Object.entries(fields).filter((field): field is [string, string] => !!field[1]);
  return { fields: Object.fromEntries(found), doubts };
}

const isOthers = ({ keys }: Leaf): boolean => keys.some((key) => OTHERS.test(key));
const isCode = ({ value }: Leaf): boolean => /^[A-Z]{2}$/i.test(String(value));

function emailScore(leaf: Leaf): number {
  const { keys, key } = leaf;
  const rank = PEOPLE.findIndex((people) => keys.some((one) => people.test(one)));
  const ofPeople = rank < 0 ? 0 : PEOPLE.length - rank;
  const ofKey = /^(?:customer|user|buyer|contact|primary)?e?mail(?:address)?$/.test(key) ? 4 : 0;
  return (
    ofPeople * 2 +
    ofKey +
    (key.includes('mail') ? 2 : 0) -
    keys.length * 0.3 -
    (isInList(leaf) ? 6 : 0)
  );
}

/** A list of addresses alone is one place. */
const placeOf = ({ keys, place }: Leaf): string =>
  isIndex(keys.at(-1) ?? '') ? parentOf(place) : place;

/** The values around the e-mail, the nearest first; those of lists that it is not in are others'. */
function nearest(leaves: readonly Leaf[], email: string): Leaf[] {
  const isNear = (leaf: Leaf): boolean =>
    !isInList(leaf) || shared(leaf.place, email) >= leaf.keys.findLastIndex(isIndex) + 1;
  const isPersons = ({ keys, place }: Leaf): boolean =>
    parentOf(place) === parentOf(email) ||
    keys.some((key) => PEOPLE.some((people) => people.test(key))) ||
    /^(?:customer|buyer|user|first|last|full)/.test(keys.at(-1) ?? '');
  return leaves
    .filter((leaf) => isNear(leaf) && isPersons(leaf))
    .sort((a, b) => shared(b.place, email) - shared(a.place, email));
}

const FIRST = 'firstname|givenname|first|forename|fname';
const LAST = 'lastname|surname|familyname|last|lname';

function namesIn(near: readonly Leaf[], email: Leaf | undefined): Record<string, string> {
  const prefix = canonical(email?.keys.at(-1) ?? '').replace(/e?mail.*$/, '');
  const isText = (leaf: Leaf): boolean => typeof leaf.value === 'string';
  const first = named(near, `${prefix}firstname ${FIRST}`, isText)?.place;
  const last = named(near, `${prefix}lastname ${LAST}`, isText)?.place;
  if (first) return { firstName: first, ...(last && { lastName: last }) };
  const keys = 'fullname|name|displayname|customername|buyername|username|contactname';
  const name = named(near, `${prefix}name ${keys}`, isText)?.place;
  return name ? { name } : {};
}
