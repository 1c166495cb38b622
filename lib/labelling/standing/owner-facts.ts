import { factKey, type KeptFact } from '../../history/fact.ts';
import { keptOf, replaces } from '../../history/merge.ts';
import type { LabelJob } from '../../queue/job.ts';
import type { HistoryStore, Owner } from '../../store/store.ts';

/** What the jobs say that the customer did, each thing once. */
export const factsOfJobs = (jobs: readonly LabelJob[]): readonly KeptFact[] =>
  keptOf(jobs.flatMap(({ facts }) => facts ?? []));

/** The facts that say something which is not known yet. */
export function newFacts(facts: readonly KeptFact[], known: readonly KeptFact[]): KeptFact[] {
  const byKey = new Map(known.map((fact) => [factKey(fact), fact]));
  return facts.filter((fact) => {
    const before = byKey.get(factKey(fact))?.states ?? {};
    return Object.entries(fact.states).some(([type, state]) => {
      const old = before[type];
      return old === undefined || replaces(state, old);
    });
  });
}

/** Whether two reads of one owner show the same history. */
export const sameFacts = (before: readonly KeptFact[], after: readonly KeptFact[]): boolean =>
  before.length === after.length && newFacts(after, before).length === 0;

/** Moves facts from one owner to another. What is written meanwhile, or left by a process that is killed, stays. */
export async function moveFacts(
  store: HistoryStore,
  from: Owner,
  facts: readonly KeptFact[],
  into: Owner,
): Promise<void> {
  if (facts.length === 0) return;
  await store.addFacts(into, facts);
  await store.removeFacts(from, facts);
}
