import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { FactKind, FactState, KeptFact } from '../history/fact.ts';
import { type KeptState, tieOf } from '../history/merge.ts';
import { fitting } from './fit.ts';
import { factParts, STATE_KEY } from './keys.ts';
import type { Alias, ContactState, StoredState } from './store.ts';
import type { Item } from './table.ts';

// What is nested is kept as one text of JSON: it holds numbers, empty texts and absent fields exactly as they were.

export const text = (value: string): AttributeValue.SMember => ({ S: value });
export const number = (value: number): AttributeValue.NMember => ({ N: String(value) });

export const keyOf = (
  partition: string,
  sortKey: string,
): Record<'pk' | 'sk', AttributeValue.SMember> => ({ pk: text(partition), sk: text(sortKey) });

export const textOf = (value: AttributeValue | undefined): string => value?.S ?? '';
export const numberOf = (value: AttributeValue | undefined): number => Number(value?.N);

/** When DynamoDB may delete an item by itself: epoch seconds, as its time to live is written. */
export const expiry = (time: number): AttributeValue.NMember => number(Math.ceil(time / 1_000));

/** Whether an item's time to live is over: DynamoDB deletes it within days. @param now epoch milliseconds */
export const isOver = ({ expires }: Item, now: number): boolean =>
  expires !== undefined && numberOf(expires) * 1_000 <= now;

/** What an event of one type said of a thing, as an attribute. `tie` decides between two of the same time. */
export function stateAttribute({ at, state }: KeptState) {
  const kept = fitting(state);
  return { M: { at: number(at), tie: text(tieOf(kept)), said: text(JSON.stringify(kept)) } };
}

/** @returns undefined for an item that is no fact */
export function factOf(item: Item): KeptFact | undefined {
  const parts = factParts(textOf(item.sk));
  if (!parts) return undefined;
  const states = Object.entries(item).flatMap(([type, { M }]) =>
    M ? [[type, { at: numberOf(M.at), state: parsed<FactState>(M.said) }] as const] : [],
  );
  return {
    kind: parts.kind as FactKind,
    source: parts.source,
    id: item.id ? textOf(item.id) : parts.id,
    states: Object.fromEntries(states),
  };
}

/**
 * The item of a contact's state. It is in the index while it is due, and DynamoDB may delete it only when it says
 * nothing any more: no label, no change under way, no time to look again.
 * @param expires epoch milliseconds
 */
export function stateItem(
  { site, partition }: { readonly site: string; readonly partition: string },
  { dueAt, ...state }: ContactState,
  { version, expires }: { readonly version: number; readonly expires: number },
): Record<string, AttributeValue> {
  const isSpent =
    dueAt === undefined &&
    Object.keys(state.held).length === 0 &&
    Object.keys(state.begun).length === 0;
  return {
    ...keyOf(partition, STATE_KEY),
    version: number(version),
    state: text(JSON.stringify(state)),
    ...(dueAt !== undefined && { dueSite: text(site), dueAt: number(dueAt) }),
    ...(isSpent && { expires: expiry(expires) }),
  };
}

export function storedState(item: Item | undefined): StoredState | undefined {
  if (!item) return undefined;
  return {
    ...parsed<ContactState>(item.state),
    ...(item.dueAt && { dueAt: numberOf(item.dueAt) }),
    version: numberOf(item.version),
  };
}

export const aliasOf = (item: Item | undefined): Alias | undefined =>
  item && { contactId: textOf(item.contactId), checkedAt: numberOf(item.checkedAt) };

const parsed = <T>(value: AttributeValue | undefined): T => JSON.parse(textOf(value)) as T;
