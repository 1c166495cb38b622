import { type Draft, upToTooMany, withTitle } from '../payload/draft.ts';
import { decimal } from '../payload/fields.ts';
import { isObject, type JsonObject } from '../payload/json.ts';
import { Fields, fromJson, isBlank, isBrokenJson, type Picker, plain, shown } from './flat-keys.ts';

type Items = NonNullable<NonNullable<Draft['order']>['items']>;

/** Text by the sender's own names, of what can be a text; undefined where nothing is left. */
export function textMap(value: unknown): Readonly<Record<string, string>> | undefined {
  const object = fromJson(value);
  if (!isObject(object)) return undefined;
  const entries = Object.entries(object).flatMap(([key, one]) => {
    const text = typeof one === 'boolean' ? String(one) : plain(one);
    return text === undefined ? [] : [[key, text] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const brokenJson = (name: string): string =>
  `${name} begins like a list in JSON and is none: send a list, or text with commas`;

/** `products` can be a list of objects, be it as text. A text is what is wrong. */
export function readItems(pick: Picker, money: boolean): Items | string {
  const products = pick.any('products');
  const objects = (Array.isArray(products) ? products : [products]).filter(isObject);
  const items = objects.length > 0 ? upToTooMany(objects).map(item) : readColumns(pick, products);
  if (money || typeof items === 'string') return items;
  return items.map(({ price: _, ...rest }) => rest);
}

function item(product: JsonObject): Items[number] {
  const fields = new Fields(product);
  return withTitle({
    title: shown(fields.text('title', 'name')),
    sku: fields.text('sku'),
    productId: fields.text('product_id', 'id'),
    variantId: fields.text('variant_id'),
    quantity: decimal(fields.text('quantity')),
    price: decimal(fields.text('price')),
    vendor: shown(fields.text('vendor')),
    variant: shown(fields.text('variant')),
    options: textMap(fields.get('options')),
  });
}

/** A column: a list, or text with commas. Blanks stay, so that what follows keeps its place. */
const column = (value: unknown): (string | undefined)[] =>
  (Array.isArray(value) ? value : (plain(value)?.split(',') ?? [])).map(plain);

const COLUMNS = {
  products: ['products'],
  product_ids: ['product_ids'],
  skus: ['skus'],
  quantities: ['quantities', 'quantity'],
  prices: ['prices', 'price'],
} as const;

/**
 * Items from columns: the first of `products` goes with the first of `product_ids` and so on, as Zapier
 * lays out line items. A column that is longer than the first cannot be matched with it: `9,99` is no price
 * of 9.
 */
function readColumns(pick: Picker, products: unknown): Items | string {
  const written = Object.entries(COLUMNS).map(
    ([name, keys]) => [name, name === 'products' ? products : pick.any(...keys)] as const,
  );
  const broken = written.find(([, value]) => isBrokenJson(value))?.[0];
  if (broken !== undefined) return brokenJson(broken);
  const columns = Object.fromEntries(
    written.map(([name, value]) => [name, isBlank(value) ? [] : column(value)]),
  );
  const { products: titles, product_ids: ids, skus, quantities, prices } = columns;
  const leading = ['products', 'product_ids', 'skus'].find((name) => columns[name]?.length);
  if (leading === undefined) return [];
  const count = columns[leading]?.length ?? 0;
  const long = Object.entries(columns).find(
    ([, values]) => values.findLastIndex((value) => value !== undefined) >= count,
  )?.[0];
  if (long !== undefined) {
    return `${long} has more entries than ${leading}: write numbers like 9.99, or send a list`;
  }
  const rows = Array.from({ length: count }, (_, row) => row).filter(
    (row) => (titles?.[row] ?? skus?.[row] ?? ids?.[row]) !== undefined,
  );
  return upToTooMany(rows).map((row) =>
    withTitle({
      title: shown(titles?.[row]),
      sku: skus?.[row],
      productId: ids?.[row],
      quantity: decimal(quantities?.[row]),
      price: decimal(prices?.[row]),
    }),
  );
}

/** A list of texts, be it as text of JSON; a text is what is wrong. */
export function readTexts(name: string, value: unknown): readonly string[] | string {
  if (isBrokenJson(value)) return brokenJson(name);
  return column(value)
    .map(shown)
    .filter((one) => one !== undefined);
}
