import type { FactItem, FactState, KeptFact } from './fact.ts';
import type { HistoryOrder } from './history.ts';
import { netItems } from './items.ts';
import { latestOf, type Said, saidOf } from './said.ts';

type OrderState = FactState<'order'>;

/** Half a cent: sums of decimals are not exact. */
const LITTLE = 0.005;

/** Events that say that an order was paid. */
const PAYMENTS: ReadonlySet<string> = new Set([
  'order.paid',
  'subscription.started',
  'subscription.renewed',
  'subscription.changed',
]);

/** The orders that the facts are about: facts that share an id are about one. */
export const ordersOf = (facts: readonly KeptFact[]): HistoryOrder[] =>
  groupsOf(facts.filter(({ kind }) => kind === 'order'))
    .flatMap((group) => orderOf(group) ?? [])
    .sort((a, b) => a.at - b.at || (orderKey(a) < orderKey(b) ? -1 : 1));

const orderKey = ({ source, id }: HistoryOrder): string => `${source} ${id}`;

interface Group {
  readonly facts: KeptFact[];
  readonly ids: string[];
}

/** Lists of facts, each about one order. */
function groupsOf(facts: readonly KeptFact[]): readonly (readonly KeptFact[])[] {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    const ids = idsOf(fact);
    const known = new Set(ids.map((id) => groups.get(id)).filter((one) => one !== undefined));
    const [group = { facts: [], ids: [] }, ...others] = known;
    group.facts.push(fact);
    for (const other of others) {
      group.facts.push(...other.facts);
      ids.push(...other.ids);
    }
    group.ids.push(...ids);
    for (const id of ids) groups.set(id, group);
  }
  return [...new Set(groups.values())].map((group) => group.facts);
}

const idsOf = ({ source, id, states }: KeptFact): string[] =>
  [id, ...Object.values(states).flatMap(({ state }) => (state as OrderState).also ?? [])].map(
    (one) => `${source} ${one}`,
  );

/** What was paid and given back by one fact; `amount` is `unknown` where a part was and nobody says how much. */
interface Back {
  amount?: number | 'unknown';
  items?: readonly FactItem[];
}

/** What was said of an order, the later over the earlier; undefined where only changes of it were heard of. */
function orderOf(facts: readonly KeptFact[]): HistoryOrder | undefined {
  const said = saidOf<'order'>(facts);
  const [first] = said.filter(({ type }) => type !== 'custom');
  if (first === undefined) return undefined;
  const known = latestOf(said);
  const flags = flagsOf(said);
  const back = backOf(said);
  const paidBack = back.map(({ amount }) => amount ?? 0);
  const amounts = netOf(known.total, paidBack, flags.refunded);
  const { refunded } = amounts;
  const gone = refunded || flags.canceled;
  const returned = back.flatMap(({ items }) => items ?? []);
  return {
    id: first.id,
    source: first.source,
    number: known.number,
    ...amounts,
    currency: known.currency,
    items: gone ? [] : netItems(known.items ?? [], returned),
    partlyRefunded: !refunded && back.some(isSome),
    paid: flags.paid && !gone,
    canceled: flags.canceled,
    fulfilled: flags.fulfilled,
    discountCodes: known.discountCodes ?? [],
    channel: known.channel,
    tags: known.tags ?? [],
    at: Math.min(...said.flatMap(({ at, state }) => [at, state.placedAt ?? at])),
    test: said.some(({ state }) => state.test),
  };
}

/**
 * A payment after a cancellation makes the order live again. A full refund is the end of it: no sender takes money back
 * for the same order again, and some report a payment with the time at which they repeat it.
 */
function flagsOf(said: readonly Said<'order'>[]) {
  const flags = { paid: false, refunded: false, canceled: false, fulfilled: false };
  for (const { type, state } of said) {
    if (PAYMENTS.has(type)) flags.paid = true;
    if (PAYMENTS.has(type) || type === 'order.canceled') flags.canceled = type === 'order.canceled';
    if (type === 'order.refunded') flags.refunded = true;
    if (type === 'order.fulfilled') flags.fulfilled = true;
    flags.canceled = state.canceled ?? flags.canceled;
  }
  return flags;
}

/** By fact: refunds that each are a fact add up, and of one fact the latest counts. */
function backOf(said: readonly Said<'order'>[]): readonly Back[] {
  const found = new Map<string, Back>();
  for (const { id, type, state } of said) {
    const back = found.get(id) ?? {};
    if (state.refundedTotal !== undefined) back.amount = state.refundedTotal;
    else if (type === 'order.partially_refunded') back.amount = 'unknown';
    if (state.refundedItems !== undefined) back.items = state.refundedItems;
    found.set(id, back);
  }
  return [...found.values()];
}

/** Items without an amount may be edited away before anything was paid. */
const isSome = ({ amount = 0 }: Back): boolean => amount === 'unknown' || amount > 0;

function netOf(
  total: number | undefined,
  paidBack: readonly (number | 'unknown')[],
  isRefunded: boolean,
): Pick<HistoryOrder, 'total' | 'lacks' | 'refunded'> {
  if (isRefunded) return { total: 0, lacks: undefined, refunded: true };
  if (total === undefined) return { total, lacks: 'total', refunded: false };
  let sum = 0;
  for (const amount of paidBack) {
    if (amount === 'unknown') return { total: undefined, lacks: 'refundedTotal', refunded: false };
    sum += amount;
  }
  const refunded = sum > 0 && sum > total - LITTLE;
  const net = refunded ? 0 : Math.round((total - sum) * 1000) / 1000;
  return { total: net, lacks: undefined, refunded };
}
