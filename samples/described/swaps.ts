import { randomBytes, randomUUID } from 'node:crypto';
import { phoneKey } from '../../lib/events/contact.ts';
import { type ContactReference, GUID } from '../../lib/events/event.ts';
import { fromJson } from '../../lib/sources/flat/flat-keys.ts';
import { isObject } from '../../lib/sources/payload/access.ts';
import type { Buyer } from '../sampler.ts';

/** What a value in a sample becomes; undefined where it stays. `key` is the name that it has there. */
export type Swap = (text: string, key: string) => string | undefined;

/** A copy in which each text and number is swapped. A number stays one as far as it can, JSON in a text stays JSON. */
export function swapIn(value: unknown, swaps: readonly Swap[], key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => swapIn(one, swaps, key));
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([name, one]) => [name, swapIn(one, swaps, name)]);
    return Object.fromEntries(pairs);
  }
  if (typeof value === 'number') {
    const text = swapped(String(value), swaps, key);
    return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  }
  if (typeof value !== 'string') return value;
  const inner = fromJson(value);
  return isObject(inner) ? JSON.stringify(swapIn(inner, swaps)) : swapped(value, swaps, key);
}

function swapped(text: string, swaps: readonly Swap[], key: string): string {
  for (const swap of swaps) {
    const to = swap(text, key);
    if (to !== undefined) return to;
  }
  return text;
}

/** A value as a whole. */
export const swapOf =
  (from: string, to: string): Swap =>
  (text) =>
    text === from ? to : undefined;

/** The person of a sample as the buyer. What the buyer has not, nobody has: it would name somebody else. */
export function contactSwaps(contact: ContactReference, buyer: Buyer): readonly Swap[] {
  const { email, phone, firstName, lastName, contactId, memberId } = contact;
  const name = [firstName, lastName].filter((one) => one !== undefined).join(' ');
  return [
    ...(email ? [emailSwap(email, buyer.email)] : []),
    ...(phone ? [phoneSwap(phone, buyer.phone)] : []),
    ...(name ? [swapOf(name, `${buyer.firstName} ${buyer.lastName}`.trim())] : []),
    ...(firstName ? [swapOf(firstName, buyer.firstName)] : []),
    ...(lastName ? [swapOf(lastName, buyer.lastName)] : []),
    ...(contactId ? [swapOf(contactId, buyer.contactId ?? '')] : []),
    ...(memberId ? [swapOf(memberId, '')] : []),
  ];
}

/** Also within a text, as in `Kim <kim@example.com>`. */
const emailSwap =
  (from: string, to: string): Swap =>
  (text) => {
    const start = text.toLowerCase().indexOf(from.toLowerCase());
    return start < 0 ? undefined : text.slice(0, start) + to + text.slice(start + from.length);
  };

const phoneSwap = (from: string, to: string): Swap => {
  const wanted = phoneKey(from);
  return (text) => (/^[-+() .\dx]{7,}$/.test(text) && phoneKey(text) === wanted ? to : undefined);
};

/** Each id as a fresh one. A short one may be anything else as well, so it is one only where its name says so. */
export const idSwaps = (ids: readonly string[]): readonly Swap[] =>
  [...new Set(ids)].map((id) => {
    const fresh = freshLike(id);
    return (text, key) => (text === id && (id.length > 4 || /id$/i.test(key)) ? fresh : undefined);
  });

/** Below so many characters two could be the same. */
const ENOUGH = 9;

/** Of an address only the last part is fresh: it leads to the same server. */
const ADDRESS = /^(https?:\/\/[^/]+\/(?:.*\/)?)([^/?#]+)(.*)$/;

/** An id of the same form: `evt_1Qx9` keeps its `evt_`, digits stay digits. */
function freshLike(id: string): string {
  if (GUID.test(id)) return randomUUID();
  const [, base, last = '', more] = ADDRESS.exec(id) ?? [];
  if (base !== undefined) return base + freshLike(last) + more;
  if (/^\d+$/.test(id)) return digits(Math.min(Math.max(id.length, ENOUGH), 15));
  const [, prefix = '', rest = ''] = /^((?:[a-z]+[_-])*)(.*)$/is.exec(id) ?? [];
  if (rest.replace(/[^a-z\d]/gi, '').length < ENOUGH)
    return prefix + randomBytes(6).toString('hex');
  const letters = /^[\da-f]*$/.test(rest) ? 'abcdef' : 'abcdefghijklmnopqrstuvwxyz';
  return (
    prefix +
    rest.replace(/[a-z\d]/gi, (one) => {
      if (/\d/.test(one)) return digits(1);
      const letter = pick(letters);
      return one < 'a' ? letter.toUpperCase() : letter;
    })
  );
}

const pick = (from: string): string => from[randomBytes(1).readUInt8() % from.length] ?? '';

/** None begins with a nought: it would be lost in a number. */
const digits = (count: number): string =>
  pick('123456789') + Array.from({ length: count - 1 }, () => pick('0123456789')).join('');
