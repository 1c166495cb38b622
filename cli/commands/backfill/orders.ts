import { texts } from '../../../lib/sources/payload/fields.ts';
import { type Field, ITEM_FIELDS } from './exports.ts';
import type { ColumnMapping } from './mapping.ts';
import type { CsvRow } from './rows.ts';
import { amount, isBlank } from './values.ts';

/** One order of the file, of one row or several, as text. */
export interface RawOrder {
  /** Its first line. */
  readonly line: number;
  /** Its name or id; `line 7` where the file has no such column. */
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

/** One line of an order, as text of the file. */
export type RawItem = { readonly [Name in keyof typeof ITEM_FIELDS]?: string | undefined };

/** Gathers rows into orders: those with the same order name or id are one, wherever they stand. */
export async function gatherOrders(
  columns: readonly string[],
  rows: AsyncIterable<CsvRow>,
  mapping: ColumnMapping,
) {
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
    const data = () => Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
    const order: RawOrder = byKey.get(key) ?? {
      line,
      key,
      fields: new Map(),
      items: [],
      data: data(),
    };
    byKey.set(key, order);
    previous = order;
    for (const field of at.keys()) {
      const text = cell(field).trim();
      if (!field.startsWith('item') && !isBlank(text) && !order.fields.has(field)) {
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

function itemsOf(cell: (field: Field) => string): readonly RawItem[] {
  const packed = cell('items').trim();
  if (packed !== '') return packedItems(packed);
  const text = (field: Field) => (isBlank(cell(field)) ? undefined : cell(field).trim());
  const item: RawItem = Object.fromEntries(
    Object.entries(ITEM_FIELDS).map(([name, field]) => [name, text(field)]),
  );
  return item.title || item.sku || item.productId ? [item] : [];
}

/**
 * All lines of an order in one cell, as WooCommerce's extensions write them: `name:Mug|sku:M-1|quantity:2|
 * total:50.00`, several of them apart by `;`. Not confirmed by a document; the price of one is the total of
 * the line by its quantity. JSON, which the newer one writes if asked to, is read as well.
 */
export function packedItems(cell: string): readonly RawItem[] {
  return packed(cell).flatMap((line) => {
    const title = line.get('name');
    const sku = line.get('sku');
    const productId = line.get('product_id');
    if (isBlank(title) && isBlank(sku) && isBlank(productId)) return [];
    const quantity = line.get('quantity');
    return [{ title, sku, productId, quantity, price: priceOfOne(line.get('total'), quantity) }];
  });
}

const packed = (cell: string): readonly Map<string, string>[] =>
  fromJson(cell) ?? cell.split(/;(?=\s*[a-z_]+:)/).map(pairs);

/** The codes of `code:SPRING|amount:5.00`, packed as lines are, or a list of codes. */
export function packedCodes(cell: string): readonly string[] {
  const codes = packed(cell).flatMap((coupon) => coupon.get('code') || []);
  return codes.length > 0 ? codes : texts(cell);
}

function pairs(line: string): Map<string, string> {
  return new Map(
    line.split('|').map((part) => {
      const [key = '', ...value] = part.split(':');
      return [key.trim(), value.join(':').trim()];
    }),
  );
}

function fromJson(cell: string): Map<string, string>[] | undefined {
  try {
    const value: unknown = JSON.parse(cell);
    if (!Array.isArray(value)) return undefined;
    return value.map(
      (line) => new Map(Object.entries(line ?? {}).map(([key, part]) => [key, String(part)])),
    );
  } catch {
    return undefined;
  }
}

function priceOfOne(total: string | undefined, quantity: string | undefined): string | undefined {
  const [sum, count] = [amount(total ?? ''), amount(quantity ?? '')];
  return sum === undefined || !count ? undefined : String(sum / count);
}
