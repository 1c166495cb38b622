import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/** Functions that rules have beyond CEL: docs/rules.md, "Reading what may not be there" and "Sums". */
export function registerFunctions(environment: Environment): Environment {
  for (const type of ['string', 'bool', 'double', 'list']) {
    environment.registerFunction(`get(dyn, string, ${type}): ${type}`, readPath);
  }
  return (
    environment
      .registerFunction('get(dyn, string, map): map<string, dyn>', readPath)
      // The numbers of an event are doubles, whatever the default looks like.
      .registerFunction('get(dyn, string, int): double', (value, path, fallback) =>
        readPath(value, path, Number(fallback)),
      )
      .registerFunction('list<double>.sum(): double', sum)
  );
}

/**
 * The value at a path (`a.b.0.c`) in maps and lists. The fallback, where a part is missing or null, or the value
 * is of another type than the fallback.
 */
function readPath(value: unknown, path: string, fallback: unknown): unknown {
  const found = atPath(value, path);
  return kindOf(found) === kindOf(fallback) ? found : fallback;
}

/** A key with dots in it, as form fields may have, is found where it is the whole rest of the path. */
function atPath(value: unknown, path: string): unknown {
  if (value instanceof Map && value.has(path)) return value.get(path);
  const dot = path.indexOf('.');
  if (dot < 0) return childOf(value, path);
  const inner = childOf(value, path.slice(0, dot));
  return inner === undefined ? undefined : atPath(inner, path.slice(dot + 1));
}

function childOf(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key);
  return Array.isArray(value) && /^\d+$/.test(key) ? value[Number(key)] : undefined;
}

/** A map of the event is a Map, and a map in the rule an object: both are of one kind. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** cel-js checks the first element alone, and a list of the sender's own data may hold anything. */
export function sum(list: readonly unknown[]): number {
  return list.reduce<number>((total, one) => {
    if (typeof one === 'number') return total + one;
    throw new EvaluationError({
      code: 'no_matching_overload',
      message: `sum() of a list that holds ${typeof one}, needs doubles`,
    });
  }, 0);
}
