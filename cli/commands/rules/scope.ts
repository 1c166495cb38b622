import type { ASTNode } from '@marcbachmann/cel-js';
import type { rulesEnvironment } from '../../../lib/rules/environment.ts';
import { sourceOf } from './source-text.ts';

/** The values that the parts of an expression have for one event. */
export interface Scope {
  /** Undefined where it cannot be computed. */
  valueOf(node: ASTNode): unknown;
  /** What a loop goes over; undefined where that is no list or map. */
  elementsOf(node: ASTNode): readonly unknown[] | undefined;
  sourceOf(node: ASTNode): string;
  /** With a variable of a loop, or of cel.bind. */
  bind(name: string, value: unknown): Scope;
}

type Environment = ReturnType<typeof rulesEnvironment>;

/** @param variables by name, as the environment declares them */
export function createScope(environment: Environment, variables: object): Scope {
  const compute = (node: ASTNode): unknown => {
    try {
      const run = environment.parse(sourceOf(environment, node));
      return run({ ...variables });
    } catch {
      return undefined;
    }
  };
  return {
    valueOf: compute,
    elementsOf(node) {
      const value = compute(node);
      if (value instanceof Map) return [...value.keys()];
      return Array.isArray(value) ? value : undefined;
    },
    sourceOf: (node) => sourceOf(environment, node),
    bind(name, value) {
      const inner = environment.hasVariable(name)
        ? environment
        : environment.clone().registerVariable(name, 'dyn');
      return createScope(inner, { ...variables, [name]: value });
    },
  };
}
