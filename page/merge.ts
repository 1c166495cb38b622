import type { Contact, FiguresMinute } from './api.ts';

const MOST_CONTACTS = 1_000;
const MOST_MINUTES = 120;

/** The last changed first, without those that are gone. */
export function mergeContacts(
  held: readonly Contact[],
  changed: readonly Contact[],
): readonly Contact[] {
  const byId = new Map([...held, ...changed].map((contact) => [contact.id, contact]));
  return [...byId.values()]
    .filter(({ isGone }) => !isGone)
    .sort((a, b) => b.changedAt - a.changedAt)
    .slice(0, MOST_CONTACTS);
}

/** By the minute, oldest first. */
export function mergeMinutes(
  held: readonly FiguresMinute[],
  changed: readonly FiguresMinute[],
): readonly FiguresMinute[] {
  const byMinute = new Map([...held, ...changed].map((one) => [one.minute, one]));
  return [...byMinute.values()].sort((a, b) => a.minute - b.minute).slice(-MOST_MINUTES);
}
