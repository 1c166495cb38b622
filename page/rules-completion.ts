import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { EVENT_TYPES } from '../lib/events/event.ts';
import schema from '../rules.schema.json' with { type: 'json' };
import { suggestionsAt } from './completion.ts';
import { engine } from './state.ts';

/** The keys of rules.yml at any depth, as its schema describes them. */
function keysIn(node: unknown, found = new Map<string, string>()): Map<string, string> {
  if (typeof node !== 'object' || node === null) return found;
  for (const [name, value] of Object.entries(node)) {
    if (name === 'properties') {
      for (const [key, of] of Object.entries(value as Record<string, { description?: string }>)) {
        found.set(key, found.get(key) ?? of.description ?? '');
      }
    }
    keysIn(value, found);
  }
  return found;
}

const KEYS = [...keysIn(schema)].map(([name, about]) => ({ name, about }));
const TYPES = { field: 'property', function: 'method', key: 'keyword', word: 'constant' } as const;

/** Completion for the editor of rules.yml: keys, event types, sources, fields and functions. */
export function completeRules(context: CompletionContext): CompletionResult | null {
  const found = suggestionsAt(context.state.sliceDoc(0, context.pos), {
    keys: KEYS,
    eventTypes: EVENT_TYPES,
    sources: engine.value?.sources.map(({ name }) => name) ?? [],
  });
  if (!found || found.list.length === 0) return null;
  const options = found.list.map(({ word, kind, about }) => ({
    label: word,
    type: TYPES[kind],
    ...(kind === 'key' ? { info: about || 'A key of rules.yml.' } : { detail: about }),
  }));
  return { from: found.from, options, validFor: /^[\w.]*$/ };
}
