import type { Fact, FactState, KeptFact } from '../../lib/history/fact.ts';
import { many } from './words.ts';

/** What one event said: `order 1001 of shopify: paid 2026-11-28, 249.00 USD, 2 items`. */
export function factInWords(fact: Fact): string {
  const { kind, source, id, state, at, type } = fact;
  const what = thingInWords({ kind, source, id, states: { [type]: { at, state } } });
  const details = [`${deedOf(type)}${day(at)}`, ...detailsOf(kind, state)];
  return `${what}: ${details.join(', ')}`;
}

/** What is known of one thing: `order 1001 of shopify (249.00 USD, created 2026-11-27, paid 2026-11-28)`. */
export function keptFactInWords(fact: KeptFact): string {
  const said = Object.entries(fact.states).sort(([, a], [, b]) => a.at - b.at);
  const state = Object.assign({}, ...said.map(([, one]) => one.state)) as FactState;
  const deeds = said.map(([type, { at }]) => `${deedOf(type)}${day(at)}`);
  return `${thingInWords(fact)} (${[...detailsOf(fact.kind, state), ...deeds].join(', ')})`;
}

/** A fact for `--json`: as it is kept, with times in ISO 8601, and in words. */
export const factInJson = (fact: KeptFact) => ({
  ...fact,
  states: Object.fromEntries(
    Object.entries(fact.states).map(([type, { at, state }]) => [
      type,
      { at: new Date(at).toISOString(), state },
    ]),
  ),
  words: keptFactInWords(fact),
});

/** `order 1001 of shopify`, by the number that the shop shows where it says one. */
function thingInWords({ kind, source, id, states }: KeptFact): string {
  const last = Object.values(states).sort((a, b) => b.at - a.at);
  const said = (name: string): string | undefined =>
    last.map(({ state }) => (state as Readonly<Record<string, unknown>>)[name]).find(isText);
  const called = { order: said('number') ?? id, subscription: id };
  if (kind === 'order' || kind === 'subscription') return `${kind} ${called[kind]} of ${source}`;
  const name = said('name');
  if (kind === 'form') return `form ${name ? `"${name}"` : (said('formId') ?? id)} of ${source}`;
  return `event ${name} of ${source}`;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** `2026-11-28`, in UTC. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** `order.partially_refunded` as `partially refunded `; nothing for what has no other word than its name. */
const deedOf = (type: string): string => {
  const [, deed = ''] = type.split('.');
  return deed && `${deed.replaceAll('_', ' ')} `;
};

/** What it says of a thing, and what it left out not at all. */
function detailsOf(kind: KeptFact['kind'], state: FactState): readonly string[] {
  const { test } = state;
  const { total, currency, items, planName, status } = state as FactState<'order'> &
    FactState<'subscription'>;
  const { refundedTotal } = state as FactState<'order'>;
  const details = {
    order: [
      total !== undefined && money(total, currency),
      items !== undefined && many(items.length, 'item'),
      !!refundedTotal && `${money(refundedTotal, currency)} given back`,
    ],
    subscription: [planName && `plan "${planName}"`, status],
    form: [],
    event: [],
  }[kind];
  return [...details, test && 'a test'].filter((one): one is string => !!one);
}

/** `249.00 USD`. */
const money = (amount: number, currency = ''): string => `${amount.toFixed(2)} ${currency}`.trim();
