import * as z from 'zod/mini';
import type { Call, WixRequest } from './calls/client.ts';
import { contactPath, LabelKeyList } from './contacts.ts';

const Label = z.object({
  key: z.string().check(z.minLength(1)),
  displayName: z.nullish(z.string()),
});
const LabelAnswer = z.object({ label: Label });
const LabelsAnswer = z.object({ labels: z.nullish(z.array(Label)) });

/**
 * Find Or Create Label. A label is found by its exact display name. Returns its key, which Wix chooses.
 * https://dev.wix.com/docs/api-reference/crm/members-contacts/contacts/labels/find-or-create-label (checked 2026-11-21)
 */
export async function findOrCreateLabel(call: Call, displayName: string): Promise<string> {
  const { label } = await call({
    operation: 'findOrCreateLabel',
    method: 'POST',
    path: '/contacts/v4/labels',
    body: { displayName },
    answer: LabelAnswer,
  });
  return label.key;
}

/** Names that one query is given: nobody says how many a filter takes, and a page may hold 1,000 labels. */
export const NAMES_PER_QUERY = 100;

/**
 * Query Labels by display name: keys by name. The index may be behind: a name that is missing may exist.
 * https://dev.wix.com/docs/sdk/backend-modules/crm/labels/query-labels (checked 2026-11-21)
 */
export async function queryLabels(
  call: Call,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { labels } = await call({
    operation: 'queryLabels',
    method: 'POST',
    path: '/contacts/v4/labels/query',
    body: { query: { filter: { displayName: { $in: names } }, paging: { limit: 1000 } } },
    answer: LabelsAnswer,
  });
  return new Map((labels ?? []).map(({ displayName, key }) => [displayName ?? '', key]));
}

/** Label keys that one call may add or remove; of a bulk job as well. */
export const KEYS_PER_CALL = 100;

/** The longest path and query of a removal: half of the 8 KB that proxies take for first line and headers. */
const LONGEST_TARGET = 4_000;

const labelsPath = (contactId: string): string => `${contactPath(contactId)}/labels`;
const keyParameter = (key: string): string => `labelKeys=${encodeURIComponent(key)}`;

/** Cuts changes of a contact into calls: by the number of keys, and those to remove by the length of the URL. */
export function inCalls<T>(
  operation: 'labelContact' | 'unlabelContact',
  contactId: string,
  items: readonly T[],
  keyOf: (item: T) => string,
): T[][] {
  const lengthOf = (item: T): number =>
    operation === 'unlabelContact' ? `&${keyParameter(keyOf(item))}`.length : 0;
  const calls: T[][] = [];
  let length = 0;
  for (const item of items) {
    const last = calls.at(-1);
    length += lengthOf(item);
    if (last && last.length < KEYS_PER_CALL && length <= LONGEST_TARGET) last.push(item);
    else {
      calls.push([item]);
      length = labelsPath(contactId).length + lengthOf(item);
    }
  }
  return calls;
}

// Without its info an answer does not say which labels there are; without keys it says there are none.
const ContactAnswer = z.object({
  contact: z.object({ info: z.object({ labelKeys: LabelKeyList }) }),
});

async function changeLabels(
  call: Call,
  request: Omit<WixRequest<unknown>, 'answer'>,
): Promise<readonly string[]> {
  const { contact } = await call({ ...request, answer: ContactAnswer });
  return contact.info.labelKeys?.items ?? [];
}

/** Label Contact: adds labels, KEYS_PER_CALL keys at the most. Returns the keys the contact then has. */
export const labelContact = (call: Call, contactId: string, labelKeys: readonly string[]) =>
  changeLabels(call, {
    operation: 'labelContact',
    method: 'POST',
    path: labelsPath(contactId),
    body: { labelKeys },
  });

/**
 * Unlabel Contact: as many keys as `inCalls` puts into a call. Returns the keys the contact then has.
 * The keys go in the query, repeated, as Wix's own SDK 1.21.16 sends them.
 */
export const unlabelContact = (call: Call, contactId: string, labelKeys: readonly string[]) =>
  changeLabels(call, {
    operation: 'unlabelContact',
    method: 'DELETE',
    path: `${labelsPath(contactId)}?${labelKeys.map(keyParameter).join('&')}`,
  });
