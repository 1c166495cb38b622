import type { ContactState } from '../../store/store.ts';
import type { ContactAtSite } from '../labels/apply.ts';
import { confirmAddress } from './known-contact.ts';
import type { ContactJobs } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/** A review that nothing else has asked for looks at the contact itself: somebody may have changed labels by hand. */
const LOOKS: ReadonlySet<string | undefined> = new Set(['due', 'asked']);

/**
 * Which standing labels Wix shows on the contact, by name, where a review is to put right what was changed by hand:
 * one call, and another where keys of labels are not known yet. Nothing for other jobs. A contact that was merged away
 * is shown as the one that is left.
 * @throws WixError, StoreError
 */
export async function lookAtContact(
  { wix, memory, contactId }: ContactAtSite,
  history: SiteHistory,
  jobs: ContactJobs,
  state: ContactState | undefined,
): Promise<{ readonly seen: ReadonlyMap<string, boolean> } | { readonly mergedInto: string }> {
  if (!jobs.some(({ review }) => LOOKS.has(review))) return { seen: new Map() };
  const { labels } = history;
  const held = Object.entries(state?.held ?? {}).filter(([name, { by }]) =>
    labels.manages(name, by),
  );
  const names = [...new Set([...labels.names, ...held.map(([name]) => name)])];
  const { keys } = await memory.keys.resolve(wix, { add: [], remove: names });
  const found = await wix.getContact(contactId);
  if (!found) return { seen: new Map() };
  if (found.id !== contactId) return { mergedInto: found.id };
  memory.labels.observe(contactId, found.labelKeys);
  await confirmAddress(history, found, state);
  const shown = new Set(found.labelKeys);
  return { seen: new Map(names.map((name) => [name, shown.has(keys.get(name) ?? '')])) };
}
