import { applicationError, type SimulatedAnswer } from './answers.ts';

type Operator = '$eq' | '$in' | '$startsWith';

/** What may be asked of a field, and the texts it holds in an item. */
interface FilterField<T> {
  readonly operators: readonly Operator[];
  values(item: T): readonly string[];
}
export type FilterFields<T> = Readonly<Record<string, FilterField<T>>>;

export type Matcher<T> = (item: T) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (code: string, description: string): SimulatedAnswer =>
  applicationError(400, code, description);

/** Matches what every part matches; the first refusal among the parts is the answer. */
function combine<T>(
  parts: readonly (Matcher<T> | SimulatedAnswer)[],
): Matcher<T> | SimulatedAnswer {
  const matchers: Matcher<T>[] = [];
  for (const part of parts) {
    if (typeof part !== 'function') return part;
    matchers.push(part);
  }
  return (item) => matchers.every((matches) => matches(item));
}

/**
 * Compiles the part of Wix's query language that a careful client needs: fields under their flat
 * names, a bare value for `$eq`, `$in`, `$startsWith` where the field has it, and the `$and` in which
 * the SDK's builder wraps several conditions. All else is refused with Wix's own codes, so that a
 * client cannot lean on a filter nobody checked. Values are compared exactly.
 */
export function compileFilter<T>(
  filter: unknown,
  fields: FilterFields<T>,
  unknownFieldCode: string,
): Matcher<T> | SimulatedAnswer {
  if (filter === undefined || filter === null) return () => true;
  if (!isObject(filter)) return refuse('MALFORMED_FILTER', 'The filter is not an object');
  const parts = Object.entries(filter).map(([name, condition]) => {
    if (name === '$and') {
      if (!Array.isArray(condition)) return refuse('MALFORMED_FILTER', '$and takes a list');
      return combine(condition.map((one) => compileFilter(one, fields, unknownFieldCode)));
    }
    if (name.startsWith('$')) return refuse('UNSUPPORTED_FILTER', `${name} is not supported`);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return refuse(unknownFieldCode, `${name} cannot be filtered`);
    const operations = Object.entries(isObject(condition) ? condition : { $eq: condition });
    return combine(operations.map(([operator, value]) => compile(field, name, operator, value)));
  });
  return combine(parts);
}

/** The values of which a filter wants a field to have one; undefined where it does not say so. */
export function wantedOf(filter: unknown, field: string): readonly unknown[] | undefined {
  const condition = isObject(filter) ? filter[field] : undefined;
  if (isObject(condition) && Array.isArray(condition.$in)) return condition.$in;
  const value = isObject(condition) ? condition.$eq : condition;
  return typeof value === 'string' ? [value] : undefined;
}

function compile<T>(
  { operators, values }: FilterField<T>,
  name: string,
  operator: string,
  operand: unknown,
): Matcher<T> | SimulatedAnswer {
  if (!operators.some((supported) => supported === operator)) {
    return refuse('UNSUPPORTED_FILTER_OPERATOR', `${name} does not support ${operator}`);
  }
  if (operator === '$in') {
    if (Array.isArray(operand) && operand.every((one) => typeof one === 'string')) {
      const wanted = new Set<string>(operand);
      return (item) => values(item).some((value) => wanted.has(value));
    }
  } else if (typeof operand === 'string') {
    return operator === '$eq'
      ? (item) => values(item).includes(operand)
      : (item) => values(item).some((value) => value.startsWith(operand));
  }
  return refuse('UNSUPPORTED_FILTER_VALUE', `${name} ${operator}: unsupported value`);
}
