import type { KeptFact } from '../../../lib/history/fact.ts';
import { renderTime } from './test-times.ts';

const MOST_FACTS = 5;

/** `order 1 of custom: paid 2026-01-05, refunded 2026-01-06`, of the first few facts. */
export function factsInShort(facts: readonly KeptFact[]): string {
  if (facts.length === 0) return 'nothing';
  const texts = facts.slice(0, MOST_FACTS).map(factInShort);
  const rest = facts.length - MOST_FACTS;
  return [...texts, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
}

function factInShort({ kind, source, id, states }: KeptFact): string {
  const said = Object.entries(states)
    .sort(([, a], [, b]) => a.at - b.at)
    .map(([type, { at, state }]) => {
      const what = type === 'custom' && 'name' in state ? state.name : type;
      return `${what?.replace(`${kind}.`, '')} ${renderTime(at)}`;
    })
    .join(', ');
  return kind === 'event' || kind === 'form'
    ? `${said} (${source})`
    : `${kind} ${id} of ${source}: ${said}`;
}
