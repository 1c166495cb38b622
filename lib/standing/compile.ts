import type { StandingDefinition } from '../rules/config.ts';
import { manages, namesOf } from './definition-id.ts';
import { compileDefinitions } from './definitions.ts';
import { definitionsHash } from './definitions-hash.ts';
import { outcomeAt } from './evaluate.ts';
import { createLook } from './look.ts';
import { nextChange } from './next.ts';
import type { StandingLabels } from './standing.ts';

/**
 * Compiles the standing labels of a rules file that `loadRules` passed; done once, at start. Throws on an expression
 * it never passed.
 * @param retentionMs a thing that nothing was heard of for so long is no part of the history
 */
export function compileLabels(
  definitions: readonly StandingDefinition[],
  { retentionMs }: { readonly retentionMs: number },
): StandingLabels {
  const compiled = compileDefinitions(definitions, retentionMs);
  return {
    definitions,
    hash: definitionsHash(definitions),
    manages: (name, by) => manages(definitions, name, by),
    names: new Set(definitions.flatMap(namesOf)),
    evaluate(facts, now) {
      const look = createLook(compiled, facts);
      const outcome = outcomeAt(compiled, look, now);
      return { ...outcome, nextAt: nextChange(compiled, look, now, outcome) };
    },
  };
}
