import { hash } from 'node:crypto';

/** Longer texts are cut: a label name has 180 characters at most. */
const MOST_CHARACTERS = 200;

const ADDRESS = /[^\s/@＠﹫<>"',;:()]+[@＠﹫][^\s/@＠﹫<>"',;:()]+/g;

/** Without e-mail addresses, of which some senders make ids and numbers (Ko-fi, PayPal's `custom_id`). */
const withoutAddress = (text: string): string => text.replace(ADDRESS, '…').toWellFormed();

/** A text as a fact may hold it. */
export const factText = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : withoutAddress(text).slice(0, MOST_CHARACTERS).toWellFormed();

/** An id as a fact may hold it. A long one ends in its hash, so that no two become one. */
export function factId(id: string): string {
  const written = withoutAddress(id);
  if (written.length <= MOST_CHARACTERS) return written;
  return `${written.slice(0, MOST_CHARACTERS - 40)}…${hash('sha256', written).slice(0, 32)}`.toWellFormed();
}

/** Without what is `undefined`, and with 0 for -0: a fact is JSON. */
export const defined = <T extends object>(state: T): T =>
  Object.fromEntries(
    Object.entries(state).flatMap(([key, one]) =>
      one === undefined ? [] : [[key, one === 0 ? 0 : one]],
    ),
  ) as T;
