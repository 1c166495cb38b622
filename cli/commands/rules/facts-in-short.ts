import type { KeptFact } from '../../../lib/history/fact.ts';
import { keptFactInWords } from '../../kit/facts.ts';

const MOST_FACTS = 5;

/** `order 1 of custom (20.00 EUR, paid 2026-01-05, refunded 2026-01-06)`, of the first few facts. */
export function factsInShort(facts: readonly KeptFact[]): string {
  if (facts.length === 0) return 'nothing';
  const texts = facts.slice(0, MOST_FACTS).map(keptFactInWords);
  const rest = facts.length - MOST_FACTS;
  return [...texts, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
}
