import type { KeptFact } from '../history/fact.ts';
import type { HistoryStore, Owner } from './store.ts';

/** Erases what the sources that asked so (`readErasures`) sent of an owner before they asked. */
export async function eraseSources(
  store: Pick<HistoryStore, 'read' | 'removeFacts'>,
  owner: Owner,
  erasures: Readonly<Record<string, number>>,
): Promise<void> {
  const { facts } = await store.read(owner);
  const isErased = ({ source, states }: KeptFact): boolean =>
    Object.values(states).every(({ at }) => at <= (erasures[source] ?? Number.NEGATIVE_INFINITY));
  await store.removeFacts(owner, facts.filter(isErased));
}
