import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/** The functions of rules that CEL itself has not. docs/rules.md, "Reading what may not be there" and "Sums". */
export function registerFunctions(environment: Environment): Environment {
  const get = (value: unknown, path: string, fallback: unknown) => readPath(value, path, fallback);
  for (const type of ['string', 'bool', 'double', 'list']) {
    environment.registerFunction(`get(dyn, string, ${type}): ${type}`, get);
  }
  return (
    environment
      .registerFunction('get(dyn, string, map): map<string, dyn>', get)
      // The numbers of an event are doubles, whatever the default looks like.
      .registerFunction('get(dyn, string, int): double', (value, path, fallback) =>
        readPath(value, path, Number(fallback)),
      )
      .registerFunction('list<double>.sum(): double', sum)
  );
}

/**
 * What a path (`a.b.0.c`) leads to in maps and lists, or the fallback: where a part is missing or null, or
 * the value is of another type than the fallback.
 */
function readPath(value: unknown, path: string, fallback: unknown): unknown {
  const found = atPath(value, path);
  return kindOf(found) === kindOf(fallback) ? found : fallback;
}

/** A key that has dots of its own, as form fields may, is found where all that is left of the path is that key. */
function atPath(value: unknown, path: string): unknown {
  if (value instanceof Map && value.has(path)) return value.get(path);
  const dot = path.indexOf('.');
  const key = dot < 0 ? path : path.slice(0, dot);
  const inner = childOf(value, key);
  return dot < 0 || inner === undefined ? inner : atPath(inner, path.slice(dot + 1));
}

function childOf(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key);
  return Array.isArray(value) && /^\d+$/.test(key) ? value[Number(key)] : undefined;
}

/** A map of the event is a Map, one that stands in the rule an object. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** cel-js looks at the first element alone, and a list of the sender's own data may hold anything. */
function sum(list: readonly unknown[]): number {
  return list.reduce<number>((total, one) => {
    if (typeof one === 'number') return total + one;
    throw new EvaluationError({
      code: 'no_matching_overload',
      message: `sum() of a list that holds ${typeof one}, needs doubles`,
    });
  }, 0);
}
