import { texts } from '../../../lib/sources/payload/fields.ts';
import { amount, isBlank } from './values.ts';

/** One line of an order, as text of the file. */
export interface RawItem {
  readonly title?: string | undefined;
  readonly sku?: string | undefined;
  readonly productId?: string | undefined;
  readonly variantId?: string | undefined;
  readonly variant?: string | undefined;
  readonly vendor?: string | undefined;
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
}

/**
 * All lines of an order in one cell, as WooCommerce's extensions write them: `name:Mug|sku:M-1|quantity:2|
 * total:50.00`, several of them apart by `;`. Not confirmed by a document; the price of one is the total of
 * the line by its quantity. JSON, which the newer one writes if told to, is read as well.
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
