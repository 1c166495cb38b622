import type { ContactState } from '../../store/store.ts';
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
export async function absorb(
  history: SiteHistory | undefined,
  gone: string,
  named: string,
): Promise<void> {
  if (!history || gone === named) return;
  const { site, store, now } = history;
  const left = await lastOf(history, named);
  if (gone === left) return;
  const from: ContactOwner = { site, contactId: gone };
  const into: ContactOwner = { site, contactId: left };
  const record = await store.read(from);
  await store.addFacts(into, record.facts);
  const { held = {}, begun = {}, references = [], mergedFrom = [] } = record.state ?? {};
  const names = Object.assign(
    {},
    ...Object.values(begun).map((one) => one.names),
    Object.fromEntries(Object.entries(held).map(([name, { by }]) => [name, by])),
  );
  const isMore = Object.keys(names).length + references.length + mergedFrom.length > 0;
  await updateState(history, into, (state) => {
    if (!isMore && state.mergedFrom?.includes(gone)) return undefined;
    return {
      ...state,
      begun: isMore ? { ...state.begun, [`${MERGED}${gone}`]: { names, at: now() } } : state.begun,
      references: [...new Set([...state.references, ...references])],
      mergedFrom: [...new Set([...(state.mergedFrom ?? []), ...mergedFrom, gone])],
    };
  });
  for (const reference of references) {
    await store.saveAlias(site, reference, { contactId: left, checkedAt: now() });
  }
  await updateState(history, from, () => ({ ...NO_STATE, mergedInto: left }));
  await store.removeFacts(from, record.facts);
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
