import type { StandingDefinition } from '../rules/config.ts';
import type { DefinitionId } from './standing.ts';

/** The labels that a definition names; none where an expression gives them. */
export function namesOf(definition: StandingDefinition): readonly string[] {
  if ('label' in definition) return [definition.label];
  return 'oneOf' in definition ? definition.oneOf.map(([name]) => name) : [];
}

export const idOfLabel = (name: string): DefinitionId => `label:${name}`;
/** @param index among the definitions with `each`, from 0 */
export const idOfEach = (index: number): DefinitionId => `each:${index}`;

/** Whether a label of that name, put on by that definition, is one that the definitions are still about. */
export function manages(
  definitions: readonly StandingDefinition[],
  name: string,
  by: string,
): boolean {
  const computed = definitions.filter((definition) => 'each' in definition);
  return (
    definitions.some((definition) => namesOf(definition).includes(name)) ||
    computed.some((_, index) => by === idOfEach(index))
  );
}
