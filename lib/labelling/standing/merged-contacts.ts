import type { ContactState, OwnerRecord } from '../../store/store.ts';
import { StoreError } from '../../store/store.ts';
import { MERGED, NO_STATE } from './changes.ts';
import type { ContactOwner } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/** Two workers may be at one contact; more rounds than this show that something else is wrong. */
export const MOST_ROUNDS = 8;

/** Somebody else wrote the state again and again. */
export const tooManyRounds = (): StoreError =>
  new StoreError(
    'unavailable',
    `the state of a contact was written by others ${MOST_ROUNDS} times`,
  );

/**
 * Changes the state of a contact, whoever else does at the same time.
 * @param change undefined: there is nothing to change
 */
export async function updateState(
  { store }: Pick<SiteHistory, 'store'>,
  owner: ContactOwner,
  change: (state: ContactState) => ContactState | undefined,
): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { state } = await store.read(owner);
    const next = change(state ?? NO_STATE);
    if (!next || (await store.saveState(owner, next, state?.version))) return;
  }
  throw tooManyRounds();
}

/**
 * Gives the history of a contact that is gone to the one that is left: Wix has merged them, or knows the same person
 * by another id now. Wix leaves the labels of both on the one that is left, so all that the other held is in doubt.
 * Facts go first and the mark last: a process that is killed in between does it all again.
 */
export async function absorb(history: SiteHistory, gone: string, named: string): Promise<void> {
  if (gone === named) return;
  const { site, store } = history;
  const left = await lastOf(history, named);
  if (gone === left) return;
  const from: ContactOwner = { site, contactId: gone };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const record = await store.read(from);
    await inherit(history, record, { gone, left });
    const mark: ContactState = { ...NO_STATE, mergedInto: left };
    if (await store.saveState(from, mark, record.state?.version)) {
      return store.removeFacts(from, record.facts);
    }
  }
  throw tooManyRounds();
}

/** Gives the contact that is left what is kept of the one that is gone. */
async function inherit(
  history: SiteHistory,
  { facts, state }: OwnerRecord,
  { gone, left }: { readonly gone: string; readonly left: string },
): Promise<void> {
  const { site, store, now } = history;
  const into: ContactOwner = { site, contactId: left };
  await store.addFacts(into, facts);
  const { held, begun, references, mergedFrom = [] } = state ?? NO_STATE;
  const names = Object.assign(
    {},
    ...Object.values(begun).map((one) => one.names),
    Object.fromEntries(Object.entries(held).map(([name, { by }]) => [name, by])),
  );
  const isMore = Object.keys(names).length + references.length + mergedFrom.length > 0;
  await updateState(history, into, (its) => {
    if (!isMore && its.mergedFrom?.includes(gone)) return undefined;
    return {
      ...its,
      begun: isMore ? { ...its.begun, [`${MERGED}${gone}`]: { names, at: now() } } : its.begun,
      references: [...new Set([...its.references, ...references])],
      mergedFrom: [...new Set([...(its.mergedFrom ?? []), ...mergedFrom, gone])],
    };
  });
  const alias = { contactId: left, checkedAt: now() };
  for (const reference of references) await store.saveAlias(site, reference, alias);
}

/** More merges in a row are not followed. */
const MOST_MERGES = 10;

/** The contact that is left of this one, after all merges that the store knows of. */
async function lastOf({ site, store }: SiteHistory, contactId: string): Promise<string> {
  let last = contactId;
  for (let hop = 0; hop < MOST_MERGES; hop += 1) {
    const { state } = await store.read({ site, contactId: last });
    if (state?.mergedInto === undefined) break;
    last = state.mergedInto;
  }
  return last;
}
