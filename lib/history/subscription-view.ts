import type { KeptFact } from './fact.ts';
import type { HistorySubscription } from './history.ts';
import { latestOf, type Said, saidOf } from './said.ts';

export const subscriptionsOf = (facts: readonly KeptFact[]): HistorySubscription[] =>
  facts
    .filter(({ kind }) => kind === 'subscription')
    .map(subscriptionOf)
    .sort((a, b) => a.since - b.since || (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ source, id }: HistorySubscription): string => `${source} ${id}`;

function subscriptionOf(fact: KeptFact): HistorySubscription {
  const said = saidOf<'subscription'>([fact]);
  const known = latestOf(said);
  return {
    id: fact.id,
    source: fact.source,
    planId: known.planId,
    planName: known.planName,
    status: known.status,
    interval: known.interval,
    price: known.price,
    ...courseOf(said),
    since: said[0]?.at ?? 0,
    test: said.some(({ state }) => state.test),
  };
}

const BEGINS: ReadonlySet<string> = new Set([
  'subscription.started',
  'subscription.renewed',
  'subscription.resumed',
]);

/**
 * What begins, renews or resumes makes it active, also after its end. A changed plan, and the notice that it will end,
 * say that it goes on only where nothing else was said before.
 */
function courseOf(
  said: readonly Said<'subscription'>[],
): Pick<HistorySubscription, 'active' | 'until'> {
  let active: boolean | undefined;
  let until: number | undefined;
  for (const { type, at } of said) {
    if (BEGINS.has(type)) {
      active = true;
      until = undefined;
    } else if (type === 'subscription.canceled') {
      active = false;
      until = at;
    } else if (type === 'subscription.paused') active = false;
    else active ??= true;
  }
  return { active: active ?? false, until };
}
