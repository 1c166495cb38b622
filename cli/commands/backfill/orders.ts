import type { Field } from './exports.ts';
import { packedItems, type RawItem } from './line-items.ts';
import type { Mapping } from './mapping.ts';
import type { Row } from './rows.ts';
import { isBlank } from './values.ts';

/** One order of the file, of one row or several, as text. */
export interface RawOrder {
  /** Its first line. */
  readonly line: number;
  /** What tells it from others; '' where the file has no such column. */
  readonly key: string;
  /** What stands in its rows, where it is not blank: the first that does. */
  readonly fields: Map<Field, string>;
  readonly items: RawItem[];
  /** Its first row, by column: what a rule finds in `event.data`. */
  readonly data: Readonly<Record<string, string>>;
}

/** A row, or an order, that was left out, and why. */
export interface Unread {
  readonly line: number;
  readonly key: string;
  readonly reason: string;
}

export interface RawOrders {
  readonly rows: number;
  readonly orders: readonly RawOrder[];
  readonly unread: readonly Unread[];
}

const ITEM_FIELDS: readonly Field[] = [
  'itemTitle',
  'itemSku',
  'itemProductId',
  'itemVariantId',
  'itemVariant',
  'itemVendor',
  'itemQuantity',
  'itemPrice',
  'items',
];

/** Gathers rows into orders: those with the same order name or id are one, wherever they stand. */
export async function gatherOrders(
  columns: readonly string[],
  rows: AsyncIterable<Row>,
  mapping: Mapping,
): Promise<RawOrders> {
  const at = new Map([...mapping.columns].map(([field, name]) => [field, columns.indexOf(name)]));
  const byKey = new Map<string, RawOrder>();
  const unread: Unread[] = [];
  let previous: RawOrder | undefined;
  let count = 0;
  for await (const { line, cells } of rows) {
    count += 1;
    const cell = (field: Field) => cells[at.get(field) ?? -1] ?? '';
    const written = at.has('order') ? cell('order').trim() : '';
    const reason = flawOf(cells, columns);
    if (reason) {
      unread.push({ line, key: written, reason });
      continue;
    }
    const goesOn = written === '' && at.has('order') && previous && isBlank(cell('email'));
    const key = goesOn && previous ? previous.key : written || `line ${line}`;
    const order = byKey.get(key) ?? newOrder(line, key, columns, cells);
    byKey.set(key, order);
    previous = order;
    for (const field of at.keys()) {
      const text = cell(field).trim();
      if (!ITEM_FIELDS.includes(field) && !isBlank(text) && !order.fields.has(field)) {
        order.fields.set(field, text);
      }
    }
    order.items.push(...itemsOf(cell));
  }
  return { rows: count, orders: [...byKey.values()], unread };
}

function flawOf(cells: readonly string[], columns: readonly string[]): string | undefined {
  if (cells.length !== columns.length) {
    return `the row has ${cells.length} columns, the first line of the file ${columns.length}`;
  }
  // What is not UTF-8 was read as this: it would stand in the name of a label.
  return cells.some((cell) => cell.includes('\uFFFD'))
    ? 'the row is not UTF-8. Save the file as "CSV UTF-8"'
    : undefined;
}

function newOrder(
  line: number,
  key: string,
  columns: readonly string[],
  cells: readonly string[],
): RawOrder {
  const data = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  return { line, key, fields: new Map(), items: [], data };
}

function itemsOf(cell: (field: Field) => string): readonly RawItem[] {
  const packed = cell('items').trim();
  if (packed !== '') return packedItems(packed);
  const text = (field: Field) => (isBlank(cell(field)) ? undefined : cell(field).trim());
  const item = {
    title: text('itemTitle'),
    sku: text('itemSku'),
    productId: text('itemProductId'),
    variantId: text('itemVariantId'),
    variant: text('itemVariant'),
    vendor: text('itemVendor'),
    quantity: text('itemQuantity'),
    price: text('itemPrice'),
  };
  return item.title || item.sku || item.productId ? [item] : [];
}
