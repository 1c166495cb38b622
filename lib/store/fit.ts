import type { FactState } from '../history/fact.ts';

/**
 * UTF-8 bytes. An item of DynamoDB has at most 400 KB, keys and names included, and that of an order holds what eight
 * types of event said of it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html (checked 2026-11-28)
 */
const MOST_STATE_BYTES = 45_000;

/** What an item of an order can do without, the least needed first: labels go by SKU, id, quantity and price. */
const DISPENSABLE = ['vendor', 'variant', 'title'] as const;

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * A state as it is kept: what is too large, like an order of a thousand items, loses what its items are called, then
 * the last quarter of its longest field, until it fits. The same state is always cut in the same way.
 */
export function fitting(state: FactState): FactState {
  let fields = JSON.parse(JSON.stringify(state)) as Record<string, unknown>;
  for (const name of DISPENSABLE) if (!fits(fields)) fields = withoutInItems(fields, name);
  while (!fits(fields)) fields = withoutEnd(fields);
  return fields as FactState;
}

const fits = (fields: object): boolean => bytes(fields) <= MOST_STATE_BYTES;

function withoutInItems(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => {
    if (!key.toLowerCase().endsWith('items') || !Array.isArray(value)) return [key, value];
    return [key, value.map(({ [name]: _left, ...item }: Record<string, unknown>) => item)];
  });
  return Object.fromEntries(entries);
}

function withoutEnd(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const cuttable = Object.entries(fields).filter(
    (field): field is [string, string | unknown[]] =>
      typeof field[1] === 'string' || Array.isArray(field[1]),
  );
  const [name, value] = cuttable.sort((a, b) => bytes(b[1]) - bytes(a[1]))[0] ?? ['', ''];
  const rest = value.slice(0, Math.floor((value.length * 3) / 4));
  return { ...fields, [name]: typeof rest === 'string' ? rest.toWellFormed() : rest };
}
